/**
 * The lines of a terminal for what is printed above the prompt. The characters after the time tell the
 * kinds apart without any colour, whatever names and texts contain:
 *
 *     12:04 <ann> a message            12:04 #dev <ann> a message in another room
 *     12:04 * ann does something       12:04 [ann -> bob] a direct message
 *     12:04 » <ann> a message for the reader
 *     12:04 41 <ann> a message with a number
 *     12:04 file 41 <ann> a message that brings a file
 *     12:04 -- a notice                12:04 !! an error
 *     3. 2026-01-02 12:04 #dev <ann> a message that was found
 *     ---- a rule ----
 */

import { localTime } from "../local_times.ts";
import { removalText } from "../../words/commands/life.js";
import { inertLine } from "../../words/inert.js";
import { clip, widestOf, wrap } from "./cells.ts";
import { addTail, type EntryMarks, quoteLines } from "./entry_marks.ts";
import { paint, type Palette, type Style } from "./palette.ts";
import { paintPart, textLines } from "./text_lines.ts";

/** Something to print. Its texts are as they came; they are made inert here. */
export type PrintedEntry =
  & {
    readonly at: Date;
    readonly text: string;
    /** Where it happened, if the text does not say so; of a message, if it is not the room on screen. */
    readonly room?: string;
    /** Matches the words by which it is for the reader, to be marked. */
    readonly mention?: RegExp;
    /** Of a message that brings a file: its number, which is shown in any case. */
    readonly fileNumber?: number;
    readonly alert?: true;
    /** Of a message: what it goes by among those on screen. */
    readonly key?: string;
    /** It answers what was just typed, and says nothing to whoever comes back later. */
    readonly isFleeting?: true;
  }
  & EntryMarks
  & (
    | {
      readonly kind: "message";
      readonly from: string;
      readonly action?: boolean;
      /** We said it. */
      readonly own?: boolean;
    }
    | {
      readonly kind: "direct";
      readonly from: string;
      readonly to: string;
      readonly own?: boolean;
    }
    /** `found`: its text has a time of its own. `rule`: between old and new. `gone`: no line at all. */
    | { readonly kind: "notice" | "error" | "found" | "rule" | "gone" }
    /** `text` explains `usage`. */
    | { readonly kind: "help"; readonly usage: string }
  );

/** The message with this key is shown as `now` from now on; if it is not on screen, `otherwise` is. */
export interface ChangedEntry {
  readonly kind: "changed";
  readonly key: string;
  readonly now: PrintedEntry;
  readonly otherwise: readonly PrintedEntry[];
  readonly alert?: undefined;
}

/** What the screen is to show. */
export type ScreenEntry = PrintedEntry | ChangedEntry;

/** The same as an answer that need not stay. */
export function fleeting(entry: PrintedEntry): PrintedEntry {
  return { ...entry, isFleeting: true };
}

/** How to make lines. */
export interface Look extends Palette {
  /** Columns of the terminal. */
  readonly width: number;
  /** Names end in the same column, and texts begin in one; by default each begins behind its name. */
  readonly aligned?: Aligned;
}

/** How names are aligned. */
export interface Aligned {
  /** The columns of what stands between the number and the text: the longest name in its brackets, and a blank. */
  readonly names: number;
  /** The columns of the number; 0: there is none. */
  readonly number: number;
}

/** From so many columns on, help is shown in two columns; the second begins at HELP_COLUMN. */
const WIDE = 72;
const HELP_COLUMN = 34;
/** With fewer, what is short enough to stand in one line does, from this column on. */
const NARROW_HELP_COLUMN = 17;

type Head = ReadonlyArray<readonly [text: string, style: Style]>;

/** Further lines of an entry begin with so many blanks, so that none looks like an entry. */
const INDENT = 8;
/** With fewer columns than this after its head, a text begins on a line of its own. */
const MIN_TEXT = 8;
/** The brackets and the blank around a name. */
const AROUND_NAME = 3;
/** The most columns of a head that are neither a name, a room nor a file. */
const FIXED = 16;

