/** Checks whether the version of Deno is new enough. */

/** The first version of Deno that has all we need. */
const NEEDED = "2.9.5";

/** A sentence about what does not work on this version of Deno; `undefined`: all works. */
export function runtimeProblem(version: string): string | undefined {
  if (version.localeCompare(NEEDED, "en", { numeric: true }) >= 0) return undefined;
  return `This program runs on Deno ${version} and needs ${NEEDED} or later: TLS and the web ` +
    "page do not work";
}
