// @ts-check
// deno-lint-ignore-file explicit-function-return-type explicit-module-boundary-types
// Which tests were red, read off what `deno test` printed; for .ci/run, which runs them once more.
//
// Usage: node .ci/reds.mjs names|filter LOG: the names, a line each, or an expression for
// `deno test --filter` that means them and no others. Prints nothing, and exits with 1, where there
// is no red test or where a file was red as a whole, which no filter can mean.
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

/** @param {readonly string[]} names */
export function filterOf(names) {
  const escaped = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return `/^(?:${escaped.join("|")})$/`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [what, path = ""] = process.argv.slice(2);
  const { names, others } = redTests(readFileSync(path, "utf8"));
  const isNameable = names.length > 0 && others.length === 0;
  const lines = what === "names" ? [...names, ...others] : isNameable ? [filterOf(names)] : [];
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  if (lines.length === 0) process.exitCode = 1;
}
