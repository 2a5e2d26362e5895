/** Graphemes, which are what people call characters, and words: where they begin and end in a text. */

import { lateRegExp } from "../../words/late_regexp.js";

const WORD = lateRegExp("[\\p{L}\\p{N}\\p{M}_]", "u");
// Made when it is first needed, because that takes 20 ms.
let segmenter: Intl.Segmenter | undefined;

/** The graphemes of `text`. */
export function segmentGraphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

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
