/** The version of this program, from deno.json, and the version of Deno that it needs. */

import config from "../../deno.json" with { type: "json" };

/** For example `0.1.0`. */
export const VERSION: string = config.version;

/** The first version of Deno that has all we need. */
const NEEDED = "2.9.5";

/** A sentence about what does not work on this version of Deno; `undefined`: all works. */
export function runtimeProblem(version: string): string | undefined {
  if (isAtLeast(version, NEEDED)) return undefined;
  return `This program runs on Deno ${version} and needs ${NEEDED} or later: TLS and the web ` +
    "page do not work";
}

/** Compares the numbers themselves: the start waits for this, and a collator takes 15 ms to come. */
function isAtLeast(version: string, least: string): boolean {
  const has = version.split(".").map((part) => parseInt(part));
  const needs = least.split(".").map(Number);
  const differs = needs.findIndex((number, at) => number !== has[at]);
  return differs < 0 || Number(has[differs]) > Number(needs[differs]);
}
