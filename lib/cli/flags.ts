/**
 * The command line: one table for each subcommand, by which its arguments are parsed and its help is
 * printed. The cli folder knows flags, the environment and exit codes; for all else it calls other
 * folders.
 */

import { parseArgs } from "@std/cli/parse-args";
import { decodeText } from "../wire/text.ts";
import { editDistance, isSwap } from "../words/edit_distance.js";
import { oddSwitch, withNegatives, withSwitches } from "./written_args.ts";

/** One flag of a subcommand. */
export interface Flag {
  /** Its name, without the dashes. */
  readonly name: string;
  /** The letter of its short form. */
  readonly short?: string;
  /** The name of its value in capitals, in brackets if it may be left out; a flag without a value is on or off. */
  readonly value?: string;
  /** All possible values, if they are known. */
  readonly choices?: readonly string[];
  /** The environment variable that has its value if the flag is not given. */
  readonly env?: string;
  /** The help does not name the variable, because its notes say how all of these are named. */
  readonly envIsImplied?: true;
  /** Its default, as the help shows it. */
  readonly default?: string;
  /** The flag may be given more than once. */
  readonly many?: true;
  readonly summary: string;
  /** Where the help shows it: first, on the page of the limits, or where another subcommand has it. */
  readonly rank?: "common" | "limit" | "elsewhere";
}

/** Where a value is from, if it is no default. */
export type FlagSource =
  | { readonly kind: "flag" }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: "file"; readonly file: string; readonly line: number };

/** A flag by its usage, such as `--tls` or `-n, --name NAME`. */
export function flagOf(usage: string, summary: string, more: Partial<Flag> = {}): Flag {
  const [, short, name = "", value] = /^(?:-(\w), )?--(\S+)(?: (.+))?$/.exec(usage) ?? [];
  return {
    name,
    ...short === undefined ? {} : { short },
    ...value === undefined ? {} : { value },
    summary,
    ...more,
  };
}

/** Whether a flag can stand alone or have a value; alone it has the value `""`. */
export function isValueOptional({ value = "" }: Pick<Flag, "value">): boolean {
  return /^\[[^\]]*\]$/.test(value);
}

/** A parsed command line. */
export interface Invocation {
  readonly positionals: readonly string[];
  /** How many of them stand before a `--`; all of them if there is none. */
  readonly beforeDashes: number;
  /** Whether a flag without a value was given. */
  has(flag: string): boolean;
  /** The value of a flag, or else of its environment variable. */
  get(flag: string): string | undefined;
  /** Whether a flag was given for this run, on the command line or in its file, and not only by its variable. */
  isSaid(flag: string): boolean;
  /** Where a flag's value is from; `undefined`: it has none, or its default. `--tls=false` is one, too. */
  source(flag: string): FlagSource | undefined;
  /** Every value of a flag that may be given more than once. */
  all(flag: string): readonly string[];
}

/** The names of a subcommand, and what it is for. */
export interface Title {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
}

/** A subcommand: its arguments, and what it does. */
export interface Subcommand extends Title {
  /** Its arguments besides flags, as the help shows them; no more are taken. */
  readonly positionals: string;
  /** All possible positionals, if they are known. */
  readonly choices?: readonly string[];
  /** Lines below the flags in the help. */
  readonly notes: readonly string[];
  readonly flags: readonly Flag[];
  /** Runs it; resolves with the exit code. */
  run(invocation: Invocation): Promise<number>;
}

/** Thrown for a wrong command line. Its message is printed as one line; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Why a server can't start, in a sentence for the person who starts it. The exit code is 1. */
export class StartError extends Error {}

/** The runtime replaces bytes of an argument or variable that are not UTF-8 with this. */
export const NOT_UTF8 = "\ufffd";

/**
 * The value of an environment variable; `undefined` also if we may not read it. Throws
 * {@linkcode UsageError} if one of ours is not UTF-8: with its bytes replaced, different passwords
 * would be equal.
 */
export function readEnv(name: string): string | undefined {
  const value = envValue(name);
  if (!name.startsWith("CHATROOM_") || !value?.includes(NOT_UTF8)) return value;
  throw new UsageError(`$${name} is not UTF-8 text; set it in a terminal that is set to UTF-8`);
}

/** Bytes that are not UTF-8 are replaced, as launchers that are written in JavaScript do. */
function envValue(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    return error instanceof Deno.errors.InvalidData ? NOT_UTF8 : undefined;
  }
}

/** Decodes `bytes` from `source`, without a byte order mark. Throws a {@linkcode UsageError}. */
export function strictText(bytes: Uint8Array, source: string): string {
  const text = decodeText(bytes);
  if (text !== undefined) return text.replace(/^\ufeff/, "");
  throw new UsageError(`${source} is not UTF-8 text; save it as UTF-8`);
}

/** The arguments as the parser takes them as they are meant. */
function asMeant(
  valued: readonly Flag[],
  switches: ReadonlySet<string>,
  args: readonly string[],
): string[] {
  const takers = valued.flatMap(({ name, short }) => [`--${name}`, ...short ? [`-${short}`] : []]);
  const written = withSwitches(switches, withNegatives(takers, args));
  const odd = oddSwitch(switches, written);
  if (odd !== undefined) throw new UsageError(odd);
  return written;
}

function checkText(args: readonly string[]): void {
  const bad = args.find((arg) => arg.includes(NOT_UTF8));
  if (bad === undefined) return;
  throw new UsageError(
    `${JSON.stringify(bad)} is not UTF-8 text; set the terminal to UTF-8, or give it on stdin`,
  );
}

