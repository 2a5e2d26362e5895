// @ts-check
/**
 * What somebody means who names no message: with `/undo`, `/edit`, `s/lunch/dinner/`, or Up on an empty
 * line. What waits to be sent comes first, as nobody has seen it; what was said long ago is never meant.
 */

import { ask, logOfPlace, wrong } from "./command.js";
import { isSecret, MAY_BE_SECRET } from "./secret.js";
import { substitute } from "./substitution.js";

/** @import { Parsed, Place } from "./command.js" */
/** @import { Substitution } from "./substitution.js" */

/** What was said longer ago, in ms, is meant by its number only. */
const LATELY_MS = 15 * 60_000;
const NOTHING_LATELY = "You said nothing here in the last 15 minutes";
const ON_ITS_WAY = "What you said last has not arrived yet; try again in a moment";

/** Whether what was said at a time may be meant without its number; both in ms. @type {(at: number, now: number) => boolean} */
export function isLately(at, now) {
  return now - at <= LATELY_MS;
}

/** What `/undo` asks for. @type {(place: Place) => Parsed} */
export function undoLast(place) {
  const { unsent, lastOwn } = place;
  if (unsent?.isOnItsWay) return wrong(ON_ITS_WAY);
  if (unsent !== undefined) return { kind: "withdraw", id: unsent.id };
  const log = logOfPlace(place);
  if (lastOwn === undefined || !lastOwn.isLately || log === undefined) {
    return wrong(`${NOTHING_LATELY}; /remove NUMBER takes back something earlier`);
  }
  const { seq, isLast } = lastOwn;
  return isLast ? ask({ type: "remove", ...log, re: seq }) : { kind: "remove", seq };
}

/**
 * What is to be edited by somebody who names no message: what waits is taken back for that. `undefined`:
 * nothing.
 * @type {(place: Pick<Place, "unsent" | "lastOwn">) =>
 *   Extract<Parsed, { kind: "withdraw" | "error" }> | number | undefined}
 */
export function lastToEdit({ unsent, lastOwn }) {
  if (unsent?.isOnItsWay) return wrong(ON_ITS_WAY);
  if (unsent !== undefined) return { kind: "withdraw", id: unsent.id, edits: true };
  return lastOwn?.seq;
}

/**
 * The number of the message that `/edit` means by itself, or what is done or told instead.
 * @type {(place: Pick<Place, "unsent" | "lastOwn">) => Parsed | number}
 */
export function meantByEdit(place) {
  return lastToEdit(place) ??
    wrong("You said nothing here lately; /edit NUMBER changes something earlier");
}

/** What changing a word in what was said last asks for. @type {(change: Substitution, place: Place) => Parsed} */
export function mendLast(change, place) {
  const { lastOwn, unsent } = place;
  const blank = "a blank before s/ says the line";
  if (unsent?.isOnItsWay) return wrong(`${ON_ITS_WAY}; ${blank}`);
  const last = unsent?.request ?? (lastOwn?.isLately ? lastOwn : undefined);
  if (last === undefined) {
    return wrong(`${NOTHING_LATELY}; /edit NUMBER changes something earlier; ${blank}`);
  }
  const text = substitute(last.text, change);
  if (text === undefined) {
    return wrong(`What you said last here has no "${change.from}" in it; ${blank}`);
  }
  if (text.trim() === "") {
    return wrong(`Nothing would be left of it; /undo takes it back; ${blank}`);
  }
  if (isSecret(text)) return wrong(MAY_BE_SECRET);
  if (unsent !== undefined) {
    return { kind: "withdraw", id: unsent.id, instead: { ...unsent.request, text } };
  }
  const log = logOfPlace(place);
  return log === undefined || lastOwn === undefined
    ? wrong(NOTHING_LATELY)
    : ask({ type: "revise", ...log, re: lastOwn.seq, text });
}
