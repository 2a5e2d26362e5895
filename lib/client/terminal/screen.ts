/**
 * The bytes for a terminal: one row at the bottom that is being edited, and lines printed above it,
 * which are ordinary scrollback. Also where that row is after the terminal was resized: some terminals
 * break a row that no longer fits into several, others cut it. Pure.
 */

import { clip, tabWidth } from "./cells.ts";
import { inertLine } from "../../words/inert.js";
import { graphemesOf } from "../../chat/names/graphemes.ts";
import { graphemeWidth, textWidth } from "../../chat/names/width.ts";

/** The row at the bottom. */
export interface Row {
  readonly prompt: string;
  readonly text: string;
  /** Where in `text` the cursor is, in UTF-16 code units. */
  readonly cursor: number;
  /** Show a dot for each character. */
  readonly masked?: boolean;
}

/** The largest part of the row that a prompt takes: with a file on its way it is longer than others. */
export const MAX_PROMPT = 5 / 8;
const BEGIN_UPDATE = "\x1b[?2026h";
const END_UPDATE = "\x1b[?2026l";
/** Begins after a blank: if the first cell of the screen is erased too, tmux keeps the row as scrollback. */
const ERASE_ROW = "\r \x1b[J\r";
const SAVE_CURSOR = "\x1b7";
const RESTORE_CURSOR = "\x1b8";
/** Keeps a terminal that shows an emoji wider than we expect from breaking the row in two. */
const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";

/** Written before the first row: asks the terminal to mark what is pasted, and to tell of its focus. */
export const ENTER = "\x1b[?2004h\x1b[?1004h";
/** Written last: erases the row, and leaves the terminal as it was. */
export const LEAVE = `${ERASE_ROW}${WRAP}\x1b[?1004l\x1b[?2004l`;
/** Asks the terminal where its cursor is. */
export const ASK_CURSOR = "\x1b[6n";

/** Erases the row and so many above it, prints `lines`, and draws the row under them. */
export function printLines(lines: readonly string[], row: Row, width: number, up = 0): string {
  const { before, after } = fitRow(row, width);
  const above = lines.map((line) => `${line}\r\n`).join("");
  return BEGIN_UPDATE + goUp(up) + ERASE_ROW + above + NO_WRAP + before + SAVE_CURSOR + after +
    RESTORE_CURSOR + WRAP + END_UPDATE;
}

/** Goes up to the beginning of a row that the terminal has broken into several. */
export function goUp(rows: number): string {
  return rows === 0 ? "" : `\x1b[${rows}A`;
}

/** Scrolls everything into the scrollback, where it can be found again. */
export function clearScreen(rows: number): string {
  return `${ERASE_ROW}\x1b[${rows};1H${"\n".repeat(rows)}\x1b[H`;
}

/**
 * Like {@linkcode printLines} without any escape. `shown` is the text that the row shows now; the result
 * also has the text that it shows then.
 */
export function printPlain(
  lines: readonly string[],
  row: Row,
  width: number,
  shown: string,
): { output: string; shown: string } {
  const { before, after } = fitRow(row, width);
  const next = before + after;
  if (lines.length === 0 && after === "" && next.startsWith(shown)) {
    return { output: next.slice(shown.length), shown: next };
  }
  const cover = (text: string): string =>
    text + " ".repeat(Math.max(0, textWidth(shown) - textWidth(text)));
  const [first, ...others] = lines;
  if (first === undefined) return { output: `\r${cover(next)}\r${before}`, shown: next };
  const above = [cover(first), ...others].map((line) => `${line}\r\n`).join("");
  return { output: `\r${above}${next}\r${before}`, shown: next };
}

/**
 * The part of the row around the cursor that fits into `width` columns and leaves the last one free:
 * the text before the cursor, and after it.
 */
export function fitRow(
  { prompt, text, cursor, masked = false }: Row,
  width: number,
): { before: string; after: string } {
  const shownPrompt = clip(inertLine(prompt), Math.floor(width * MAX_PROMPT));
  const columns = Math.max(6, width - 1 - textWidth(shownPrompt));
  const cells: Array<{ text: string; start: number; end: number }> = [];
  let [column, cursorColumn, cursorCell, at] = [0, 0, 0, 0];
  for (const grapheme of graphemesOf(text)) {
    if (at === cursor) [cursorColumn, cursorCell] = [column, cells.length];
    at += grapheme.length;
    const tab = grapheme === "\t" ? " ".repeat(tabWidth(column)) : undefined;
    const shown = masked ? "•" : tab ?? inertLine(grapheme);
    const end = column + textWidth(shown);
    cells.push({ text: shown, start: column, end });
    column = end;
  }
  if (at <= cursor) [cursorColumn, cursorCell] = [column, cells.length];
  const [from, to] = windowAround(cursorColumn, column, columns);
  const inside = ({ start, end }: { start: number; end: number }): boolean =>
    start >= from && end <= to;
  const join = (part: typeof cells): string => part.filter(inside).map((c) => c.text).join("");
  return {
    before: shownPrompt + (from > 0 ? "‹" : "") + join(cells.slice(0, cursorCell)),
    after: join(cells.slice(cursorCell)) + (to < column ? "›" : ""),
  };
}

/**
 * The columns of the text to show. The window moves by half its size, and depends only on the cursor, not
 * on where it was before.
 */
function windowAround(cursor: number, total: number, columns: number): [number, number] {
  if (total <= columns) return [0, total];
  const size = columns - 2;
  const step = Math.max(1, Math.floor(size / 2));
  const from = cursor < size ? 0 : Math.ceil((cursor - size + 1) / step) * step;
  return [from, from + size];
}

/** Where the terminal says that its cursor is, from 1. */
export interface CursorReport {
  readonly row: number;
  readonly column: number;
}

/** Where the cursor is after a terminal has broken the row: how many rows below its beginning. */
export interface Broken {
  readonly rows: number;
  /** The column, from 1. */
  readonly column: number;
}

/**
 * How a terminal that now has `columns` breaks the row, if it breaks lines. `text` was drawn before the
 * cursor when it had `before` columns, and `above` columns of the same line could not be erased.
 */
export function breakRow(
  { text, columns: before, above }: { text: string; columns: number; above: number },
  columns: number,
): Broken {
  let [rows, at, drawn] = [Math.floor(above / columns), above % columns, 0];
  for (const grapheme of graphemesOf(text)) {
    const width = graphemeWidth(grapheme);
    // Drawing never breaks the row: what does not fit stays in the last column.
    drawn += width;
    if (drawn > before - 1) break;
    if (at + width > columns) [rows, at] = [rows + 1, 0];
    at += width;
  }
  return at < columns ? { rows, column: at + 1 } : { rows: rows + 1, column: 1 };
}

/**
 * Whether a terminal of `columns` has broken the row, by its cursor; `undefined` if that is in the last
 * column, where it also is when the row was cut.
 */
export function isBroken(
  { column }: Broken,
  columns: number,
  report: CursorReport,
): boolean | undefined {
  if (report.column !== column) return false;
  return column === columns ? undefined : true;
}
