// @ts-check
/// <reference lib="dom" />
/**
 * What is written besides something new: an answer, or another text for a message of ours. It is told
 * above the field, for each place, and has a draft of its own.
 */

import { button, h } from "../dom.js";
import { el } from "../head.js";
import { inertLine } from "../../../words/inert.js";
import { quoteText } from "../../../words/fold.js";
import { saveDraft } from "../saved.js";

/** @import { Place } from "../place.js" */
/**
 * `text`: how the message begins. `era`: that of its number. `before`: what is to be edited, as it was.
 * @typedef {{ readonly seq: number, readonly era: number, readonly text: string } & (
 *   | { readonly kind: "reply", readonly from: string }
 *   | { readonly kind: "edit", readonly before: string })} Mode
 */

export class Modes {
  /** @type {WeakMap<Place, Mode>} */
  #modes = new WeakMap();
  #bar = h("div", { id: "mode", role: "group", "aria-labelledby": "mode-text", hidden: true });
  #shown = "";
  #cancel;

  /** @param {() => void} cancel by the button of the bar */
  constructor(cancel) {
    this.#cancel = cancel;
    el.input.form?.before(this.#bar);
  }

  /** @param {Place | undefined} place */
  of(place) {
    const mode = place && this.#modes.get(place);
    // In another era the number is that of another message.
    return mode?.era === place?.timeline.era ? mode : undefined;
  }

  /** @param {Place} place @param {{ seq: number, from: string, text: string }} said */
  reply(place, { seq, from, text }) {
    this.cancel(place);
    const { era } = place.timeline;
    this.#modes.set(place, { kind: "reply", seq, era, from, text: quoteText(text) });
  }

  /**
   * @param {Place} place
   * @param {number} seq
   * @param {string} before the text that it has
   * @param {string} [now] what is written in its place so far
   */
  edit(place, seq, before, now = before) {
    this.cancel(place);
    const { era } = place.timeline;
    const mode = /** @type {const} */ ({ kind: "edit", seq, era, text: quoteText(before), before });
    this.#modes.set(place, mode);
    saveDraft(keyOf(place, mode), now);
  }

  /** @param {Place | undefined} place @returns {boolean} whether there was anything to be given up */
  cancel(place) {
    const mode = this.of(place);
    if (place === undefined || mode === undefined) return false;
    if (mode.kind === "edit") saveDraft(keyOf(place, mode), "");
    return this.#modes.delete(place);
  }

  /** Takes up again what was given up, and could not be sent. @param {Place} place @param {Mode} mode */
  goOn(place, mode) {
    if (!this.#modes.has(place)) this.#modes.set(place, mode);
  }

  /**
   * By what the draft of a place is known, and what the empty field says; nothing where something new
   * is written.
   * @param {Place} place
   */
  draftOf(place) {
    const mode = this.of(place);
    if (mode === undefined) return undefined;
    const label = mode.kind === "edit" ? "The new text" : "Your answer";
    return { key: keyOf(place, mode), label };
  }

  /** @param {Place | undefined} place which is shown */
  paint(place) {
    const mode = this.of(place);
    const sign = JSON.stringify(mode) ?? "";
    if (sign === this.#shown) return;
    this.#shown = sign;
    this.#bar.hidden = mode === undefined;
    this.#bar.replaceChildren(...mode === undefined ? [] : this.#view(mode));
    // Whoever listens to the field hears what is written there.
    if (mode === undefined) el.input.removeAttribute("aria-describedby");
    else el.input.setAttribute("aria-describedby", "mode-text");
  }

  /** @param {Mode} mode */
  #view(mode) {
    const what = mode.kind === "edit"
      ? ["Editing: "]
      : ["Answering ", h("bdi", { class: "name" }, inertLine(mode.from)), ": "];
    const about = { class: "icon", title: "Cancel (Esc)", onclick: this.#cancel };
    const label = mode.kind === "edit" ? "Cancel the edit" : "Cancel the answer";
    return [
      h("p", { id: "mode-text" }, ...what, h("bdi", {}, inertLine(mode.text))),
      button({ ...about, "aria-label": label }, "✕"),
    ];
  }
}

/** @type {(place: Place, mode: Mode) => string} */
function keyOf({ key }, mode) {
  // No name holds an end of a line.
  return mode.kind === "edit" ? `${key}\nedit ${mode.seq}` : key;
}
