/**
 * A rate with a burst. What is spent is kept as one number: the time at which all of it will have
 * been earned (the "generic cell rate algorithm" of ATM networks).
 * This folder knows nothing of a chat, and no clock: the time is handed in.
 */

/** So much a second, and so much more at once after a rest. */
export interface Rate {
  /** How long it takes to earn one, in ms. */
  readonly msEach: number;
  /** How far spending may run ahead of earning, in ms. */
  readonly burstMs: number;
}

/** The rate of `perSecond`, with `burst` of them at once. */
export function rateOf(perSecond: number, burst: number): Rate {
  const msEach = 1_000 / perSecond;
  return { msEach, burstMs: burst * msEach };
}

/**
 * Spends `cost` at the time `now`. Returns the time at which all will have been earned, which was
 * `due` before. A clock that lags makes it lenient, never strict.
 */
export function spend({ msEach }: Rate, due: number, cost: number, now: number): number {
  return (due > now ? due : now) + cost * msEach;
}

/** Sums of fractions of a ms can come out a little too large; nobody should be refused for that. */
const ROUNDING_MS = 0.001;

/** The time from which more may be spent. */
export function opensAt({ burstMs }: Rate, due: number): number {
  return due - burstMs - ROUNDING_MS;
}

/** Bytes or characters that come with each unit of cost. */
const SIZE_EACH = 4_096;

/** What a request of that size costs: 1, and 1 more for each 4 KiB. */
export function costOf(size: number): number {
  return 1 + size / SIZE_EACH;
}
