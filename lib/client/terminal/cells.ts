/**
 * Text as people and terminals see it: graphemes (what people call characters), words, cells with their
 * widths, and lines of a given width.
 */

import { lateRegExp } from "../../words/late_regexp.js";
import { eachGrapheme, segmentGraphemes } from "../../chat/names/graphemes.ts";
import { graphemeWidth, textWidth } from "../../chat/names/width.ts";
import { inertLine } from "../../words/inert.js";
import type { Range } from "./spans.ts";

/** One grapheme and how many columns it takes. */
export interface Cell {
  readonly text: string;
  readonly width: number;
}

const PLAIN = /^[\x20-\x7e]*$/;
const MARK = lateRegExp("\\p{M}", "u");
const FLAG_LETTER = lateRegExp("\\p{Regional_Indicator}", "u");

/** Columns from one stop of a tab to the next. */
const TAB = 8;

/** The columns of a tab that begins in `column` of the text. */
export function tabWidth(column: number): number {
  return TAB - column % TAB;
}

/** A line of text, made inert, with blanks instead of tabs. */
export function inertTabbed(line: string): string {
  if (!line.includes("\t")) return inertLine(line);
  const [first = "", ...others] = line.split("\t").map(inertLine);
  let column = textWidth(first);
  const parts = [first];
  for (const part of others) {
    const blanks = tabWidth(column);
    column += blanks + textWidth(part);
    parts.push(" ".repeat(blanks), part);
  }
  return parts.join("");
}

/** The most columns that inert text takes in any terminal. */
export function widestOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let sum = 0;
  for (const { width } of eachCautious(text)) sum += width;
  return sum;
}

/** `text`, or its beginning and an ellipsis if it does not fit into `width` columns. */
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

/** The parts of a text that are cut in another way; in order, without overlaps. */
export interface Uncut {
  /** In these no space is dropped. */
  readonly solid?: readonly Range[];
  /** These are not cut: the terminal breaks them, so that they can be copied whole. */
  readonly whole?: readonly Range[];
}

/**
 * Cuts inert text into lines, at spaces if possible; a space at a cut is dropped. `first` and `rest` are
 * the widths of the first line and of the others. Except for what is `whole`, with its marks, a line needs no more
 * columns in any terminal, so that an author can't choose where a terminal breaks it.
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
  /** The place after the last space of the line, and the columns up to there. */
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
      // The rest of the line may still have no room for a wide cell.
      const isWithin = holds(whole, at) && holds(whole, at - 1) || endsWhole(text, at, whole);
      if (at > start && used + cell.width > width && !isWithin) cut(at, at, used);
    }
    const soft = isSoft(at);
    at += cell.text.length;
    used += cell.width;
    if (soft) [gap, gapUsed] = [at, used];
  }
  return [...lines, { start, end: text.length }];
}

/** The most marks that stay with what is not cut: more would let its author say where a terminal breaks a line. */
const MAX_MARKS = 3;
const MARKS = /^[.,;:!?)\]}>"'»”’…]{1,3}$/;

/** Whether `at` is one of the marks of punctuation that follow what is not cut. */
function endsWhole(text: string, at: number, whole: readonly Range[]): boolean {
  for (let count = 1; count <= MAX_MARKS && count <= at; count++) {
    if (holds(whole, at - count)) return MARKS.test(text.slice(at - count + 1, at + 1));
  }
  return false;
}

/** Whether `at` is in one of `ranges`, which are in order and do not overlap. */
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
 * Cells with the most columns that they take in any terminal: some don't join the parts of an emoji. Makes
 * only as many as are read.
 */
function* eachCautious(text: string): Generator<Cell> {
  if (PLAIN.test(text)) {
    for (const char of text) yield { text: char, width: 1 };
    return;
  }
  for (const grapheme of eachGrapheme(text)) {
    const apart = grapheme.length === 1 ? 0 : apartWidth(grapheme);
    yield { text: grapheme, width: Math.max(graphemeWidth(grapheme), apart) };
  }
}

/** The columns of a grapheme in a terminal that does not join its parts. */
function apartWidth(grapheme: string): number {
  let width = 0;
  for (const point of grapheme) width += pointWidth(point);
  return width;
}

function pointWidth(point: string): number {
  // Marks beyond the first plane are too new for some terminals to know that they combine.
  if (point.length > 1 && MARK().test(point)) return 1;
  return FLAG_LETTER().test(point) ? 2 : graphemeWidth(point);
}

const WORD = lateRegExp("[\\p{L}\\p{N}\\p{M}_]", "u");
/** Where the word before `at` begins. */
export function wordStart(text: string, at: number, word = WORD()): number {
  const before = [...text.slice(0, at)];
  let n = before.length;
  while (n > 0 && !word.test(before[n - 1] as string)) n--;
  while (n > 0 && word.test(before[n - 1] as string)) n--;
  return before.slice(0, n).join("").length;
}

/** Where the word after `at` ends. */
export function wordEnd(text: string, at: number, word = WORD()): number {
  const after = [...text.slice(at)];
  let n = 0;
  while (n < after.length && !word.test(after[n] as string)) n++;
  while (n < after.length && word.test(after[n] as string)) n++;
  return at + after.slice(0, n).join("").length;
}

/** The first boundary between graphemes that is not before `position`. */
export function boundary(text: string, position: number): number {
  const cluster = segmentGraphemes(text).containing(position);
  if (cluster === undefined || cluster.index === position) return position;
  return cluster.index + cluster.segment.length;
}
