/**
 * What is printed above the prompt, as lines of a terminal. What follows the time tells the kinds
 * apart without any colour, whatever a name or a text holds:
 *
 *     12:04 <ann> a message            12:04 #dev <ann> a message in another room
 *     12:04 * ann does something       12:04 [ann -> bob] a direct message
 *     12:04 » <ann> one that is for the reader
 *     12:04 -- a notice                12:04 !! an error
 *     3. 2026-01-02 12:04 #dev <ann> one that was found
 *     ---- a rule ----
 */

import {
  codeOf,
  hyperlink,
  isFence,
  type Range,
  type Span,
  spansOf,
  withOtherHosts,
} from "./spans.ts";
import { inertLine } from "../../words/inert.js";
import { clip, inertTabbed, widestOf, wrap } from "./cells.ts";
import { paint, type Palette, type Style } from "./palette.ts";

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
      /** It is for the reader: what of it, to be marked. */
      readonly mention?: RegExp;
      readonly alert?: true;
    }
    | {
      readonly kind: "direct";
      readonly from: string;
      readonly to: string;
      readonly own?: boolean;
      readonly mention?: undefined;
      readonly alert?: true;
    }
    /** `room`: where it happened, if the text does not say it. */
    | {
      readonly kind: "notice" | "error";
      readonly room?: string;
      readonly mention?: undefined;
      readonly alert?: undefined;
    }
    /** `text` tells its own time. */
    | {
      readonly kind: "found";
      readonly room?: undefined;
      readonly mention?: undefined;
      readonly alert?: undefined;
    }
    /** `text` explains `usage`. */
    | { readonly kind: "help"; readonly usage: string; readonly alert?: undefined }
    /** Between what was before and what is new. */
    | { readonly kind: "rule"; readonly alert?: undefined }
  );

/** What the lines are made for. */
export interface Look extends Palette {
  /** Columns of the terminal. */
  readonly width: number;
}

/** Terminals of that many columns show help in two columns, the second from this one on. */
const WIDE = 72;
const HELP_COLUMN = 34;

type Head = ReadonlyArray<readonly [text: string, style: Style]>;

/** Lines after an entry's first begin with this many blanks, so that none looks like an entry. */
const INDENT = 8;
/** Columns that a text has beside its head at least; else it begins on a line of its own. */
const MIN_TEXT = 8;
/** Columns of a head at most that are neither a name nor a room. */
const FIXED = 16;

/**
 * The lines of `entry`, none wider than a terminal of at least 24 columns, but for a web address that
 * is.
 */
export function formatEntry(entry: Entry, look: Look): string[] {
  if (entry.kind === "rule") return [formatRule(entry.text, look)];
  if (entry.kind === "help") return formatHelp(entry.usage, entry.text, look);
  const columns = Math.max(12, look.width - 1);
  const head = headOf(entry, columns);
  const headWidth = head.reduce((sum, [text]) => sum + widestOf(text), 0);
  const painted = head.map(([text, style]) => paint(text, style, look)).join("");
  const indent = Math.min(INDENT, Math.floor(columns / 4));
  const style = entry.kind === "error" ? "error" : "plain";
  const alone = columns - headWidth < MIN_TEXT;
  let first = alone ? 0 : columns - headWidth;
  const lines = alone ? [painted.trimEnd()] : [];
  for (const { line, isCode } of linesOf(entry.text)) {
    const spans = isCode ? [] : spansOf(line, entry.mention);
    const code = isCode ? [{ start: 0, end: line.length }] : codeOf(line);
    const marked = isCode ? [{ kind: "code", start: 0, end: line.length } as const] : spans;
    const whole = spans.filter(({ kind }) => kind === "link");
    const rest = columns - indent;
    let next = 0;
    for (const range of wrap(line, first || rest, rest, { solid: code, whole })) {
      const start = first === 0 ? " ".repeat(indent) : painted;
      while ((marked[next]?.end ?? Infinity) <= range.start) next++;
      const text = paintRange(line, range, marked, next, style, look);
      lines.push(code.length === 0 ? (start + text).trimEnd() : start + text);
      first = 0;
    }
  }
  return lines;
}

/** The lines of a text made inert, and which of them are code between two fences. */
function linesOf(text: string): Array<{ readonly line: string; readonly isCode: boolean }> {
  const lines = text.split(/\r?\n/).map((line) => inertTabbed(withOtherHosts(line)));
  const fences = lines.filter(isFence).length;
  let [passed, isOpen] = [0, false];
  return lines.map((line) => {
    if (!isFence(line)) return { line, isCode: isOpen };
    passed++;
    // The last of an odd number opens nothing.
    isOpen = !isOpen && passed < fences;
    return { line, isCode: false };
  });
}

/** The line that is printed where a new day begins. */
export function formatDay(day: Date, look: Look): string {
  const format = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
  return formatRule(day.toLocaleDateString("en-GB", format), look);
}

/** Hours and minutes of the day, as they stand before an entry. */
export function clock(at: Date): string {
  if (Number.isNaN(at.getTime())) return "--:--";
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

function formatRule(text: string, look: Look): string {
  return paint(`---- ${clip(inertLine(text), Math.max(12, look.width - 11))} ----`, "dim", look);
}

/** Side by side where there is room, else one under the other. */
function formatHelp(usage: string, text: string, look: Look): string[] {
  const beside = look.width >= WIDE;
  const indent = " ".repeat(beside ? HELP_COLUMN : INDENT);
  const space = Math.max(12, look.width - 1 - indent.length);
  const lines = wrap(text, space, space).map(({ start, end }) => indent + text.slice(start, end));
  const head = `  ${paint(usage, "bold", look)}`;
  if (!beside || usage.length + 3 > HELP_COLUMN) return [head, ...lines];
  const gap = " ".repeat(HELP_COLUMN - 2 - usage.length);
  return [head + gap + (lines[0]?.trimStart() ?? ""), ...lines.slice(1)];
}

function headOf(entry: Exclude<Entry, { kind: "rule" | "help" }>, columns: number): Head {
  const room = entry.kind === "direct" ? undefined : entry.room;
  const names = entry.kind === "direct" || room !== undefined ? 2 : 1;
  const widest = Math.max(4, Math.floor((columns - FIXED) / names));
  if (entry.kind === "found") return [];
  const start: Head = [
    [`${clock(entry.at)} `, "dim"],
    ...entry.mention === undefined ? [] : [["» ", "bold"] as const],
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
      return [...start, ["!! ", "error"]];
  }
}

/** One part of a line, with what is in it of the spans from the one numbered `first` on. */
function paintRange(
  line: string,
  { start, end }: Range,
  spans: readonly Span[],
  first: number,
  style: Style,
  look: Look,
): string {
  let [painted, at] = ["", start];
  for (const span of eachFrom(spans, first)) {
    if (span.start >= end) break;
    const [from, to] = [Math.max(span.start, at), Math.min(span.end, end)];
    if (from >= to) continue;
    const text = line.slice(from, to);
    painted += paint(line.slice(at, from), style, look);
    if (span.kind !== "link") painted += paint(text, span.kind, look);
    else if (!look.escapes) painted += text;
    else painted += hyperlink(paint(text, style, look), line.slice(span.start, span.end));
    at = to;
  }
  return painted + paint(line.slice(at, end), style, look);
}

function* eachFrom<T>(items: readonly T[], first: number): Generator<T> {
  for (let n = first; n < items.length; n++) yield items[n] as T;
}
