/** What a configuration file says beside flags and variables, and where in it a mistake is. */

import { type Flag, type FlagSource, type Invocation, readEnv, UsageError } from "./flags.ts";

/** A value in a configuration file. */
export interface FileValue {
  /** What a flag would be given; more than one only where that may be repeated. */
  readonly texts: readonly string[];
  /** For a flag without a value: whether it is on. */
  readonly isOn: boolean;
  readonly line: number;
}

/** What is in a configuration file, by the names of flags. */
export interface ConfigFile {
  readonly path: string;
  readonly values: ReadonlyMap<string, FileValue>;
}

/** What was asked for, with what a file says where neither a flag nor a variable does. */
export function withFile(base: Invocation, { path, values }: ConfigFile): Invocation {
  const inFile = (flag: string): FileValue | undefined =>
    base.source(flag) === undefined && !isInSecret(flag) ? values.get(flag) : undefined;
  return {
    ...base,
    has: (flag) => inFile(flag)?.isOn ?? base.has(flag),
    get: (flag) => inFile(flag)?.texts.at(-1) ?? base.get(flag),
    all: (flag) => inFile(flag)?.texts ?? base.all(flag),
    isSaid: (flag) => {
      const found = inFile(flag);
      return found === undefined ? base.isSaid(flag) : found.isOn || found.texts.length > 0;
    },
    source: (flag): FlagSource | undefined => {
      const line = inFile(flag)?.line;
      return line === undefined ? base.source(flag) : { kind: "file", file: path, line };
    },
  };
}

/** The variable that holds a password wins over the file's `password-file`, as variables do. */
function isInSecret(flag: string): boolean {
  return flag === "password-file" && readEnv("CHATROOM_PASSWORD") !== undefined;
}

/**
 * The error with the place in a file of the flags that it names, or of `about` where none of them is there. An error
 * that is about nothing in a file stays as it is.
 */
export function placed(invocation: Invocation, error: unknown, about = ""): unknown {
  if (!(error instanceof UsageError)) return error;
  const placesOf = (flags: readonly string[]): Array<{ flag: string; at: string }> =>
    flags.flatMap((flag) => {
      const { at } = whereSaid(invocation, flag);
      return at === undefined ? [] : [{ flag, at }];
    });
  const named = placesOf(flagsIn(error.message));
  // What it names may only be what would help.
  const places = named.length === 0 ? placesOf([about]) : named;
  const [first, ...others] = places;
  if (first === undefined || error.message.startsWith(`${first.at}: `)) return error;
  const also = others.map(({ flag, at }) => `; --${flag} is set at ${at}`);
  return new UsageError(`${first.at}: ${error.message}${also.join("")}`);
}

/** The flags that a message names, each once. */
export function flagsIn(message: string): string[] {
  return [...new Set([...message.matchAll(/--([a-z][a-z-]*)/g)].map(([, flag = ""]) => flag))];
}

/** In place of what nobody should read over a shoulder. */
export const HIDDEN = "(hidden)";

/**
 * An address may have a password before its host: those of NATS servers with a scheme or without, and the
 * password may have an @ or a slash of its own.
 */
export function withoutSecrets(name: string, text: string): string {
  if (name !== "cluster") return text.replaceAll(/(?<=:\/\/)[^/,\s]*@/g, `${HIDDEN}@`);
  return text.split(",").map((each) => each.replace(/^(\s*(?:[a-z]+:\/\/)?).*@/i, `$1${HIDDEN}@`))
    .join(",");
}

/** A flag's value for people to read. */
export function shownValue(invocation: Invocation, { name, value, default: preset }: Flag): string {
  if (value === undefined) return String(invocation.has(name));
  const texts = invocation.all(name).map((text) => withoutSecrets(name, text));
  return texts.length === 0 ? preset ?? "nothing" : texts.join(" ");
}

/** Where a flag's value is from, as a field of the log. */
export function whereSaid(invocation: Invocation, flag: string): { readonly at?: string } {
  const source = invocation.source(flag);
  return source?.kind === "file" ? { at: `${source.file}:${source.line}` } : {};
}
