/** What is said of a runtime that is too old. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runtimeProblem } from "../lib/cli/version.ts";

Deno.test("a runtime that is too old is told with what does not work on it", () => {
  for (const version of ["2.7.11", "2.9.4", "2.10.0", "1.46.3"]) {
    const problem = runtimeProblem(version);
    if (version === "2.10.0") assertEquals(problem, undefined);
    else assertStringIncludes(problem ?? "", `Deno ${version} and needs 2.9.5`);
  }
  for (const version of ["2.9.5", "2.9.6", "3.0.0"]) {
    assertEquals(runtimeProblem(version), undefined);
  }
  assertEquals(runtimeProblem(Deno.version.deno), undefined);
});
