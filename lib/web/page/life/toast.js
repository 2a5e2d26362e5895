// @ts-check
/// <reference lib="dom" />
/** Says for a moment what was done, where it can't be seen otherwise. */

import { h } from "../dom.js";
import { el } from "../head.js";

const SHOWN_MS = 2_500;

/** @param {string} text */
export function toast(text) {
  for (const old of document.querySelectorAll(".toast")) old.remove();
  const element = h("p", { class: "toast" }, text);
  el.jump.after(element);
  setTimeout(() => element.remove(), SHOWN_MS);
}
