/** Arguments as people write them, put so that the parser takes them as they are meant. */

/** The arguments up to `--`, behind which all are texts. */
function endOf(args: readonly string[]): number {
  return args.includes("--") ? args.indexOf("--") : args.length;
}

/**
 * Turns `-n -3` into `-n=-3`, and `-o -` into `-o=-`: no flag of ours is a number or a mere dash, so these
 * must be values. `takers`: the flags that take one, as they are written.
 */
export function withNegatives(takers: readonly string[], args: readonly string[]): string[] {
  const end = endOf(args);
  const joined: string[] = [];
  for (const [at, arg] of args.entries()) {
    const before = joined.at(-1) ?? "";
    if (at < end && /^-(?:\d|$)/.test(arg) && takers.includes(before)) {
      joined[joined.length - 1] = `${before}=${arg}`;
    } else joined.push(arg);
  }
  return joined;
}

/** Turns `--tls false` into `--tls=false`. `switches`: the names of the flags without a value. */
export function withSwitches(switches: ReadonlySet<string>, args: readonly string[]): string[] {
  const end = endOf(args);
  const joined: string[] = [];
  for (const [at, arg] of args.entries()) {
    const before = joined.at(-1) ?? "";
    if (at < end && /^(?:true|false)$/.test(arg) && isSwitch(switches, before)) {
      joined[joined.length - 1] = `${before}=${arg}`;
    } else joined.push(arg);
  }
  return joined;
}

function isSwitch(switches: ReadonlySet<string>, arg: string): boolean {
  return arg.startsWith("--") && switches.has(arg.slice(2));
}

/** What is wrong with the first switch that is neither on nor off, which the parser would take for on. */
export function oddSwitch(
  switches: ReadonlySet<string>,
  args: readonly string[],
): string | undefined {
  for (const arg of args.slice(0, endOf(args))) {
    const [, name = "", value = ""] = /^--([^=]+)=([^]*)$/.exec(arg) ?? [];
    if (!switches.has(name) || value === "true" || value === "false") continue;
    return `--${name} is true or false, not ${
      value || "empty"
    }; write --${name}, or --${name}=false`;
  }
  return undefined;
}
