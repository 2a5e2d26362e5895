/**
 * What is written to a terminal: one row at the bottom that is being edited, and lines printed
 * above it, which are ordinary scrollback. Pure; never moves the cursor up.
 */

import { clip, graphemesOf, tabWidth, widthOf } from "./cells.ts";
import { inertLine } from "../../words/inert.js";

/** The row at the bottom. */
export interface Row {
  readonly prompt: string;
  readonly text: string;
  /** Where in `text` the cursor is, in UTF-16 code units. */
  readonly cursor: number;
  /** Show that something is typed, but not what. */
  readonly masked?: boolean;
}

/** The row as it is shown: what stands before the cursor and what behind it. */
interface Shown {
  readonly before: string;
  readonly after: string;
}

const BEGIN_UPDATE = "\x1b[?2026h";
const END_UPDATE = "\x1b[?2026l";
/** Begins behind a blank: tmux keeps what is erased from the first cell of the screen on as scrollback. */
const ERASE_ROW = "\r \x1b[J\r";
const SAVE_CURSOR = "\x1b7";
const RESTORE_CURSOR = "\x1b8";
/** So that a terminal which takes an emoji for wider than we do can't break the row in two. */
const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";

/** Written before the first row: what is pasted comes marked as such. */
export const ENTER = "\x1b[?2004h";
/** Written last: the row is gone, and the terminal is as it was. */
export const LEAVE = `${ERASE_ROW}${WRAP}\x1b[?2004l`;

/** Erases the row, prints `lines`, and draws the row under them. */
export function printLines(lines: readonly string[], row: Row, width: number): string {
  const { before, after } = fitRow(row, width);
  const above = lines.map((line) => `${line}\r\n`).join("");
  return BEGIN_UPDATE + ERASE_ROW + above + NO_WRAP + before + SAVE_CURSOR + after +
    RESTORE_CURSOR + WRAP + END_UPDATE;
}

/** What stands in the row before the cursor. */
export function textBeforeCursor(row: Row, width: number): string {
  return fitRow(row, width).before;
}

/** Asks the terminal where its cursor is. */
export const ASK_CURSOR = "\x1b[6n";

/** Goes up to the beginning of a row that the terminal has broken into several. */
export function goUp(rows: number): string {
  return rows === 0 ? "" : `\x1b[${rows}A`;
}

/** Scrolls everything into the scrollback, from where it can be had again. */
export function clearScreen(rows: number): string {
  return `${ERASE_ROW}\x1b[${rows};1H${"\n".repeat(rows)}\x1b[H`;
}

/** What a terminal without escapes is sent, and what its row then shows. */
export interface PlainUpdate {
  readonly output: string;
  readonly shown: string;
}

/** Like {@linkcode printLines} without any escape; `shown` is what the row shows so far. */
export function printPlain(
  lines: readonly string[],
  row: Row,
  width: number,
  shown: string,
): PlainUpdate {
  const { before, after } = fitRow(row, width);
  const next = before + after;
  if (lines.length === 0 && after === "" && next.startsWith(shown)) {
    return { output: next.slice(shown.length), shown: next };
  }
  const cover = (text: string): string =>
    text + " ".repeat(Math.max(0, widthOf(shown) - widthOf(text)));
  const [first, ...others] = lines;
  const above = first === undefined
    ? ""
    : [cover(first), ...others].map((line) => `${line}\r\n`).join("");
  const drawn = first === undefined ? cover(next) : next;
  return { output: `\r${above}${drawn}\r${before}`, shown: next };
}

/** The part of the row around the cursor that fits into `width` columns, the last one left free. */
function fitRow({ prompt, text, cursor, masked = false }: Row, width: number): Shown {
  const shownPrompt = clip(inertLine(prompt), Math.floor(width / 2));
  const columns = Math.max(6, width - 1 - widthOf(shownPrompt));
  const cells: Array<{ text: string; start: number; end: number }> = [];
  let [column, cursorColumn, cursorCell, at] = [0, 0, 0, 0];
  for (const grapheme of graphemesOf(text)) {
    if (at === cursor) [cursorColumn, cursorCell] = [column, cells.length];
    at += grapheme.length;
    const tab = grapheme === "\t" ? " ".repeat(tabWidth(column)) : undefined;
    const shown = masked ? "•" : tab ?? inertLine(grapheme);
    const end = column + widthOf(shown);
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

/** The columns of the text that are shown. Moves by half its size, and depends on nothing before. */
function windowAround(cursor: number, total: number, columns: number): [number, number] {
  if (total <= columns) return [0, total];
  const size = columns - 2;
  const step = Math.max(1, Math.floor(size / 2));
  const from = cursor < size ? 0 : Math.ceil((cursor - size + 1) / step) * step;
  return [from, from + size];
}