/** The lines of `entry`. In a terminal of at least 24 columns only a web address can be too wide. */
export function formatEntry(entry: PrintedEntry, look: Look): string[] {
  if (entry.kind === "gone") return [];
  if (entry.kind === "rule") return [formatRule(entry.text, look)];
  if (entry.kind === "help") return formatHelp(entry.usage, entry.text, look);
  const columns = Math.max(12, look.width - 1);
  const head = look.aligned === undefined
    ? headOf(entry, widestName(entry, columns))
    : alignedHead(entry, columns, look.aligned);
  const headWidth = head.reduce((sum, [text]) => sum + widestOf(text), 0);
  const painted = head.map(([text, style]) => paint(text, style, look)).join("");
  const isAligned = look.aligned !== undefined && headWidth > 0 && headWidth <= columns / 2;
  const indent = isAligned ? headWidth : Math.min(INDENT, Math.floor(columns / 4));
  const style = entry.kind === "error" ? "error" : isFaint(entry) ? "dim" : "plain";
  const alone = columns - headWidth < MIN_TEXT;
  let first = alone ? 0 : columns - headWidth;
  const lines = alone ? [painted.trimEnd()] : [];
  let taken = headWidth;
  for (const line of textLines(textOf(entry), entry.mention)) {
    const rest = columns - indent;
    let next = 0;
    for (const range of wrap(line.text, first || rest, rest, line)) {
      const start = first === 0 ? " ".repeat(indent) : painted;
      while ((line.spans[next]?.end ?? Infinity) <= range.start) next++;
      const text = paintPart(line, range, next, style, look);
      lines.push(line.solid.length === 0 ? (start + text).trimEnd() : start + text);
      taken = (first === 0 ? indent : headWidth) +
        widestOf(line.text.slice(range.start, range.end));
      first = 0;
    }
  }
  const quoteIndent = isAligned ? indent - 2 : undefined;
  return [
    ...quoteLines(entry, look, quoteIndent),
    ...addTail(lines, taken, entry, { indent, columns, look }),
  ];
}

/** Whether an entry is of what is there no more, or not yet. */
function isFaint({ removed, waits }: PrintedEntry): boolean {
  return removed !== undefined || waits !== undefined;
}

/** What an entry says; of a message that was removed, that it was. */
function textOf({ text, removed, ...entry }: PrintedEntry): string {
  if (removed === undefined) return text;
  return removalText("from" in entry ? entry.from : "", removed);
}

/** The line that is printed where a new day begins. */
export function formatDay(day: Date, look: Look): string {
  const format = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
  return formatRule(day.toLocaleDateString("en-GB", format), look);
}

/** The time of day before an entry. */
export function clock(at: Date): string {
  return Number.isNaN(at.getTime()) ? "--:--" : localTime(at).slice(-5);
}

function formatRule(text: string, look: Look): string {
  const columns = Math.max(12, look.width - 11);
  // What stands behind a comma is not worth half of it.
  const parts = inertLine(text).split(/(?=, )/);
  while (parts.length > 1 && widestOf(parts.join("")) > columns) parts.pop();
  return paint(`---- ${clip(parts.join(""), columns)} ----`, "dim", look);
}

/** Side by side if there is room, else one below the other. */
function formatHelp(usage: string, text: string, look: Look): string[] {
  const short = `  ${usage}`.padEnd(NARROW_HELP_COLUMN);
  if (look.width < WIDE && widestOf(short + text) < look.width && short.endsWith(" ")) {
    return [`  ${paint(usage, "bold", look)}${short.slice(usage.length + 2)}${text}`];
  }
  const beside = look.width >= WIDE;
  const indent = " ".repeat(beside ? HELP_COLUMN : INDENT);
  const space = Math.max(12, look.width - 1 - indent.length);
  const lines = wrap(text, space, space).map(({ start, end }) => indent + text.slice(start, end));
  const head = `  ${paint(usage, "bold", look)}`;
  if (!beside || usage.length + 3 > HELP_COLUMN) return [head, ...lines];
  const gap = " ".repeat(HELP_COLUMN - 2 - usage.length);
  return [head + gap + (lines[0]?.trimStart() ?? ""), ...lines.slice(1)];
}

