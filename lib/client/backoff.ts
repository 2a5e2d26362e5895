/**
 * How long to wait before the next attempt: exponential with full jitter, so that a crowd that lost
 * its server does not come back in step (after "Exponential Backoff And Jitter", AWS, 2015).
 */

const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** The pause before attempt `n` (0 for the first repetition), in ms. At least a tenth of the span. */
export function backoffMs(n: number, random: () => number = Math.random): number {
  const span = Math.min(FIRST_MS * 2 ** Math.min(n, 20), LONGEST_MS);
  return Math.round(span * (0.1 + 0.9 * random()));
}
