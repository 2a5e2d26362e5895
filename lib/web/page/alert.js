// @ts-check
/// <reference lib="dom" />
/** A notification of the system. It comes with the first of them. */

import { inertLine } from "../../words/inert.js";

/** @import { Place } from "./place.js" */

/** The most characters of a message that a notification shows. */
const MAX_SHOWN = 200;

/** The last one of each place, by its key, and of which message it is. @type {Map<string, { readonly seq: number, readonly alert: Notification }>} */
const shownLast = new Map();

/**
 * @param {{ readonly place: Place, readonly seq: number, readonly from: string, readonly text: string }} heard
 * @param {() => void} go where it was said
 */
export function alertTo({ place, seq, from, text }, go) {
  const title = place.kind === "room" ? `${from} in ${place.name}` : from;
  const body = inertLine(text).slice(0, MAX_SHOWN);
  // Of those with the same tag only the last is on the screen, and each alerts.
  /** @type {NotificationOptions & { renotify: boolean }} */
  const options = { body, tag: place.key, renotify: true };
  try {
    const alert = new Notification(inertLine(title), options);
    shownLast.set(place.key, { seq, alert });
    alert.onclick = () => {
      globalThis.focus();
      go();
      alert.close();
    };
  } catch {
    // Some phones have the permission and no way to use it from a page.
  }
}

/**
 * A message was removed: what was shown of it goes, too.
 * @type {(place: Pick<Place, "key">, seq: number) => void}
 */
export function closeAlert({ key }, seq) {
  const last = shownLast.get(key);
  if (last?.seq !== seq) return;
  shownLast.delete(key);
  last.alert.close();
}
