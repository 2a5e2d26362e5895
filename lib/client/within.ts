/** Waiting with an end to the patience. */

import { timerMs } from "../chat/timer.ts";

/**
 * What `promise` resolves with, or `undefined` when it takes longer than `ms` (24 days at most, which
 * is what timers can do). Unlike a deadline by
 * `AbortSignal.timeout`, it keeps the program running until then and leaves no timer behind.
 */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), timerMs(ms));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
