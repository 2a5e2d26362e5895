/** The settings of a person's client, in a text file that they can edit. */

import { stringify } from "@std/toml";
import { fileIn, fileProblem, readUtf8 } from "./config_files.ts";
import { parseToml, TomlError } from "../named/toml.ts";
import { nameKey } from "../words/names.js";

/** When the terminal's bell rings. */
export type Bell = "on" | "mentions" | "off";

/** The rooms with another bell, by name. */
type Bells = Readonly<Record<string, Bell>>;

/** The settings. */
export interface Settings {
  /** The name that was used last. */
  readonly name?: string;
  /** The same on each server, by how the server is shown. */
  readonly names?: Readonly<Record<string, string>>;
  /** The last server, as on the command line. */
  readonly server?: string;
  readonly bell: Bell;
  readonly bells: Bells;
  /** Words that count as a mention. */
  readonly keywords: readonly string[];
  /** Names whose messages are not shown. */
  readonly ignored: readonly string[];
  readonly mutedRooms: readonly string[];
  /** Whether to show who comes and goes; `auto`: in small rooms. */
  readonly presence: "on" | "off" | "auto";
  readonly colours: "auto" | "none" | "16" | "256" | "true";
  /** Whether to show mentions as notifications of the desktop. */
  readonly desktop: boolean;
  /** Whether to show the numbers of messages. */
  readonly numbers: boolean;
  /** Whether to show the chat as a full-screen view. */
  readonly view: boolean;
  /** Whether names end in one column in the view, and texts begin in one. */
  readonly aligned: boolean;
  /** Whether the view was offered, or found without that. */
  readonly viewOffered: boolean;
  /** Whether the view shows who is here, where it has room for that. */
  readonly people: boolean;
}

/** The settings until the person chooses others. */
export const DEFAULT_SETTINGS: Settings = {
  bell: "mentions",
  bells: {},
  keywords: [],
  ignored: [],
  mutedRooms: [],
  presence: "auto",
  colours: "auto",
  desktop: false,
  numbers: true,
  view: false,
  aligned: false,
  viewOffered: false,
  people: false,
};

/** What {@linkcode loadSettings} returns. */
export interface Loaded {
  readonly settings: Settings;
  /**
   * Why the file can't be used, in one line with its path. Then the settings are the defaults, and
   * {@linkcode saveSettings} does not overwrite the file.
   */
  readonly problem?: string;
}

/** Thrown if the settings can't be saved. The message is a line that says why. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

type Table = Record<string, unknown>;
/** What a value must be, in words, and the check for it. */
type Rule = readonly [wanted: string, fits: (value: unknown) => boolean];

const HEADER =
  "# The settings of chatroom, which writes this file when they change: what you edit\n" +
  "# here holds from the next start, but comments of your own are not kept.\n\n";
/** The largest file, in bytes: more than anybody would write by hand. */
const MAX_BYTES = 1_048_576;

