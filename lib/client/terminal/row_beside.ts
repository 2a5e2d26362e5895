/** The rows of a draft, as its newlines make them: from one to the one above or below. Pure. */

import { boundary, widestOf } from "./cells.ts";

/** A place in a text, and in which column it is wanted, though its row may be shorter. */
export interface InRow {
  readonly at: number;
  readonly column: number;
}

/**
 * The place in the row above (-1) or below (1) that is in the same column, or in the one that was wanted before;
 * `undefined`: there is no such row.
 */
export function rowBeside(
  text: string,
  cursor: number,
  step: 1 | -1,
  wanted?: number,
): InRow | undefined {
  const start = startOf(text, cursor);
  const column = wanted ?? widestOf(text.slice(start, cursor));
  const next = step === -1 ? startOf(text, start - 1) : endOf(text, cursor) + 1;
  if (step === -1 ? start === 0 : next > text.length) return undefined;
  const row = text.slice(next, endOf(text, next));
  // No place in it is as wide as what lies behind it, so that of the last that fits is looked for by halves.
  let [low, high] = [0, row.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (widestOf(row.slice(0, middle)) <= column) low = middle;
    else high = middle - 1;
  }
  return { at: boundary(text, next + low), column };
}

function startOf(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

function endOf(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}
