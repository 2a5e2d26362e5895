/** A house that starts again with all that it knew before, though no store has that. */

import { catchesUpAlike, goesOnAlike, unsentChangesNothing } from "./fixtures/dumped.ts";

// More of them in tests/slow.
Deno.test("a house that is made with what another knew goes on like it", () => goesOnAlike(100));

Deno.test("a house that takes in again what came since knows the same, whatever has been kept", () =>
  catchesUpAlike(100));

Deno.test("what was put and never came into the order changes nothing", () =>
  unsentChangesNothing(50));
