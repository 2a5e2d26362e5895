// @ts-check
// deno-lint-ignore-file explicit-function-return-type explicit-module-boundary-types
// Which tests were red, or skipped, read off what `deno test` printed; for .ci/run, which runs them once more.
//
// Usage: node .ci/reds.mjs names|filter|skipped LOG: the names of the red ones, a line each, or an expression
// for `deno test --filter` that means the red ones, or those that were skipped, and no others. Prints
// nothing, and exits with 1, where there is none or where a file was red as a whole, which no filter can mean.
import { readFileSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";

/**
 * The names of the tests under the headings FAILURES of a log, in their order. What is red in a step
 * of a test is red in that test. A line there that names no test stands as it is.
 *
 * @param {string} log
 * @returns {{ names: string[], others: string[] }}
 */
export function redTests(log) {
  const names = new Set();
  const others = new Set();
  let isListed = false;
  for (const line of log.split("\n")) {
    if (/^ *FAILURES *$/.test(line)) isListed = true;
    else if (/^(FAILED|ok) \|/.test(line)) isListed = false;
    else if (isListed && line.trim() !== "") {
      const [, step = ""] = /^(.+) => .+:\d+:\d+$/.exec(line) ?? [];
      const [name = ""] = step.split(" ... ");
      if (name === "") others.add(line.trim());
      else names.add(name);
    }
  }
  return { names: [...names], others: [...others] };
}

/**
 * The names of the tests that were left out for want of something, as tests/tools/run_tests.ts tells them,
 * without why; steps of a test, which no filter can mean, are not among them.
 *
 * @param {string} log
 */
export function skippedTests(log) {
  return [...log.matchAll(/^Skipped: (.+) \(skipped: .*\)$/gm)].map(([, name = ""]) => name);
}

/**
 * @param {readonly string[]} names
 * @param {string} more what may follow on each, as an expression
 */
export function filterOf(names, more = "") {
  const escaped = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return `/^(?:${escaped.join("|")})${more}$/`;
}

/**
 * @param {string | undefined} what
 * @param {string} log
 */
function linesFor(what, log) {
  if (what === "skipped") {
    const names = skippedTests(log);
    return names.length > 0 ? [filterOf(names, "(?: \\(skipped: .*\\))?")] : [];
  }
  const { names, others } = redTests(log);
  if (what === "names") return [...names, ...others];
  return names.length > 0 && others.length === 0 ? [filterOf(names)] : [];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [what, path = ""] = process.argv.slice(2);
  const lines = linesFor(what, readFileSync(path, "utf8"));
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  if (lines.length === 0) process.exitCode = 1;
}
