/**
 * Reads a server's configuration file: TOML whose keys are the names of flags. What is wrong in it is told
 * with its line.
 */

import { readNamedText } from "../named/named_file.ts";
import { parseToml, TomlError } from "../named/toml.ts";
import { reasonOf } from "../wire/text.ts";
import type { ConfigFile, FileValue } from "./config_values.ts";
import { completedAs, type Flag, isValueOptional, nearest, UsageError } from "./flags.ts";

/** The largest file, in bytes: more than anybody would write by hand. */
const MAX_BYTES = 262_144;
/** Flags whose values may be written as numbers. */
const NUMBERS = /\b(?:PORT|COUNT|N|BYTES|TIME)\b/;
/** The most lines of a text that is no TOML that are told: the text is parsed once for each. */
const MAX_FLAWS = 20;
/** The longest part of a value that is shown. */
const MAX_SHOWN = 60;

/** A configuration file as it was read. */
export interface ReadConfig extends ConfigFile {
  /** What is wrong in it, each with its place, as in `/etc/chatroom/chatroom.toml:3: …`. */
  readonly problems: readonly string[];
  /** The keys that those are about, as far as they are about one. */
  readonly wrong: ReadonlySet<string>;
}

/** A statement of the file: a key with its value. */
interface Statement {
  readonly line: number;
  readonly key: string;
  readonly value: unknown;
  /** It is the head of a table, such as `[limits]`. */
  readonly isTable: boolean;
}

/** Reads the file. Throws a {@linkcode UsageError} if it can't be read at all. */
export function readConfig(path: string, flags: readonly Flag[]): ReadConfig {
  const { source, flaws } = withoutFlaws(readText(path));
  const keys = flags.filter(({ name }) => name !== "config");
  const values = new Map<string, FileValue>();
  const wrong = new Set(flaws.map(({ key }) => key));
  const problems = flaws.map(({ line, what }) => `${path}:${line}: ${what}`);
  for (const statement of statementsOf(source)) {
    const { line, key } = statement;
    const earlier = values.get(key);
    try {
      if (earlier !== undefined) throw new UsageError(`${key} stands in line ${earlier.line}, too`);
      values.set(key, { ...valueOf(statement, keys, folderOf(path)), line });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(`${path}:${line}: ${error.message}`);
      wrong.add(key);
    }
    // What follows belongs to the table, and is as wrong.
    if (statement.isTable) break;
  }
  return { path, values, problems: inOrder(path, problems), wrong };
}

/** Problems in the order of their lines; those without one come first. */
export function inOrder(path: string, problems: readonly string[]): string[] {
  const lineOf = (problem: string): number =>
    problem.startsWith(`${path}:`) ? parseInt(problem.slice(path.length + 1)) || 0 : 0;
  return problems.toSorted((a, b) => lineOf(a) - lineOf(b));
}

function readText(path: string): string {
  try {
    return readNamedText(path, { most: MAX_BYTES }).replaceAll("\r\n", "\n");
  } catch (error) {
    throw new UsageError(`The configuration file ${path} can't be read: ${reasonOf(error)}`);
  }
}

/** What makes a text no TOML, in which line, and the key there. */
interface Flaw {
  readonly line: number;
  readonly what: string;
  readonly key: string;
}