const TEXT: Rule = ["a text in quotes", (value) => typeof value === "string" && value !== ""];
const TEXTS: Rule = [
  "a list of texts in quotes",
  (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
];
const YES_OR_NO: Rule = ["true or false", (value) => typeof value === "boolean"];
const BELLS = ["on", "mentions", "off"];

/** The name of each setting in the file, and what it must be there. */
const KEYS: Readonly<Record<keyof Settings, readonly [key: string, rule: Rule]>> = {
  name: ["name", TEXT],
  server: ["server", TEXT],
  bell: ["bell", oneOf(BELLS)],
  keywords: ["keywords", TEXTS],
  ignored: ["ignored", TEXTS],
  mutedRooms: ["muted_rooms", TEXTS],
  presence: ["presence", oneOf(["on", "off", "auto"])],
  colours: ["colours", oneOf(["auto", "none", "16", "256", "true"])],
  desktop: ["desktop", YES_OR_NO],
  numbers: ["numbers", YES_OR_NO],
  view: ["view", YES_OR_NO],
  aligned: ["aligned", YES_OR_NO],
  viewOffered: ["view_offered", YES_OR_NO],
  people: ["people", YES_OR_NO],
  names: ["names", [
    "a table of servers with a name each",
    (value) => isTable(value) && Object.values(value).every(TEXT[1]),
  ]],
  bells: ["bells", [
    'a table of rooms with "on", "mentions" or "off" each',
    (value) => isTable(value) && Object.values(value).every((bell) => BELLS.includes(String(bell))),
  ]],
};
const ROWS = Object.entries(KEYS) as Array<[keyof Settings, readonly [key: string, rule: Rule]]>;

/** The path of the file in `dir`. */
export function settingsPath(dir: string): string {
  return fileIn(dir, "settings.toml");
}

/** Loads the settings in `dir`; the missing ones are those of {@linkcode DEFAULT_SETTINGS}. */
export function loadSettings(dir: string): Loaded {
  try {
    return { settings: settingsFrom(readTable(settingsPath(dir))) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { settings: DEFAULT_SETTINGS, problem: error.message };
  }
}

/**
 * Saves the settings in `dir`. The file is replaced in one step, only its owner can read it, and what a
 * newer version has put there stays. Throws a {@linkcode SettingsError} if that fails, or if
 * {@linkcode loadSettings} could not use the file that is there.
 */
export function saveSettings(dir: string, settings: Settings): void {
  const path = settingsPath(dir);
  const table = readTable(path);
  for (const [setting, [key]] of ROWS) {
    const value = settings[setting];
    if (value === undefined) delete table[key];
    else table[key] = setting === "bells" ? written(settings.bells) : value;
  }
  try {
    Deno.mkdirSync(dir, { recursive: true, mode: 0o700 });
    replaceFile(path, HEADER + stringify(table).toWellFormed().trimStart());
  } catch (error) {
    throw new SettingsError(`The settings can't be saved in ${path}: ${problemOf(error)}`);
  }
}

/** Writes a file beside it and renames that. If the file is a symbolic link, it stays one. */
export function replaceFile(path: string, text: string): void {
  let target = path;
  try {
    target = Deno.realPathSync(path);
  } catch {
    // There is no file yet.
  }
  const temporary = `${target}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    Deno.writeTextFileSync(temporary, text, { createNew: true, mode: 0o600 });
    Deno.renameSync(temporary, target);
  } catch (error) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // The file was not made.
    }
    throw error;
  }
}

/** Reads and checks the file. Throws a {@linkcode SettingsError}. */
function readTable(path: string): Table {
  let source: string;
  try {
    source = readUtf8(path, MAX_BYTES);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw new SettingsError(`The settings in ${path} can't be read: ${problemOf(error)}`);
  }
  const table = parseTable(path, source);
  for (const [, [key, [wanted, fits]]] of ROWS) {
    if (!Object.hasOwn(table, key) || fits(table[key])) continue;
    const found = isTable(table[key]) ? "" : `, not ${JSON.stringify(table[key])}`;
    throw bad(path, lineOf(key, source), `${key} is ${wanted}${found}`);
  }
  return table;
}

function parseTable(path: string, source: string): Table {
  try {
    return parseToml(source);
  } catch (error) {
    if (error instanceof TomlError) throw bad(path, error.line, error.message);
    throw error;
  }
}

function bad(path: string, line: number, what: string): SettingsError {
  return new SettingsError(
    `The settings in ${path} can't be used: line ${line}: ${what}. ` +
      "Mend or remove the file; until then nothing is remembered",
  );
}

/** The line that sets `key` or begins its table; 1 if it can't be found. */
function lineOf(key: string, source: string): number {
  const setting = new RegExp(`^\\s*(?:\\[\\s*)?["']?${key}["']?\\s*[=\\].]`);
  return Math.max(0, source.split("\n").findIndex((line) => setting.test(line))) + 1;
}

function settingsFrom(table: Table): Settings {
  const found = ROWS.filter(([, [key]]) => Object.hasOwn(table, key))
    .map(([setting, [key]]) => [setting, table[key]]);
  // Each value has been checked by its rule.
  const settings: Settings = { ...DEFAULT_SETTINGS, ...Object.fromEntries(found) };
  return { ...settings, bells: read(settings.bells) };
}

/** A parsed table can't have this name, so in the file a `#` stands before it. */
const LOST = /^#*__proto__$/;

function written(bells: Bells): Bells {
  return renamed(bells, (room) => LOST.test(room) ? `#${room}` : room);
}

function read(bells: Bells): Bells {
  return renamed(bells, (room) => LOST.test(room) ? room.replace("#", "") : room);
}

function renamed(bells: Bells, rename: (room: string) => string): Bells {
  return Object.fromEntries(Object.entries(bells).map(([room, bell]) => [rename(room), bell]));
}

function problemOf(error: unknown): string {
  return fileProblem(error as Error, "--allow-read --allow-write or -A, or --no-settings");
}

function oneOf(values: readonly string[]): Rule {
  const quoted = values.map((value) => `"${value}"`);
  return [
    `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`,
    (value) => typeof value === "string" && values.includes(value),
  ];
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

/** The settings that are lists of words. */
const LISTS = ["keywords", "ignored", "mutedRooms"] as const;

/**
 * Applies the changes between `before` and `after` to `saved`: in a list the words that were added and
 * removed, in the bells the rooms with another bell, and else the values.
 */
export function mergeSettings(saved: Settings, before: Settings, after: Settings): Settings {
  const changed = Object.entries(after).filter(([key, value]) =>
    JSON.stringify(value) !== JSON.stringify(before[key as keyof Settings])
  );
  const merged: Settings = { ...saved, ...Object.fromEntries(changed) };
  const lists = LISTS.map((list) => [list, mergeWords(saved[list], before[list], after[list])]);
  const bells = mergeBells(saved.bells, before.bells, after.bells);
  const names = merged.names && { ...saved.names, ...merged.names };
  return { ...merged, ...Object.fromEntries(lists), bells, ...names && { names } };
}

type Words = readonly string[];

function mergeWords(saved: Words, before: Words, after: Words): Words {
  const [there, old, now] = [saved, before, after].map((words) => new Set(words.map(nameKey)));
  return [
    ...saved.filter((word) => !old?.has(nameKey(word)) || now?.has(nameKey(word))),
    ...after.filter((word) => !old?.has(nameKey(word)) && !there?.has(nameKey(word))),
  ];
}

function mergeBells(saved: Bells, before: Bells, after: Bells): Bells {
  const [merged, old, now] = [saved, before, after].map(byKey) as [Keyed, Keyed, Keyed];
  for (const key of old.keys()) if (!now.has(key)) merged.delete(key);
  for (const [key, entry] of now) if (old.get(key)?.[1] !== entry[1]) merged.set(key, entry);
  return Object.fromEntries(merged.values());
}

type Keyed = Map<string, [room: string, bell: Bell]>;

function byKey(bells: Bells): Keyed {
  return new Map(Object.entries(bells).map(([room, bell]) => [nameKey(room), [room, bell]]));
}
