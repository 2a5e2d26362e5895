/** Waits with a time limit, for example for a disk that hangs. */

/** The longest delay of a timer, in ms (about 24.8 days). `setTimeout` fires at once for longer ones. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Rounds a delay up to whole ms, and caps it at the longest delay of a timer. */
export function timerMs(ms: number): number {
  return Math.min(Math.ceil(ms), MAX_TIMER_MS);
}

/**
 * Resolves with what `promise` resolves with, or with `undefined` after `ms`. Unlike a deadline by
 * `AbortSignal.timeout`, it keeps the program running until then and leaves no timer behind.
 */
export async function within<T>(
  ms: number,
  promise: Promise<T> | undefined,
): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), timerMs(ms));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