/** A line that is a statement by itself: if it is wrong, what follows may be right. */
const ONE_LINE = /^\s*([\w-]+)\s*(?:=(?!.*(?:[[{]|"""|''')).*)?$/;

/** The text without the lines that make it no TOML, and those; without all of it if that can't be told. */
function withoutFlaws(source: string): { source: string; flaws: readonly Flaw[] } {
  const lines = source.split("\n");
  const flaws: Flaw[] = [];
  for (;;) {
    const flaw = flawIn(lines);
    if (flaw === undefined) return { source: lines.join("\n"), flaws };
    flaws.push(flaw);
    const at = flaw.line - 1;
    if (!ONE_LINE.test(lines[at] ?? "") || flaws.length >= MAX_FLAWS) return { source: "", flaws };
    lines[at] = "";
  }
}

function flawIn(lines: readonly string[]): Flaw | undefined {
  try {
    parseToml(lines.join("\n"));
    return undefined;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, message } = error;
    const text = lines[line - 1] ?? "";
    return { line, what: unquoted(text) ?? message, key: ONE_LINE.exec(text)?.[1] ?? "" };
  }
}

/** The most frequent mistake in words that help: a text without its quotes. */
function unquoted(line: string): string | undefined {
  const [, key, value = ""] = /^\s*([\w-]+)\s*=\s*([^\s"'[{#][^"'#]*?)\s*(?:#.*)?$/.exec(line) ??
    [];
  if (key === undefined) return undefined;
  return `the value of ${key} is a text, which stands in quotes: ${key} = ${JSON.stringify(value)}`;
}

/**
 * The statements of a text that is TOML, each with the line where it begins. The parser tells no places, so
 * it is given line by line: what begins a value of several lines can't be parsed until the last one is there.
 */
function* statementsOf(source: string): Generator<Statement> {
  let begun: string[] = [];
  for (const [at, text] of source.split("\n").entries()) {
    begun.push(text);
    // Only a line that may end a value of several lines is worth a try: all of it is parsed each time.
    if (begun.length > 1 && !/(?:\]|\}|"""|''')\s*(?:#.*)?$/.test(text)) continue;
    const table = parsed(begun.join("\n"));
    if (table === undefined) continue;
    const line = at + 2 - begun.length;
    const isTable = /^\s*\[/.test(begun[0] ?? "");
    begun = [];
    for (const [key, value] of Object.entries(table)) yield { line, key, value, isTable };
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return parseToml(text);
  } catch {
    return undefined;
  }
}

/** What a statement says for a flag. Throws a {@linkcode UsageError}. */
function valueOf(
  { key, value, isTable }: Statement,
  flags: readonly Flag[],
  folder: string,
): Omit<FileValue, "line"> {
  const flag = isTable ? undefined : flags.find(({ name }) => name === key);
  if (flag === undefined) throw noSuchKey(key, isTable, flags);
  if (flag.value === undefined) {
    if (typeof value === "boolean") return { texts: [], isOn: value };
    throw new UsageError(`${key} is true or false, not ${shown(value)}`);
  }
  if (typeof value === "boolean" && isValueOptional(flag)) {
    return { texts: value ? [""] : [], isOn: value };
  }
  const given = flag.many && Array.isArray(value) ? value as readonly unknown[] : [value];
  const texts = given.map((each) => textOf(flag, each)).map((text) => inFolder(flag, text, folder));
  return { texts, isOn: false };
}

function textOf(flag: Flag, given: unknown): string {
  const { name, value = "", choices, many } = flag;
  const isNumber = (typeof given === "number" || typeof given === "bigint") && NUMBERS.test(value);
  if (typeof given !== "string" && !isNumber) {
    const more = many
      ? ", or a list of such texts"
      : isValueOptional(flag)
      ? ", or true or false"
      : "";
    const kind = NUMBERS.test(value)
      ? `${value}: a number, or a text in quotes`
      : `${value}, a text in quotes`;
    throw new UsageError(`${name} is ${kind}${more}, not ${shown(given)}`);
  }
  const text = String(given);
  if (text === "") throw new UsageError(`${name} is empty; give it a value, or leave it out`);
  if (choices === undefined || choices.includes(text)) return text;
  const known = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  throw new UsageError(`${name} is ${known}, not ${shown(given)}`);
}

function noSuchKey(key: string, isTable: boolean, flags: readonly Flag[]): UsageError {
  if (isTable) {
    return new UsageError(
      `there are no tables, and so no [${key}]: every key stands by itself, as in max-rooms = 100`,
    );
  }
  if (key === "config") return new UsageError("a configuration file can't name another one");
  const near = nearest(key, flags.map(({ name }) => name));
  const meant = near === undefined ? "" : `did you mean ${near}? `;
  return new UsageError(
    `there is no key ${JSON.stringify(key)}; ${meant}${
      meant === "" ? "t" : "T"
    }he keys are the flags in chatroom serve --help ` +
      "and chatroom help limits",
  );
}

/** A relative path is seen from where the file is: who starts the server may be anywhere. */
function inFolder({ value = "" }: Flag, text: string, folder: string): string {
  if (completedAs(value) === undefined || /^(?:[/\\]|[a-z]:)/i.test(text)) return text;
  return folder + text;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function shown(value: unknown): string {
  const text = typeof value === "bigint"
    ? String(value)
    : typeof value === "number" && !Number.isFinite(value)
    ? String(value)
    : JSON.stringify(value, (_, each) => typeof each === "bigint" ? String(each) : each);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
