// @ts-check
/// <reference lib="dom" />
/**
 * Shows what is told to whoever is here where they do not see it otherwise: over what they look at, each line
 * until it can have been read, or until they have done with it or are elsewhere. It takes no focus.
 */

import { button, byId, h } from "./dom.js";
import { el } from "./head.js";
import { inertLine } from "../../words/inert.js";
import { readingMs } from "./reading_time.js";

/** @import { Told } from "./told.js" */
/**
 * `until`: when it can have been read, by `performance.now()`. `stays`: it is not about the place that is shown.
 * @typedef {{ readonly element: HTMLElement, readonly tone: Told["tone"], readonly until: number,
 *   readonly stays: boolean }} Line
 */

/** More of it at once is scrolled; before that the oldest goes. */
const MOST_LINES = 40;

export class ToldBox {
  /** What is told is read by itself; errors at once. */
  #regions = { plain: h("div", { role: "status" }), error: h("div", { role: "alert" }) };
  #box;
  #close;
  /** The lines, in the order in which they were told. @type {Line[]} */
  #lines = [];
  /** How many there were. */
  #count = 0;
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

  /** @param {ReadonlyArray<Pick<Told, "text" | "tone"> & { readonly stays?: boolean }>} told */
  show(told) {
    if (told.length === 0) return;
    this.#place();
    for (const { text, tone, stays = false } of told) {
      const shown = inertLine(text);
      this.#keep(({ element }) => element.textContent !== shown);
      const element = h("p", { dir: "auto" }, shown);
      // What is told by itself, and what is told at once, stand in one order.
      element.style.order = String(++this.#count);
      this.#regions[tone].append(element);
      this.#lines.push({ element, tone, until: 0, stays });
    }
    const shown = this.#lines.slice(-MOST_LINES);
    this.#keep((line) => shown.includes(line));
    this.#read(told.length);
    this.#box.classList.remove("unseen");
    this.#close.hidden = false;
    this.#wait();
  }

  /** Somebody goes elsewhere: what was told of the place where they were has been told. */
  leave() {
    this.#keep(({ stays }) => stays);
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

  /** What lies over it is closed by that key first. */
  get #hasEscape() {
    return !this.#box.classList.contains("unseen") &&
      document.querySelector(".float, dialog[open], #choices:not([hidden])") === null;
  }

  #empty() {
    clearTimeout(this.#timer);
    this.#isHeld = false;
    this.#keep(() => false);
    this.#box.classList.add("unseen");
    this.#close.hidden = true;
  }

  /** @param {(line: Line) => boolean} stays */
  #keep(stays) {
    for (const line of this.#lines) if (!stays(line)) line.element.remove();
    this.#lines = this.#lines.filter(stays);
    // It looks as what was told last is meant.
    this.#box.classList.toggle("error", this.#lines.at(-1)?.tone === "error");
  }

  /** Gives the last lines the time that it takes to read all. @param {number} count */
  #read(count) {
    const letters = this.#lines.reduce((sum, { element }) => sum + element.textContent.length, 0);
    const from = this.#lines.length - count;
    this.#lines = this.#lines.map((line, n) =>
      n < from
        ? line
        : { ...line, until: performance.now() + readingMs(letters, line.tone === "error") }
    );
  }

  /** @param {boolean} isHeld */
  #hold(isHeld) {
    this.#isHeld = isHeld;
    if (!isHeld) this.#read(this.#lines.length);
    this.#wait();
  }

  /** Lets each line go in its time. */
  #wait() {
    clearTimeout(this.#timer);
    if (this.#lines.length === 0) return this.close();
    if (this.#isHeld) return;
    const next = Math.min(...this.#lines.map(({ until }) => until));
    this.#timer = setTimeout(() => {
      this.#keep(({ until }) => until > next);
      this.#wait();
    }, Math.max(0, next - performance.now()));
  }
}
