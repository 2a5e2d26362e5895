// @ts-check
/// <reference lib="dom" />
/** Tells a screen reader what happens, politely. */

import { el } from "./head.js";
import { inertLine } from "../../words/inert.js";
import { notify } from "./notify.js";

/** @typedef {Extract<import("./inbox.js").Effect, { kind: "heard" }>} Heard */

/** How long it is kept, in ms, and how much of it. */
const KEPT_MS = 8_000;
const MOST = 5;

/** @param {string} text */
export function announce(text) {
  const line = document.createElement("p");
  line.textContent = inertLine(text);
  el.live.append(line);
  setTimeout(() => line.remove(), KEPT_MS);
  while (el.live.childElementCount > MOST) el.live.firstElementChild?.remove();
}

/**
 * Tells of a message that has just been said.
 * @param {Heard} heard
 * @param {boolean} isHere whether it stands on the page
 * @param {() => void} go where it was said
 */
export function tellOf({ place, from, text, action, addressed }, isHere, go) {
  if (isHere) announce(action ? `${from} ${text}` : `${from}: ${text}`);
  if (!addressed || (isHere && document.hasFocus())) return;
  const title = place.kind === "room" ? `${from} in ${place.name}` : from;
  notify({ tag: place.key, title, text }, go);
}
