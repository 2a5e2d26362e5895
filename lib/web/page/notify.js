// @ts-check
/// <reference lib="dom" />
/**
 * Tells of what happens: politely to a screen reader, and by notifications of the system, which are
 * asked for only when the person says so.
 */

import { el } from "./head.js";
import { inertLine } from "../../words/inert.js";
import { preference } from "./saved.js";

/** @import { Effect } from "./mail.js" */
/** @typedef {Extract<Effect, { kind: "heard" }>} Heard */
/** @typedef {Extract<Effect, { kind: "done" }>} Done */

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
 * @param {boolean} rings whether the person wants to be notified of it
 * @param {() => void} go where it was said
 */
export function tellOf(heard, isHere, rings, go) {
  const { from, text, action } = heard;
  if (isHere) announce(action ? `${from} ${text}` : `${from}: ${text}`);
  if (!rings || (isHere && document.hasFocus()) || !notifies()) return;
  void import("./alert.js").then(({ alertTo }) => alertTo(heard, go)).catch(() => {});
}

/** @returns {boolean} */
export function notifies() {
  return preference("notify") === "on" && globalThis.Notification?.permission === "granted";
}
