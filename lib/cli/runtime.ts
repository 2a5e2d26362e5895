/** Whether the runtime that this program runs on, or was made with, is one that it works with. */

/** The first version of Deno that has all that is needed. */
const NEEDED = "2.9.5";

/** What does not work on a Deno of this version, in a sentence; `undefined`: nothing that is known. */
export function runtimeProblem(version: string): string | undefined {
  if (version.localeCompare(NEEDED, "en", { numeric: true }) >= 0) return undefined;
  return `This program runs on Deno ${version} and needs ${NEEDED} or later: TLS and the web ` +
    "page do not work";
}
