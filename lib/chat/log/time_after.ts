/** The times of entries. */

/** A clock that goes back by more than this, in ms, was set on purpose, and is followed. */
const SET_BACK_MS = 60_000;

/**
 * The time of what comes after `last`, when a clock says `now` (both in ms since 1970): not before
 * `last`, so that the order stays right when a clock is corrected by a little. A clock that had leapt
 * ahead and is then put right is believed, since otherwise the time would stand still until then.
 */
export function timeAfter(last: number, now: number): number {
  return now < last - SET_BACK_MS ? now : Math.max(last, now);
}
