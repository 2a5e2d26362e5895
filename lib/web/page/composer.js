// @ts-check
/// <reference lib="dom" />
/** Where messages are written: keys, completion, and what is typed and not sent, for each place. */

import { h } from "./dom.js";
import { inertLine } from "../../words/inert.js";
import { draft, saveDraft } from "./saved.js";
import { isSecret } from "../../words/secret.js";

/** @import { Completion } from "./completion.js" */
/**
 * @typedef {object} ComposerOptions
 * @property {HTMLFormElement} form
 * @property {HTMLTextAreaElement} input
 * @property {HTMLElement} choices
 * @property {(before: string) => Completion | undefined} complete what may become of the word before
 *   the cursor
 * @property {(line: string) => Promise<boolean>} submit false where the line went nowhere
 * @property {(pages: number) => void} page scrolls the messages
 * @property {(text: string) => void} say tells a screen reader
 */

const MOST_ROWS = 8;
/** The height of a row of the menu, and the part of the window's height that all of it may take. */
const ROW_PX = 36;
const SHARE = 0.75;
/** On a phone Enter makes a new line, and the button sends. */
const touches = matchMedia("(pointer: coarse)");

export class Composer {
  #options;
  #place = "";
  /** @type {Completion | undefined} */
  #completion;
  #chosen = 0;

  /** @param {ComposerOptions} options */
  constructor(options) {
    this.#options = options;
    const { form, input } = options;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
      input.focus();
    });
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("click", () => this.complete());
    input.addEventListener("blur", () => this.#offer(undefined));
  }

  /**
   * Goes to a place and what was being written there.
   * @param {string} place @param {string} label
   */
  show(place, label) {
    const { input } = this.#options;
    input.placeholder = label;
    if (place === this.#place) return;
    this.#place = place;
    this.set(draft(place));
  }

  /** @param {string} text */
  set(text) {
    const { input } = this.#options;
    input.value = text;
    input.setSelectionRange(text.length, text.length);
    this.#keep();
    this.#offer(undefined);
    this.#fit();
  }

  /** What is written here is forgotten: it is of somebody who has signed out. */
  empty() {
    this.set("");
    this.#place = "";
  }

  focus() {
    // On a phone that would bring up the keyboard unasked.
    if (!touches.matches) this.#options.input.focus();
  }

  #submit() {
    const text = this.#options.input.value;
    if (text.trim() === "") return;
    const place = this.#place;
    this.set("");
    void this.#options.submit(text).then((isTaken) => isTaken || this.#giveBack(text, place));
  }

  /**
   * Puts a line that went nowhere back, unless something else is written there by now.
   * @param {string} text @param {string} place
   */
  #giveBack(text, place) {
    if (isSecret(text)) return;
    if (place !== this.#place) {
      if (draft(place) === "") saveDraft(place, text);
    } else if (this.#options.input.value === "") this.set(text);
  }

  #typed() {
    this.#keep();
    this.#fit();
    this.complete();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // Enter that ends the choice of a character in Chinese or Japanese sends nothing.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#completion !== undefined && this.#choose(event.key, event.shiftKey)) {
      return event.preventDefault();
    }
    const { value } = this.#options.input;
    if (event.key === "Enter" && !event.shiftKey && !touches.matches) {
      event.preventDefault();
      this.#submit();
    } else if ((event.key === "PageUp" || event.key === "PageDown") && !value.includes("\n")) {
      event.preventDefault();
      this.#options.page(event.key === "PageUp" ? -1 : 1);
    }
  }

  /**
   * Does what a key does to the list of choices; false when it does nothing to it.
   * @type {(key: string, shift: boolean) => boolean}
   */
  #choose(key, shift) {
    const { choices, from } = this.#completion ?? { choices: [], from: 0 };
    const { input } = this.#options;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const { length } = choices;
      this.#chosen = (this.#chosen + (key === "ArrowDown" ? 1 : -1) + length) % length;
      this.#paint();
      return true;
    }
    if (key === "Escape") {
      this.#offer(undefined);
      return true;
    }
    if (shift || (key !== "Tab" && key !== "Enter")) return false;
    const insert = choices[this.#chosen]?.insert ?? "";
    // Typed in full, with nothing to follow: Enter sends it.
    const typed = input.value.slice(from, input.selectionStart);
    if (key === "Enter" && typed === insert.trimEnd()) return false;
    this.#insert(insert);
    return true;
  }

  /** @param {string} text */
  #insert(text) {
    const { input } = this.#options;
    const from = this.#completion?.from ?? 0;
    input.setRangeText(text, from, input.selectionStart, "end");
    this.#offer(undefined);
    this.#keep();
    input.focus();
    this.complete();
  }

  /** Offers what the word before the cursor may become. */
  complete() {
    const { input, complete } = this.#options;
    if (document.activeElement !== input) return;
    const atCursor = input.selectionStart === input.selectionEnd;
    const before = input.value.slice(0, input.selectionStart);
    const completion = atCursor ? complete(before) : undefined;
    this.#offer(completion);
  }

  /** @param {Completion | undefined} completion */
  #offer(completion) {
    const wasOpen = this.#completion !== undefined;
    this.#completion = completion;
    this.#chosen = 0;
    this.#options.choices.hidden = completion === undefined;
    this.#paint();
    if (completion !== undefined && !wasOpen) {
      const { length } = completion.choices;
      const many = `${length} ${length === 1 ? "completion" : "completions"}`;
      this.#options.say(`${many}; arrows choose, Tab takes one`);
    }
  }

  #paint() {
    const { choices, input } = this.#options;
    const offered = this.#completion?.choices ?? [];
    // Those around the chosen one; the arrows bring the others.
    const rows = mostRows();
    const from = Math.max(0, Math.min(this.#chosen - rows + 2, offered.length - rows));
    const shown = offered.slice(from, from + rows).map(({ label, hint, insert }, at) => {
      const n = from + at;
      const properties = {
        role: "option",
        id: `choice-${n}`,
        "aria-selected": String(n === this.#chosen),
        "aria-setsize": offered.length,
        "aria-posinset": n + 1,
        // Before the field loses the focus.
        onpointerdown: (/** @type {Event} */ event) => {
          event.preventDefault();
          this.#insert(insert);
        },
      };
      const about = hint !== "" && h("span", { class: "hint" }, hint);
      return h("li", properties, h("bdi", { class: "label" }, inertLine(label)), about);
    });
    choices.replaceChildren(...shown);
    if (offered.length === 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `choice-${this.#chosen}`);
  }

  /** Keeps what is typed; a password is neither kept nor shown. */
  #keep() {
    const { input } = this.#options;
    const hides = isSecret(input.value);
    saveDraft(this.#place, hides ? "" : input.value);
    input.classList.toggle("secret", hides);
    input.spellcheck = !hides;
  }

  /** As tall as its text, within the limits of the style sheet. */
  #fit() {
    const { input } = this.#options;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 2}px`;
  }
}

/** Eight, or what fits above the field. */
function mostRows() {
  const { height = innerHeight } = visualViewport ?? {};
  return Math.max(3, Math.min(MOST_ROWS, Math.floor((height * SHARE) / ROW_PX)));
}
