/**
 * The line that is being written, in as many rows as it needs and may have: a newline begins a row, and
 * what is too long for one goes on in the next. Pure.
 */

import { inertLine } from "../../words/inert.js";
import { graphemesOf } from "../../chat/names/graphemes.ts";
import { tabWidth } from "../terminal/cells.ts";
import type { Row } from "../terminal/screen.ts";
import { type CellRow, textCells } from "./screen_cells.ts";

/** The rows of the editor, and where its cursor is in them. */
export interface EditorBox {
  readonly rows: readonly CellRow[];
  readonly cursor: { readonly x: number; readonly y: number };
  /** How many rows there are above and below those that are shown. */
  readonly hidden: { readonly above: number; readonly below: number };
}

/** With more columns than this share of the row, a prompt stands above the rows that follow it. */
const MAX_INDENT = 1 / 3;

/** The rows of a line on a screen of so many columns, at most `most` of them: those around the cursor. */
export function editorBox(
  { prompt, text, cursor }: Row,
  columns: number,
  most: number,
  promptStyle = "",
): EditorBox {
  const head = textCells(inertLine(prompt), promptStyle);
  const indent = head.length <= columns * MAX_INDENT ? head.length : 2;
  const rows: Array<ReturnType<typeof textCells>> = [head.slice(0, columns - 2)];
  let [at, place] = [0, { x: 0, y: 0 }];
  const begin = (): void => void rows.push(textCells(" ".repeat(indent)));
  const here = (): { x: number; y: number } => (
    { x: rows.at(-1)?.length ?? 0, y: rows.length - 1 }
  );
  for (const grapheme of graphemesOf(text)) {
    // A newline counts as one with what is before it, if that is a carriage return.
    const isNewline = /^\r?\n$/.test(grapheme);
    const row = rows.at(-1) ?? [];
    const blanks = " ".repeat(tabWidth(Math.max(0, row.length - indent)));
    const cells = isNewline ? [] : textCells(grapheme === "\t" ? blanks : inertLine(grapheme));
    // The last column stays free for the cursor.
    if (row.length + cells.length > columns - 1) begin();
    if (at === cursor) place = here();
    if (isNewline) begin();
    else rows.at(-1)?.push(...cells);
    at += grapheme.length;
  }
  if (at <= cursor) place = here();
  const from = Math.max(0, Math.min(rows.length - most, place.y - Math.floor(most / 2)));
  const shown = rows.slice(from, from + most);
  return {
    rows: shown,
    cursor: { x: Math.min(place.x, columns - 1), y: place.y - from },
    hidden: { above: from, below: rows.length - from - shown.length },
  };
}
