/** The times of entries, and how they are told. */

/** A clock that goes back by more than this, in ms, was set on purpose, and is followed. */
const SET_BACK_MS = 60_000;

/**
 * The time of what comes after `last`, when a clock says `now` (both in ms since 1970): not before
 * `last`, so that the order stays right when a clock is corrected by a little. A clock that had leapt
 * ahead and is then put right is believed, since otherwise the time would stand still until then.
 * Times are of whole ms, as they are stored and told.
 */
export function timeAfter(last: number, now: number): number {
  const whole = Math.floor(now);
  return whole < last - SET_BACK_MS ? whole : Math.max(last, whole);
}

let last = NaN;
let text = "";

/** A time in ms since 1970 as RFC 3339 has it; the last one is kept, since many in a row are the same. */
export function isoTime(at: number): string {
  if (at !== last) {
    text = new Date(at).toISOString();
    last = at;
  }
  return text;
}