type HeadedEntry = Exclude<PrintedEntry, { kind: "help" }>;

/** The most columns of a name in the head of an entry, on a terminal of so many. */
function widestName({ kind, room, fileNumber, number }: HeadedEntry, columns: number): number {
  const names = kind === "direct" || room !== undefined ? 2 : 1;
  const file = fileNumber === undefined ? 0 : `file ${fileNumber} `.length;
  const seq = file > 0 || number === undefined ? 0 : `${number} `.length;
  return Math.max(4, Math.floor((columns - FIXED - file - seq) / names));
}

function headOf(entry: HeadedEntry, widest: number): Head {
  const room = entry.kind === "direct" ? undefined : entry.room;
  const file = entry.fileNumber === undefined ? "" : `file ${entry.fileNumber} `;
  const number = file !== "" || entry.number === undefined ? "" : `${entry.number} `;
  const start: Head = [
    [`${clock(entry.at)} `, "dim"],
    ...entry.mention === undefined ? [] : [["» ", "bold"] as const],
    ...room === undefined ? [] : [[`#${clip(inertLine(room), widest)} `, "dim"] as const],
    ...file === "" ? [] : [[file, "bold"] as const],
    ...number === "" ? [] : [[number, "dim"] as const],
  ];
  const person = (name: string, own?: boolean): Head[number] => [
    clip(inertLine(name), widest),
    entry.removed !== undefined ? "struck" : isFaint(entry) ? "dim" : own ? "bold" : { name },
  ];
  switch (entry.kind) {
    case "message": {
      const from = person(entry.from, entry.own);
      return entry.action
        ? [...start, ["* ", "plain"], from, [" ", "plain"]]
        : [...start, ["<", "dim"], from, ["> ", "dim"]];
    }
    case "direct": {
      const [from, to] = [person(entry.from, entry.own), person(entry.to, !entry.own)];
      return [...start, ["[", "bold"], from, [" -> ", "bold"], to, ["] ", "bold"]];
    }
    case "notice":
      return [...start, ["-- ", "dim"]];
    case "error":
      return [...start, ["!! ", "error"]];
    default:
      return [];
  }
}

/**
 * The same parts, but the number stands behind the time, and blanks before the name, which is cut to what it may
 * have. Who writes to whom, and from where, takes what it needs.
 */
function alignedHead(entry: HeadedEntry, columns: number, { names, number }: Aligned): Head {
  const { number: shown, fileNumber, ...rest } = entry;
  const seq = `${fileNumber ?? shown ?? ""}`;
  const file: Head = fileNumber === undefined ? [] : [["file ", "bold"]];
  const taken = AROUND_NAME + (file.length === 0 ? 0 : 5) + (rest.mention === undefined ? 0 : 2);
  const isPlain = rest.kind !== "direct" && rest.room === undefined;
  // Numbers have a column here, which is as wide as the longest of them.
  const left = columns - (number === 0 ? 0 : Math.max(number, seq.length) + 1);
  const most = widestName({ ...rest, ...file.length > 0 && { fileNumber: 0 } }, left);
  const widest = isPlain ? Math.min(most, Math.max(4, names - taken)) : most;
  const [time, ...others] = headOf(rest, widest);
  if (time === undefined) return [];
  const block = [...file, ...others];
  const width = block.reduce((sum, [text]) => sum + widestOf(text), 0);
  return [
    time,
    ...number === 0 ? [] : [[`${seq.padStart(number)} `, "dim"] as const],
    [" ".repeat(Math.max(0, names - width)), "plain"],
    ...block,
  ];
}

/** Says that messages were left out. */
export function notShown(count: number): string {
  const messages = count === 1 ? "message" : "messages";
  return `… ${count.toLocaleString("en-US")} ${messages} ${NOT_SHOWN}`;
}

const NOT_SHOWN = "not shown here; /history shows them";

/** Whether an entry says that the stream has left messages out. */
export function isNotShown({ kind, text }: PrintedEntry): boolean {
  return kind === "notice" && text.startsWith("… ") && text.endsWith(NOT_SHOWN);
}
