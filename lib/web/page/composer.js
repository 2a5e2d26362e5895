// @ts-check
/// <reference lib="dom" />
/** Where messages are written: keys, completion, and what is typed and not sent, for each place. */

import { draft, saveDraft } from "./saved.js";
import { isSecret } from "../../words/secret.js";

/** @import { ChoiceMenu } from "./choice_menu.js" */
/** @import { Completion } from "./completion.js" */
/**
 * @typedef {object} ComposerOptions
 * @property {HTMLFormElement} form
 * @property {HTMLTextAreaElement} input
 * @property {HTMLElement} choices
 * @property {(before: string, came: () => void) => Completion | undefined} complete what may become of
 *   the word before the cursor; `came`: there is more to offer now
 * @property {() => typeof ChoiceMenu | undefined} menu what offers that, once it is here
 * @property {(line: string) => Promise<boolean>} submit false where the line went nowhere
 * @property {(pages: number) => void} page scrolls the messages
 * @property {(text: string) => void} say tells a screen reader
 */

/** On a phone Enter makes a new line, and the button sends. */
const touches = matchMedia("(pointer: coarse)");

export class Composer {
  #options;
  #key = "";
  /** @type {ChoiceMenu | undefined} */
  #made;

  /** @param {ComposerOptions} options */
  constructor(options) {
    this.#options = options;
    const { form, input } = options;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
      input.focus();
    });
    input.addEventListener("keydown", (event) => this.#press(event));
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("click", () => this.complete());
    input.addEventListener("blur", () => this.#menu?.offer(undefined));
  }

  /**
   * Goes to a draft and what was being written there.
   * @param {{ readonly key: string, readonly label: string }} to the key is that of a place where
   *   something new is written
   */
  show({ key, label }) {
    const { input } = this.#options;
    input.placeholder = label;
    if (key === this.#key) return;
    this.#key = key;
    this.set(draft(key));
  }

  /** @param {string} text */
  set(text) {
    const { input } = this.#options;
    input.value = text;
    input.setSelectionRange(text.length, text.length);
    this.#keep();
    this.#menu?.offer(undefined);
    this.#fit();
  }

  /** What is written here is forgotten: it is of somebody who has signed out. */
  empty() {
    this.set("");
    this.#key = "";
  }

  focus() {
    // On a phone that would bring up the keyboard unasked.
    if (!touches.matches) this.#options.input.focus();
  }

  #submit() {
    const text = this.#options.input.value;
    if (text.trim() === "") return;
    const key = this.#key;
    this.set("");
    void this.#options.submit(text).then((isTaken) => isTaken || this.#giveBack(text, key));
  }

  /**
   * Puts a line that went nowhere back, unless something else is written there by now.
   * @param {string} text @param {string} key
   */
  #giveBack(text, key) {
    if (isSecret(text)) return;
    if (key !== this.#key) {
      if (draft(key) === "") saveDraft(key, text);
    } else if (this.#options.input.value === "") this.set(text);
  }

  #typed() {
    this.#keep();
    this.#fit();
    this.complete();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    // Enter that ends the choice of a character in Chinese or Japanese sends nothing.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#menu?.choose(event.key, event.shiftKey)) return event.preventDefault();
    const { value } = this.#options.input;
    if (event.key === "Enter" && !event.shiftKey && !touches.matches) {
      event.preventDefault();
      this.#submit();
    } else if ((event.key === "PageUp" || event.key === "PageDown") && !value.includes("\n")) {
      event.preventDefault();
      this.#options.page(event.key === "PageUp" ? -1 : 1);
    }
  }

  /** Offers what the word before the cursor may become, once that is here. */
  complete() {
    const { input, complete } = this.#options;
    if (document.activeElement !== input) return;
    const atCursor = input.selectionStart === input.selectionEnd;
    const before = input.value.slice(0, input.selectionStart);
    this.#menu?.offer(atCursor ? complete(before, () => this.complete()) : undefined);
  }

  get #menu() {
    const { input, choices, menu, say } = this.#options;
    const ChoiceMenu = menu();
    const changed = () => {
      this.#keep();
      input.focus();
      this.complete();
    };
    if (ChoiceMenu !== undefined) this.#made ??= new ChoiceMenu({ input, choices, changed, say });
    return this.#made;
  }

  /** Keeps what is typed; a password is neither kept nor shown. */
  #keep() {
    const { input } = this.#options;
    const hides = isSecret(input.value);
    saveDraft(this.#key, hides ? "" : input.value);
    input.classList.toggle("secret", hides);
    input.spellcheck = !hides;
  }

  /** As tall as its text, within the limits of the style sheet. */
  #fit() {
    const { input } = this.#options;
    const form = input.form ?? input;
    // While its height is looked for the rest of the page stays as it is: the messages would be scrolled.
    form.style.height = `${form.offsetHeight}px`;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 2}px`;
    form.style.height = "";
  }
}
