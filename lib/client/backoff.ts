/**
 * How long to wait before the next attempt: exponential backoff with full jitter, so that clients that
 * lost the same server do not come back all at once (see "Exponential Backoff And Jitter", AWS, 2015).
 */

const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** The pause before repetition `n` (from 0), in ms. At least a tenth of the longest for that `n`. */
export function backoffMs(n: number, random: () => number = Math.random): number {
  const span = Math.min(FIRST_MS * 2 ** Math.min(n, 20), LONGEST_MS);
  return Math.round(span * (0.1 + 0.9 * random()));
}
