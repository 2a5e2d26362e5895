/**
 * A frame is all that a screen shows at one time. What is written to the terminal is the difference
 * between two of them. Pure.
 */

import { type CellRow, sameCell, type ScreenCell } from "./screen_cells.ts";

/** What the whole screen shows. */
export interface ScreenFrame {
  readonly columns: number;
  /** One for each row of the screen, each of `columns` cells. */
  readonly rows: readonly CellRow[];
  /** Where the cursor stands, from 0. */
  readonly cursor: { readonly x: number; readonly y: number };
}

/** How the attributes of what was written last are known while a frame is written. */
interface Pen {
  output: string;
  style: string;
  link: string;
  /** Where the terminal's cursor is; `x` is -1 where that is not known. */
  x: number;
  y: number;
}

/**
 * What makes a terminal that shows `before` show `frame`: only the cells that differ are written. Without
 * `before`, or with one of another size, all of it is. Of the rows from `doubted` on nobody knows what the
 * terminal shows, and they are written whole. Empty if there is nothing to write.
 */
export function frameDifference(
  frame: ScreenFrame,
  before?: ScreenFrame,
  doubted: number = Infinity,
): string {
  const isNew = before === undefined || before.columns !== frame.columns ||
    before.rows.length !== frame.rows.length;
  const pen: Pen = { output: isNew ? "\x1b[m\x1b[2J" : "", style: "", link: "", x: -1, y: -1 };
  for (const [y, row] of frame.rows.entries()) {
    const old = isNew ? undefined : before.rows[y];
    if (y >= doubted && !isNew) writeRow(pen, y, row, UNKNOWN);
    else if (old !== row) writeRow(pen, y, row, old);
  }
  takePen(pen, "", "");
  const { x, y } = frame.cursor;
  const hasMoved = isNew || pen.output !== "" || before.cursor.x !== x || before.cursor.y !== y;
  return hasMoved ? `${pen.output}\x1b[${y + 1};${x + 1}H` : "";
}

/** A row of which nobody knows what stands in it. */
const UNKNOWN: CellRow = [];

function writeRow(pen: Pen, y: number, row: CellRow, old: CellRow | undefined): void {
  const end = old === undefined && !row.some(isUnsure) ? lastWritten(row) : row.length;
  let all = false;
  for (let x = 0; x < end; x++) {
    const cell = row[x] as ScreenCell;
    // Its first cell has been written, or has not changed.
    if (cell.width === 0) continue;
    const before = old?.[x];
    if (!all && before !== undefined && sameCell(cell, before)) continue;
    writeCell(pen, x, y, cell);
    // A terminal may take it for wider than we do: what stands behind it is written over that.
    if (isUnsure(cell)) all = true;
  }
}

/** Behind this there are only blanks, which an empty screen has. */
function lastWritten(row: CellRow): number {
  return row.findLastIndex(({ text, style }) => text !== " " || style !== "") + 1;
}

function writeCell(pen: Pen, x: number, y: number, cell: ScreenCell): void {
  if (pen.y !== y || pen.x < 0) pen.output += `\x1b[${y + 1};${x + 1}H`;
  else if (pen.x !== x) pen.output += `\x1b[${x + 1}G`;
  takePen(pen, cell.style, cell.link);
  // It may also take it for narrower.
  if (isUnsure(cell) && cell.width > 1) pen.output += `${" ".repeat(cell.width)}\x1b[${x + 1}G`;
  pen.output += cell.text;
  [pen.x, pen.y] = [isUnsure(cell) ? -1 : x + cell.width, y];
}

/** Terminals differ in how wide they take what has several parts, or is newer than they are. */
function isUnsure({ text }: ScreenCell): boolean {
  return text.length > 1;
}

function takePen(pen: Pen, style: string, link: string): void {
  if (pen.link !== link) pen.output += `\x1b]8;${link === "" ? ";" : link}\x1b\\`;
  if (pen.style !== style) pen.output += style === "" ? "\x1b[m" : `\x1b[0;${style}m`;
  [pen.style, pen.link] = [style, link];
}
