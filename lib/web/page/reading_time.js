// @ts-check
/** How long something that goes by itself has to be there. Pure. */

/** To notice it and to come to its beginning, and for each letter, in ms: slow readers take half of that. */
const FIRST_MS = 4_000;
const LETTER_MS = 70;
const MOST_MS = 60_000;

/**
 * In ms. What went wrong stays twice as long, since one has to think about it.
 * @type {(letters: number, isError: boolean) => number}
 */
export function readingMs(letters, isError) {
  return Math.min(MOST_MS, (FIRST_MS + letters * LETTER_MS) * (isError ? 2 : 1));
}
