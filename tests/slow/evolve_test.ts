/** A house that is given another's entries knows the same, in many random runs; see ../evolve_test.ts. */

import { evolvesAlike } from "../fixtures/evolving.ts";

Deno.test("a house that is given another's entries knows the same, in 1,000 runs", () =>
  evolvesAlike(1_000));
