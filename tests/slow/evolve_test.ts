/** A house that is given another's entries knows the same, in many random runs; see ../evolve_test.ts. */

import { evolvesAlike } from "../fixtures/evolving.ts";
import { agreeInTheEnd } from "../fixtures/three_houses.ts";

Deno.test("a house that is given another's entries knows the same, in 1,000 runs", () =>
  evolvesAlike(1_000));

Deno.test("three houses that decide again in one order know the same in the end, in 1,000 runs", () =>
  agreeInTheEnd(1_000));
