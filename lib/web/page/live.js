// @ts-check
/// <reference lib="dom" />
/** Tells a screen reader what happens, politely. */

import { el } from "./head.js";
import { inertLine } from "./inert.js";

/** How long it is kept, in ms, and how much of it. */
const KEPT_MS = 8_000;
const MOST = 5;

/** @param {string} text */
export function say(text) {
  const line = document.createElement("p");
  line.textContent = inertLine(text);
  el.live.append(line);
  setTimeout(() => line.remove(), KEPT_MS);
  while (el.live.childElementCount > MOST) el.live.firstElementChild?.remove();
}