/** Parses the arguments of a subcommand. Throws {@linkcode UsageError}. */
export function parseInvocation(command: Subcommand, args: readonly string[]): Invocation {
  const { flags, name: commandName } = command;
  const valued = flags.filter((flag) => flag.value !== undefined);
  checkText(args);
  const switches = new Set(
    flags.filter(({ value }) => value === undefined).map(({ name }) => name),
  );
  const written = asMeant(valued, switches, args);
  const parsed = parseArgs(written, {
    // Without "_" here, a positional such as 007 would become the number 7.
    "--": true,
    string: ["_", ...valued.map(({ name }) => name)],
    boolean: [...switches],
    collect: valued.map(({ name }) => name),
    alias: Object.fromEntries(flags.flatMap(({ name, short }) => short ? [[name, short]] : [])),
    unknown: (arg, key) => {
      if (key === undefined || !arg.startsWith("-")) return;
      throw noSuchFlag(command, arg);
    },
  });
  const values = new Map<string, string[]>();
  for (const flag of valued) values.set(flag.name, valuesOf(flag, parsed[flag.name]));
  const before = parsed._.map(String);
  const positionals = [...before, ...parsed["--"] ?? []];
  const isSaid = (flag: string): boolean => {
    const given = parsed[flag] as boolean | string[] | undefined ?? false;
    return typeof given === "boolean" ? given : given.length > 0;
  };
  const extra = positionals[mostPositionals(command)];
  if (extra !== undefined) {
    const how = placeOf(command, positionals[0] ?? "", extra);
    throw new UsageError(`${commandName} can't take ${JSON.stringify(extra)}; ${how}`);
  }
  return {
    positionals,
    beforeDashes: before.length,
    has: (flag) => parsed[flag] === true,
    get: (flag) => values.get(flag)?.at(-1),
    isSaid,
    source: (flag) => {
      if (isSaid(flag) || written.includes(`--${flag}=false`)) return { kind: "flag" };
      const { env: name } = flags.find((each) => each.name === flag) ?? {};
      const isFromEnv = name !== undefined && values.get(flag)?.length === 1;
      return isFromEnv ? { kind: "environment", name } : undefined;
    },
    all: (flag) => values.get(flag) ?? [],
  };
}

/**
 * Parses a value that came from `source`, a flag or a variable. Throws {@linkcode UsageError} with the
 * source's name if the value is wrong.
 */
export function parseFrom<T>(source: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${source}: ${error.message}`) : error;
  }
}

/** A value of a flag with `choices`, which the parser has checked already, as one of them. */
export function chosen<T extends string>(
  choices: readonly T[],
  given: string | undefined,
): T | undefined {
  return choices.find((each) => each === given);
}

/** The error for an unknown flag; suggests what may be meant. */
function noSuchFlag(command: Subcommand, arg: string): UsageError {
  const { name, flags, positionals } = command;
  const written = arg.replace(/=.*/s, "");
  const isPlace = /\bHOST\b/.test(positionals) && /^(?:--port|--host|-p)$/.test(written);
  const near = nearest(written, [...flags, HELP_FLAG].map((flag) => `--${flag.name}`));
  const how = isPlace
    ? "a server is written as HOST:PORT, such as 127.0.0.1:4000"
    : near !== undefined
    ? `did you mean ${near}? See chatroom ${name} --help`
    : `see chatroom ${name} --help`;
  return new UsageError(`${name} has no flag ${arg}; ${how}`);
}

function mostPositionals({ positionals }: Subcommand): number {
  if (positionals.includes("…")) return Infinity;
  return positionals === "" ? 0 : positionals.split(" ").length;
}

/** How to write a positional that is one too many. */
function placeOf({ name, flags, positionals }: Subcommand, first: string, extra: string): string {
  const isPort = /^\d{1,5}$/.test(extra);
  if (isPort && /\bHOST\b/.test(positionals) && !first.includes(":")) {
    return `a port is written behind its host: ${first}:${extra}`;
  }
  if (isPort && flags.some((flag) => flag.name === "port")) return `write --port ${extra}`;
  return `see chatroom ${name} --help`;
}

/** The word among `known` that `word` may be a misspelling of. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const letters = word.replace(/^-+/, "");
  if (letters.length < 3) return undefined;
  const apart = (each: string): number =>
    isSwap(word, each) ? 1 : editDistance(word.slice(0, 30), each);
  const [best] = known.map((each) => [apart(each), each] as const)
    .sort(([a], [b]) => a - b);
  return best !== undefined && best[0] <= Math.max(1, letters.length / 3) ? best[1] : undefined;
}

/** The flag that every subcommand has. */
export const HELP_FLAG = flagOf("-h, --help", "show this and exit");

function valuesOf(flag: Flag, parsed: unknown): string[] {
  const given = (parsed as string[] | undefined) ?? [];
  if (given.some((value) => value === "") && !isValueOptional(flag)) {
    throw new UsageError(`--${flag.name} needs a value: --${flag.name} ${flag.value}`);
  }
  const fromEnv = flag.env === undefined ? undefined : readEnv(flag.env);
  const all = given.length === 0 && fromEnv !== undefined ? [fromEnv] : given;
  const wrong = all.find((value) => flag.choices !== undefined && !flag.choices.includes(value));
  if (wrong !== undefined) throw notAChoice(flag, wrong, given.length === 0);
  if (given.length > 1 && !flag.many) throw new UsageError(`--${flag.name} is given twice`);
  return all;
}

function notAChoice(
  { name, env, choices = [] }: Flag,
  given: string,
  isFromEnv: boolean,
): UsageError {
  const known = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  return new UsageError(`${isFromEnv ? `$${env}` : `--${name}`} is ${known}, not ${given}`);
}

/** What a shell completes in place of a value of this name. */
export function completedAs(value: string): "files" | "directories" | undefined {
  if (/\bFILE\b/.test(value)) return "files";
  return /\bDIR\b/.test(value) ? "directories" : undefined;
}
