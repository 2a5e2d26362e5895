/** Waiting for something that may take too long, such as a disk that hangs. */

/** The longest delay that timers take: they fire at once for a longer one. About 24.8 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A delay that a timer can wait for: whole ms, and no more than it takes. */
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
