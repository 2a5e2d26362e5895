/** The times of entries. */

/** A clock that is further back than this was set, and is followed, in ms. */
const SET_BACK_MS = 60_000;

/**
 * The time of what comes after `last`, when a clock says `now` (both in ms since 1970): not before
 * `last`, so that a clock that is corrected a little puts nothing before what it followed. But a clock
 * that leapt ahead once and was put right would leave the time standing until it gets there, and end
 * bans early: so one that is more than a minute back is believed.
 */
export function timeAfter(last: number, now: number): number {
  return now < last - SET_BACK_MS ? now : Math.max(last, now);
}
