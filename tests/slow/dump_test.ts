/** A house that starts again with all that it knew before, in many random runs; see ../dump_test.ts. */

import { catchesUpAlike, goesOnAlike, unsentChangesNothing } from "../fixtures/dumped.ts";

Deno.test("a house that is made with what another knew goes on like it, many times", () =>
  goesOnAlike(1_000));

Deno.test("a house that takes in again what came since knows the same, many times", () =>
  catchesUpAlike(1_000));

Deno.test("what was put and never came into the order changes nothing, many times", () =>
  unsentChangesNothing(1_000));
