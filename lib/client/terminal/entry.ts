/**
 * What is printed above the prompt, as lines of a terminal. What follows the time tells the kinds
 * apart without any colour, whatever a name or a text holds:
 *
 *     12:04 <ann> a message            12:04 #dev <ann> a message in another room
 *     12:04 * ann does something       12:04 [ann -> bob] a direct message
 *     12:04 -- a notice                12:04 !! an error
 */

import { nameKey } from "../../chat/name.ts";
import { clip, widestOf, wrap } from "./cells.ts";
import { inertLine, inertLines } from "../inert.ts";

/** Something to print. Its texts are as they came; they are made inert here. */
export type Entry =
  & { readonly at: Date; readonly text: string }
  & (
    | {
      readonly kind: "message";
      readonly from: string;
      /** Where it was said, if that is not the room that the person is in. */
      readonly room?: string;
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
    /** `room`: where it happened, if the text does not say it. */
    | { readonly kind: "notice" | "error"; readonly room?: string }
  );

/** What the lines are made for. */
export interface Look {
  /** Columns of the terminal. */
  readonly width: number;
  /** False for no colour nor any other attribute. */
  readonly color: boolean;
}

type Style = "plain" | "dim" | "bold" | "red" | { readonly name: string };
type Head = ReadonlyArray<readonly [text: string, style: Style]>;

/** Lines after an entry's first begin with this many blanks, so that none looks like an entry. */
const INDENT = 8;
/** Columns that a text has beside its head at least; else it begins on a line of its own. */
const MIN_TEXT = 8;
/** Columns of a head at most that are neither a name nor a room. */
const FIXED = 14;
/** The colours that are told apart on dark and on light: the 16 that every terminal has. */
const NAME_COLORS = [31, 32, 33, 34, 35, 36, 91, 92, 94, 95, 96];

/** The lines of `entry`, none wider than a terminal of at least 24 columns. */
export function formatEntry(entry: Entry, { width, color }: Look): string[] {
  const columns = Math.max(12, width - 1);
  const head = headOf(entry, columns);
  const headWidth = head.reduce((sum, [text]) => sum + widestOf(text), 0);
  const painted = head.map(([text, style]) => paint(text, style, color)).join("");
  const indent = Math.min(INDENT, Math.floor(columns / 4));
  const style = entry.kind === "error" ? "red" : "plain";
  const alone = columns - headWidth < MIN_TEXT;
  let first = alone ? 0 : columns - headWidth;
  const lines = alone ? [painted.trimEnd()] : [];
  for (const line of inertLines(entry.text)) {
    for (const part of wrap(line, first || columns - indent, columns - indent)) {
      const start = first === 0 ? " ".repeat(indent) : painted;
      lines.push((start + paint(part, style, color)).trimEnd());
      first = 0;
    }
  }
  return lines;
}

/** The line that is printed where a new day begins. */
export function formatDay(day: Date, { color }: Look): string {
  const format = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
  return paint(`---- ${day.toLocaleDateString("en-GB", format)} ----`, "dim", color);
}

function headOf(entry: Entry, columns: number): Head {
  const room = entry.kind === "direct" ? undefined : entry.room;
  const names = entry.kind === "direct" || room !== undefined ? 2 : 1;
  const widest = Math.max(4, Math.floor((columns - FIXED) / names));
  const start: Head = [
    [`${clock(entry.at)} `, "dim"],
    ...room === undefined ? [] : [[`#${clip(inertLine(room), widest)} `, "dim"] as const],
  ];
  const person = (name: string, own?: boolean): Head[number] => [
    clip(inertLine(name), widest),
    own ? "bold" : { name },
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
      return [...start, ["!! ", "red"]];
  }
}

function clock(at: Date): string {
  if (Number.isNaN(at.getTime())) return "--:--";
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

function paint(text: string, style: Style, color: boolean): string {
  if (!color || style === "plain" || text === "") return text;
  return `\x1b[${codeOf(style)}m${text}\x1b[0m`;
}

function codeOf(style: Exclude<Style, "plain">): number {
  switch (style) {
    case "bold":
      return 1;
    case "dim":
      return 2;
    case "red":
      return 31;
    default:
      return nameColor(style.name);
  }
}

/** A name's colour: the same every day and on every machine (FNV-1a). */
function nameColor(name: string): number {
  let hash = 0x811c9dc5;
  for (const char of nameKey(name)) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  return NAME_COLORS[(hash >>> 0) % NAME_COLORS.length] ?? 36;
}
