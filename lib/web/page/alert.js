// @ts-check
/// <reference lib="dom" />
/** A notification of the system. It comes with the first of them. */

import { inertLine } from "../../words/inert.js";

/** @import { Place } from "./place.js" */

/** The most characters of a message that a notification shows. */
const MAX_SHOWN = 200;

/**
 * @param {{ readonly place: Place, readonly from: string, readonly text: string }} heard
 * @param {() => void} go where it was said
 */
export function alertTo({ place, from, text }, go) {
  const title = place.kind === "room" ? `${from} in ${place.name}` : from;
  const body = inertLine(text).slice(0, MAX_SHOWN);
  // Of those with the same tag only the last is on the screen, and each alerts.
  /** @type {NotificationOptions & { renotify: boolean }} */
  const options = { body, tag: place.key, renotify: true };
  try {
    const shown = new Notification(inertLine(title), options);
    shown.onclick = () => {
      globalThis.focus();
      go();
      shown.close();
    };
  } catch {
    // Some phones have the permission and no way to use it from a page.
  }
}
