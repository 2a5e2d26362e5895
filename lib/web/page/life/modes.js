// @ts-check
/// <reference lib="dom" />
/**
 * What is written besides something new: an answer, or another text for a message of ours, be it one that
 * waits to be sent. It is told above the field, for each place, and another text has a draft of its own.
 */

import { button, h } from "../dom.js";
import { el } from "../head.js";
import { inertLine } from "../../../words/inert.js";
import { quoteText } from "../../../words/fold.js";
import { draft, saveDraft } from "../saved.js";

/** @import { Place } from "../place.js" */
/**
 * `text`: how the message begins. `era`: that of its number. `before`: what is to be edited, as it was. `gone`: it
 * was removed meanwhile. `again`: it waits, by `id`, and answers the message `re`.
 * @typedef {{ readonly text: string } & (
 *   | { readonly kind: "reply", readonly from: string } & AboutSaid
 *   | { readonly kind: "edit", readonly before: string } & AboutSaid
 *   | { readonly kind: "again", readonly id: string, readonly before: string,
 *       readonly re: number | undefined })} Mode
 * @typedef {{ readonly seq: number, readonly era: number, readonly gone?: true }} AboutSaid
 */

/** The button by which what was written about a message that is gone becomes something new. */
const AS_NEW = "As a new message";
/** What is told of a message that was removed while somebody wrote about it. */
export const GONE_WORDS = {
  reply: "The message that you were answering was removed",
  edit: "The message that you were editing was removed",
};
/** What somebody is told who sends it all the same. */
export const NOT_SENT_SO =
  `so this was not sent. "${AS_NEW}" above it, or Esc, makes it one; then send it`;

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
    return mode?.kind === "again" || mode?.era === place?.timeline.era ? mode : undefined;
  }

  /** What was written so far. @param {Place} place @param {Mode} mode */
  written(place, mode) {
    return draft(keyOf(place, mode));
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

  /**
   * Another text is written for something that waits.
   * @param {Place} place @param {Omit<Extract<Mode, { kind: "again" }>, "kind" | "text">} waiting
   */
  again(place, waiting) {
    this.cancel(place);
    const text = quoteText(waiting.before);
    const mode = /** @type {const} */ ({ kind: "again", text, ...waiting });
    this.#modes.set(place, mode);
    saveDraft(keyOf(place, mode), mode.before);
  }

  /** The message was removed: nothing of it stays on the screen. @param {Place} place */
  lose(place) {
    const mode = this.of(place);
    if (mode === undefined || mode.kind === "again") return;
    const text = "";
    const gone = /** @type {const} */ ({ text, gone: true });
    this.#modes.set(
      place,
      mode.kind === "edit" ? { ...mode, ...gone, before: "" } : { ...mode, ...gone },
    );
  }

  /** @param {Place | undefined} place @returns {boolean} whether there was anything to be given up */
  cancel(place) {
    const mode = this.of(place);
    if (place === undefined || mode === undefined) return false;
    if (mode.kind !== "reply") saveDraft(keyOf(place, mode), "");
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
    const label = mode.kind === "reply" ? "Your answer" : "The new text";
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
    const onclick = this.#cancel;
    if (mode.kind !== "again" && mode.gone) {
      const text = `${GONE_WORDS[mode.kind]}. What you have written is kept.`;
      return [h("p", { id: "mode-text" }, text), button({ class: "plain", onclick }, AS_NEW)];
    }
    const what = mode.kind === "reply"
      ? ["Answering ", h("bdi", { class: "name" }, inertLine(mode.from)), ": "]
      : [mode.kind === "edit" ? "Editing: " : "Editing what waits: "];
    const about = { class: "icon", title: "Cancel (Esc)", onclick };
    const label = mode.kind === "reply" ? "Cancel the answer" : "Cancel the edit";
    return [
      h("p", { id: "mode-text" }, ...what, h("bdi", {}, inertLine(mode.text))),
      button({ ...about, "aria-label": label }, "✕"),
    ];
  }
}

/** @type {(place: Place, mode: Mode) => string} */
function keyOf({ key }, mode) {
  // No name holds an end of a line.
  if (mode.kind === "reply") return key;
  return mode.kind === "edit" ? `${key}\nedit ${mode.seq}` : `${key}\nagain ${mode.id}`;
}
