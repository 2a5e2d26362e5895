/** Places in a text that is being typed: where words begin and end, and graphemes. Pure. */

import { lateRegExp } from "../../words/late_regexp.js";
import { segmentGraphemes } from "../graphemes.ts";

const WORD = lateRegExp("[\\p{L}\\p{N}\\p{M}_]", "u");

/** Where the word before a place begins. */
export function wordStart(text: string, at: number, word = WORD()): number {
  const before = [...text.slice(0, at)];
  let n = before.length;
  while (n > 0 && !word.test(before[n - 1] as string)) n--;
  while (n > 0 && word.test(before[n - 1] as string)) n--;
  return before.slice(0, n).join("").length;
}

/** Where the word after a place ends. */
export function wordEnd(text: string, at: number, word = WORD()): number {
  const after = [...text.slice(at)];
  let n = 0;
  while (n < after.length && !word.test(after[n] as string)) n++;
  while (n < after.length && word.test(after[n] as string)) n++;
  return at + after.slice(0, n).join("").length;
}

/** The first place between two graphemes that is at `position` or after it. */
export function boundary(text: string, position: number): number {
  const cluster = segmentGraphemes(text).containing(position);
  if (cluster === undefined || cluster.index === position) return position;
  return cluster.index + cluster.segment.length;
}
