// @ts-check
/// <reference lib="dom" />
/**
 * Shows what is told to whoever is here where they do not see it otherwise: over what they look at, until
 * it can have been read, or until they have done with it. It takes no focus.
 */

import { button, byId, h } from "./dom.js";
import { el } from "./head.js";
import { inertLine } from "../../words/inert.js";
import { readingMs } from "./reading_time.js";

/** @import { Told } from "./told.js" */

/** More of it at once is scrolled; before that the oldest goes. */
const MOST_LINES = 40;

export class ToldBox {
  /** What is told is read by itself; errors at once. */
  #regions = { plain: h("div", { role: "status" }), error: h("div", { role: "alert" }) };
  #box;
  #close;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Whether somebody is at it with a mouse or the keyboard: then it stays. */
  #isHeld = false;

  constructor() {
    const { plain, error } = this.#regions;
    const label = "Close what is told";
    const onclick = () => this.close();
    const about = { class: "icon", "aria-label": label, title: `${label} (Esc)`, onclick };
    this.#close = button(about, "✕");
    const lines = h("div", { class: "lines" }, plain, error);
    this.#box = h("div", { class: "toast" }, lines, this.#close);
    for (const type of ["pointerenter", "focusin"]) {
      this.#box.addEventListener(type, () => this.#hold(true));
    }
    for (const type of ["pointerleave", "focusout"]) {
      this.#box.addEventListener(type, () => this.#hold(false));
    }
    this.#empty();
    el.jump.after(this.#box);
    // Regions are listened to that were there before anything stood in them.
    byId("dialog", HTMLDialogElement).addEventListener("close", () => el.jump.after(this.#box));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || !this.#hasEscape) return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }, { capture: true });
  }

  /** @param {readonly Pick<Told, "text" | "tone">[]} told */
  show(told) {
    if (told.length === 0) return;
    this.#place();
    for (const { text, tone } of told) {
      const shown = inertLine(text);
      this.#lines.find(({ textContent }) => textContent === shown)?.remove();
      this.#regions[tone].append(h("p", { dir: "auto" }, shown));
    }
    this.#lines.slice(0, -MOST_LINES).forEach((line) => line.remove());
    this.#box.classList.toggle("error", this.#regions.error.hasChildNodes());
    this.#box.classList.remove("unseen");
    this.#close.hidden = false;
    this.#wait();
  }

  /** Where it is seen, and can be reached: that is within a dialog while one is open. */
  #place() {
    const dialog = byId("dialog", HTMLDialogElement);
    const over = dialog.open ? dialog : el.shade.hidden ? undefined : el.chat;
    if (this.#box.parentElement === (over ?? el.jump.parentElement)) return;
    if (over === undefined) el.jump.after(this.#box);
    else over.append(this.#box);
  }

  close() {
    const hadFocus = this.#box.contains(document.activeElement);
    this.#empty();
    if (hadFocus) el.input.focus();
  }

  get #lines() {
    return [...this.#box.querySelectorAll("p")];
  }

  /** What lies over it is closed by that key first. */
  get #hasEscape() {
    return !this.#box.classList.contains("unseen") &&
      document.querySelector(".float, dialog[open], #choices:not([hidden])") === null;
  }

  #empty() {
    clearTimeout(this.#timer);
    this.#isHeld = false;
    for (const region of Object.values(this.#regions)) region.replaceChildren();
    this.#box.classList.add("unseen");
    this.#close.hidden = true;
  }

  /** @param {boolean} isHeld */
  #hold(isHeld) {
    this.#isHeld = isHeld;
    this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    if (this.#isHeld || this.#lines.length === 0) return;
    const letters = this.#lines.reduce((sum, { textContent }) => sum + textContent.length, 0);
    const ms = readingMs(letters, this.#regions.error.hasChildNodes());
    this.#timer = setTimeout(() => this.#empty(), ms);
  }
}
