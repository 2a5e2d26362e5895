// @ts-check
/// <reference lib="dom" />
/** The menu of what the word before the cursor may become. It comes with the commands. */

import { h } from "./dom.js";
import { inertLine } from "../../words/inert.js";

/** @import { Completion } from "./completion.js" */

const MOST_ROWS = 8;
/** The height of a row, and of one for a finger; and the part of the window's height that all may take. */
const ROW_PX = 36;
const TOUCHED_PX = 44;
const SHARE = 0.75;

export class ChoiceMenu {
  #options;
  /** @type {Completion | undefined} */
  #completion;
  #chosen = 0;

  /**
   * @param {object} options
   * @param {HTMLTextAreaElement} options.input
   * @param {HTMLElement} options.choices
   * @param {() => void} options.changed something was put into the field
   * @param {(text: string) => void} options.say tells a screen reader
   */
  constructor(options) {
    this.#options = options;
  }

  /** @param {Completion | undefined} completion nothing closes it */
  offer(completion) {
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

  /**
   * Does what a key does to the choices; false when it does nothing to them.
   * @type {(key: string, shift: boolean) => boolean}
   */
  choose(key, shift) {
    if (this.#completion === undefined) return false;
    const { choices, from } = this.#completion;
    const { input } = this.#options;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const { length } = choices;
      this.#chosen = (this.#chosen + (key === "ArrowDown" ? 1 : -1) + length) % length;
      this.#paint();
      return true;
    }
    if (key === "Escape") {
      this.offer(undefined);
      return true;
    }
    if (shift || (key !== "Tab" && key !== "Enter")) return false;
    const insert = choices[this.#chosen]?.insert ?? "";
    // Typed in full, with nothing to follow: Enter sends it.
    const typed = input.value.slice(from, input.selectionStart);
    if (key === "Enter" && typed === insert.trimEnd()) return false;
    this.#insert(insert);
    // So is the whole name of an emoji, which is sent as that.
    return key !== "Enter" || !/^:.+:$/.test(typed);
  }

  /** @param {string} text */
  #insert(text) {
    const { input, changed } = this.#options;
    const from = this.#completion?.from ?? 0;
    input.setRangeText(text, from, input.selectionStart, "end");
    this.offer(undefined);
    changed();
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
}

/** Eight, or what fits above the field. */
function mostRows() {
  const { height = innerHeight } = visualViewport ?? {};
  const row = matchMedia("(pointer: coarse)").matches ? TOUCHED_PX : ROW_PX;
  return Math.max(3, Math.min(MOST_ROWS, Math.floor((height * SHARE) / row)));
}
