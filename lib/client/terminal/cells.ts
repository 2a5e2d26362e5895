/** Text as cells of a terminal: graphemes with their widths, and lines cut to a width. */

import { textWidth } from "../../chat/names/width.ts";
import { inertLine } from "../../words/inert.js";
import { lateRegExp } from "../../words/late_regexp.js";
import { segmentGraphemes } from "./graphemes.ts";
import type { Range } from "./spans.ts";

/** One grapheme and how many columns it takes. */
export interface Cell {
  readonly text: string;
  readonly width: number;
}

const PLAIN = /^[\x20-\x7e]*$/;
const MARK = lateRegExp("\\p{M}", "u");
const FLAG_LETTER = lateRegExp("\\p{Regional_Indicator}", "u");

/** The cells of inert text, with the width that a terminal of today gives them. */
export function cellsOf(text: string): Cell[] {
  if (PLAIN.test(text)) return Array.from(text, (char) => ({ text: char, width: 1 }));
  return graphemesOf(text).map((grapheme) => ({ text: grapheme, width: textWidth(grapheme) }));
}

/** What a person takes for the characters of `text`. */
export function graphemesOf(text: string): string[] {
  if (PLAIN.test(text)) return text.split("");
  return Array.from(segmentGraphemes(text), ({ segment }) => segment);
}

/** The columns that inert text takes. */
export function widthOf(text: string): number {
  return textWidth(text);
}

/** Columns from one stop of a tab to the next. */
const TAB = 8;

/** The columns that a tab takes at a place, counted from where the text begins. */
export function tabWidth(column: number): number {
  return TAB - column % TAB;
}

/** A line of text made inert, with blanks for its tabs. */
export function inertTabbed(line: string): string {
  if (!line.includes("\t")) return inertLine(line);
  const [first = "", ...others] = line.split("\t").map(inertLine);
  let column = widthOf(first);
  const parts = [first];
  for (const part of others) {
    const blanks = tabWidth(column);
    column += blanks + widthOf(part);
    parts.push(" ".repeat(blanks), part);
  }
  return parts.join("");
}

/** The most columns that any terminal gives inert text. */
export function widestOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let sum = 0;
  for (const { width } of eachCautious(text)) sum += width;
  return sum;
}

/** `text` if it fits into `width` columns, else its beginning and an ellipsis. */
export function clip(text: string, width: number): string {
  let [clipped, used, isFull] = ["", 0, false];
  for (const cell of eachCautious(text)) {
    used += cell.width;
    if (used > width) return `${clipped}…`;
    isFull ||= used + 1 > width;
    if (!isFull) clipped += cell.text;
  }
  return text;
}

/** What of a text is not to be cut like the rest of it; all in order and apart. */
export interface Uncut {
  /** Here no space is dropped. */
  readonly solid?: readonly Range[];
  /** Here there is no cut at all: the terminal breaks it, and whoever copies it gets it whole. */
  readonly whole?: readonly Range[];
}

/**
 * Cuts inert text into lines, at spaces where there are any; a space at a cut is dropped. `first` and
 * `rest` are the widths of the first line and of the others. But for what is `whole`, no terminal
 * needs more columns for a line than that, so that none breaks it at a place which its author chose.
 */
export function wrap(
  text: string,
  first: number,
  rest: number,
  { solid = [], whole = [] }: Uncut = {},
): Range[] {
  const lines: Range[] = [];
  const isSoft = (at: number): boolean => text[at] === " " && !holds(solid, at);
  let width = Math.min(first, rest);
  let [start, at, used] = [0, 0, 0];
  /** Behind the last space of the line, and the columns up to there. */
  let [gap, gapUsed] = [0, 0];
  const cut = (end: number, next: number, usedAt: number): void => {
    lines.push({ start, end: end > start && isSoft(end - 1) ? end - 1 : end });
    [start, used, gap, gapUsed, width] = [next, used - usedAt, 0, 0, rest];
  };
  for (const cell of eachCautious(text)) {
    if (used + cell.width > width && at > start) {
      if (isSoft(at)) {
        cut(at, at + 1, used);
        at++;
        continue;
      }
      if (gap > start) cut(gap, gap, gapUsed);
      // What is left of the line may still have no room for a wide cell.
      const isWithin = holds(whole, at) && holds(whole, at - 1);
      if (at > start && used + cell.width > width && !isWithin) cut(at, at, used);
    }
    const soft = isSoft(at);
    at += cell.text.length;
    used += cell.width;
    if (soft) [gap, gapUsed] = [at, used];
  }
  return [...lines, { start, end: text.length }];
}

/** Whether one of `ranges`, which are in order and apart, has the place `at` in it. */
function holds(ranges: readonly Range[], at: number): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.end ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return (ranges[low]?.start ?? Infinity) <= at;
}

/**
 * Cells with the most columns that any terminal gives them: some don't join what an emoji joins. No
 * more of them are made than are asked for.
 */
function* eachCautious(text: string): Generator<Cell> {
  if (PLAIN.test(text)) {
    for (const char of text) yield { text: char, width: 1 };
    return;
  }
  for (const { segment } of segmentGraphemes(text)) {
    const width = textWidth(segment);
    const apart = segment.length === 1 ? 0 : apartWidth(segment);
    yield { text: segment, width: Math.max(width, apart) };
  }
}

/** The columns of a grapheme where its parts are not joined. */
function apartWidth(grapheme: string): number {
  let width = 0;
  for (const point of grapheme) width += pointWidth(point);
  return width;
}

function pointWidth(point: string): number {
  // Marks beyond the first plane are too new for some terminals to know that they combine.
  if (point.length > 1 && MARK().test(point)) return 1;
  return FLAG_LETTER().test(point) ? 2 : textWidth(point);
}
