/**
 * Where the row has gone to when the terminal was resized: some terminals break a row that does not
 * fit any more into several, some cut it. Pure.
 */

import { cellsOf } from "./cells.ts";

/** What was drawn in the row, as far as the cursor. */
export interface BeforeCursor {
  readonly text: string;
  /** The columns that the terminal had. */
  readonly columns: number;
  /** Columns above it that belong to the same line, and could not be erased. */
  readonly above: number;
}

/** Where the terminal says that its cursor is, from 1. */
export interface CursorReport {
  readonly row: number;
  readonly column: number;
}

/** How many rows the cursor is below the beginning of its line, if the terminal breaks lines. */
export interface Broken {
  readonly rows: number;
  /** In which column the cursor is then, from 1. */
  readonly column: number;
}

/** What becomes of the row in a terminal of `columns` that breaks lines. */
export function breakRow({ text, columns: before, above }: BeforeCursor, columns: number): Broken {
  let [rows, at, drawn] = [Math.floor(above / columns), above % columns, 0];
  for (const { width } of cellsOf(text)) {
    // The row never breaks while it is drawn: its last column takes what is too much.
    drawn += width;
    if (drawn > before - 1) break;
    if (at + width > columns) [rows, at] = [rows + 1, 0];
    at += width;
  }
  return at < columns ? { rows, column: at + 1 } : { rows: rows + 1, column: 1 };
}

/**
 * Whether a terminal of `columns` has broken the row, by where it says that its cursor is; `undefined`
 * where that is the last column, in which the cursor also is when the row was cut.
 */
export function isBroken(
  { column }: Broken,
  columns: number,
  report: CursorReport,
): boolean | undefined {
  if (report.column !== column) return false;
  return column === columns ? undefined : true;
}
