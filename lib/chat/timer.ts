/** Times for timers, which take too long a one for none at all. */

/** The longest that a timer waits, in ms: 24.8 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A time in ms as timers take it: whole, and no longer than they can wait. */
export function timerMs(ms: number): number {
  return Math.min(Math.ceil(ms), MAX_TIMER_MS);
}
