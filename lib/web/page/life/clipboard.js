// @ts-check
/// <reference lib="dom" />
/** Copies a text. Pages that came without TLS have no clipboard of their own, and ask the browser to copy. */

import { h } from "../dom.js";

/** @param {string} text @returns {Promise<boolean>} whether it was copied */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** @type {(text: string) => boolean} */
function copySelected(text) {
  const focused = document.activeElement;
  const field = h("textarea", { class: "unseen", "aria-hidden": "true", readonly: true });
  field.value = text;
  // Over a dialog nothing else can have the focus.
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }
}
