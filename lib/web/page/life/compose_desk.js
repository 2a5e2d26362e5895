// @ts-check
/// <reference lib="dom" />
/** What the field does where an answer or another text for a message is written in it, and its keys. */

import { el } from "../head.js";
import { holdsSecret, MAY_BE_SECRET } from "../../../words/secret.js";
import { captionOf } from "../../../words/files.js";
import { placeLog } from "../place.js";
import { UNSENT_CODES } from "../request_fault.js";
import { isFloating } from "./float.js";
import { Modes } from "./modes.js";

/** @import { Chat } from "../chat.js" */
/** @import { Post } from "../pending.js" */
/** @import { Place } from "../place.js" */
/**
 * @typedef {object} ComposeDeskOptions
 * @property {() => Chat | undefined} chat
 * @property {() => void} paint paints the page now: what is typed next goes where that shows
 * @property {(text: string) => void} write puts a text into the field
 * @property {() => void} pick goes to the last message with the keyboard
 * @property {(seq: number) => void} remove asks whether a message is to be removed
 */

export class ComposeDesk {
  #options;
  #modes;

  /** @param {ComposeDeskOptions} options */
  constructor(options) {
    this.#options = options;
    this.#modes = new Modes(() => {
      this.cancel();
      el.input.focus();
    });
    el.input.addEventListener("keydown", (event) => {
      if (!event.defaultPrevented && !event.isComposing && this.#key(event)) event.preventDefault();
    });
  }

  get #place() {
    return this.#options.chat()?.store.active;
  }

  /** Of a draft that is not something new. @param {Place} place */
  draftOf(place) {
    return this.#modes.draftOf(place);
  }

  /** @param {Place | undefined} place */
  paint(place) {
    this.#modes.paint(place);
  }

  /** @param {Place} place @param {{ seq: number, from: string, text: string }} said */
  reply(place, said) {
    this.#modes.reply(place, said);
    this.#begin();
  }

  /**
   * Lets somebody write another text for a message of theirs.
   * @param {Place} place
   * @param {number} seq
   * @param {string} [now] what they have written of it already
   */
  edit(place, seq, now) {
    const said = place.timeline.said(seq);
    if (said?.own !== true) {
      return this.#options.chat()?.complain(
        `There is no message ${seq} of yours here to be edited`,
      );
    }
    const { text, file } = said;
    const shown = file === undefined ? text : captionOf(text, file);
    // With one slash it would be a command.
    const before = shown.replace(/^\//, "//");
    this.#modes.edit(place, seq, before, now?.replace(/^\//, "//"));
    this.#begin();
  }

  /**
   * A message was removed: nobody answers or edits it any more. What was written stays, as something new.
   * @param {Place} place @param {number} seq
   */
  removed(place, seq) {
    const mode = this.#modes.of(place);
    if (mode?.seq !== seq) return;
    const { value } = el.input;
    const isHere = place === this.#place;
    this.#modes.cancel(place);
    this.#options.paint();
    if (isHere && el.input.value === "") this.#options.write(value);
    const what = mode.kind === "edit" ? "editing" : "answering";
    place.timeline.note(`The message that you were ${what} was removed.`);
    this.#options.paint();
  }

  /** @returns {boolean} whether there was anything to be given up */
  cancel() {
    const was = this.#modes.cancel(this.#place);
    if (was) this.#options.paint();
    return was;
  }

  /** Puts something back that was refused, for another try. @param {Post} post */
  takeBack(post) {
    const place = this.#place;
    if (place === undefined) return;
    if (post.type === "revise") return this.edit(place, post.re, post.text);
    if (post.type !== "say" && post.type !== "direct") return;
    const said = post.re === undefined ? undefined : place.timeline.said(post.re);
    if (said !== undefined) this.reply(place, said);
    this.#options.write(post.text);
  }

  /**
   * Does what a typed line is for.
   * @param {string} line
   * @returns {Promise<boolean>} false where it went nowhere
   */
  async submit(line) {
    const chat = this.#options.chat();
    const place = this.#place;
    if (chat === undefined) return false;
    const mode = this.#modes.of(place);
    const isCommand = /^\/(?!\/|me\s)/.test(line);
    if (place === undefined || mode === undefined || isCommand) return await chat.submit(line);
    this.cancel();
    const isTaken = mode.kind === "reply"
      ? await chat.submit(line, mode.seq)
      : line.trim() === mode.before.trim() || await revise(chat, place, mode.seq, line);
    if (!isTaken) this.#modes.goOn(place, mode);
    this.#options.paint();
    return isTaken;
  }

  #begin() {
    this.#options.paint();
    // At once: on a phone the keyboard comes for what was pressed, and not later.
    el.input.focus();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it does anything */
  #key({ key, shiftKey, altKey, ctrlKey, metaKey }) {
    const { value, selectionEnd } = el.input;
    const place = this.#place;
    if (altKey || shiftKey || isFloating() || place === undefined) return false;
    const isPlain = !ctrlKey && !metaKey;
    const mode = this.#modes.of(place);
    if (key === "Escape" && isPlain) return this.cancel();
    if (key === "Enter" && isPlain && value === "" && mode?.kind === "edit") {
      this.#options.remove(mode.seq);
      return true;
    }
    if (key !== "ArrowUp") return false;
    if (!isPlain && selectionEnd === 0 || !isPlain && !value.includes("\n")) {
      this.#options.pick();
      return true;
    }
    const last = place.timeline.lastOwn;
    if (!isPlain || value !== "" || mode !== undefined || last === undefined) return false;
    this.edit(place, last.seq);
    return true;
  }
}

/** @type {(chat: Chat, place: Place, re: number, line: string) => Promise<boolean>} */
async function revise(chat, place, re, line) {
  const log = placeLog(place);
  if (holdsSecret(line)) chat.complain(MAY_BE_SECRET);
  if (log === undefined || holdsSecret(line)) return false;
  const text = line.startsWith("//") ? line.slice(1) : line;
  const code = await chat.run({ type: "revise", ...log, re, text });
  return !UNSENT_CODES.has(code ?? "");
}
