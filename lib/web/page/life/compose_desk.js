// @ts-check
/// <reference lib="dom" />
/** What the field does where an answer or another text for a message is written in it, and its keys. */

import { el } from "../head.js";
import { holdsSecret, MAY_BE_SECRET } from "../../../words/secret.js";
import { lastToEdit } from "../../../words/last_said.js";
import { captionOf, fileSentence } from "../../../words/files.js";
import { lastSaid } from "../last_said.js";
import { actionIn } from "../mail.js";
import { isMessagePost } from "../pending.js";
import { placeLog } from "../place.js";
import { UNSENT_CODES } from "../request_fault.js";
import { draft, saveDraft } from "../saved.js";
import { isFloating } from "./float.js";
import { GONE_WORDS, Modes, NOT_SENT_SO } from "./modes.js";

/** @import { Chat } from "../chat.js" */
/** @import { Mode } from "./modes.js" */
/** @import { Place } from "../place.js" */
/**
 * @typedef {object} ComposeDeskOptions
 * @property {() => Chat | undefined} chat
 * @property {() => void} paint paints the page now: what is typed next goes where that shows
 * @property {(text: string) => void} say tells a screen reader
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
    el.input.form?.addEventListener("submit", () => {
      // By the button, of what is said with a file nothing need be left.
      if (el.input.value.trim() === "" && this.#bringsFile) void this.submit("");
    });
    // Before what Enter does with a text: this comes later, and is heard after it otherwise.
    el.input.addEventListener("keydown", (event) => {
      if (!event.isComposing && this.#leavesNothing(event)) event.preventDefault();
    }, true);
    el.input.addEventListener("keydown", (event) => {
      if (!event.defaultPrevented && !event.isComposing && this.#key(event)) event.preventDefault();
    });
  }

  get #place() {
    return this.#options.chat()?.store.active;
  }

  /** Whether a message is edited that brings a file, and so is something without a text, too. */
  get #bringsFile() {
    const mode = this.#modes.of(this.#place);
    return mode?.kind === "edit" && this.#place?.timeline.said(mode.seq)?.file !== undefined;
  }

  /** Of a draft that is not something new. @param {Place} place */
  draftOf(place) {
    this.#look(place);
    return this.#modes.draftOf(place);
  }

  /** @param {Place | undefined} place */
  paint(place) {
    this.#modes.paint(place);
  }

  /** @param {Place} place @param {{ seq: number, from: string, text: string }} said */
  reply(place, said) {
    this.#quit(place);
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
    this.#quit(place);
    this.#modes.edit(place, seq, before, now?.replace(/^\//, "//"));
    this.#begin();
  }

  /**
   * Lets somebody write another text for what waits, or was refused: it is not sent before that is done.
   * @param {string} id
   */
  again(id) {
    const chat = this.#options.chat();
    const waiting = chat?.store.waiting.find(({ post }) => post.id === id);
    const place = waiting && chat?.store.placeList.get(waiting.place);
    if (chat === undefined || waiting === undefined || place === undefined) return;
    const { post } = waiting;
    if (post.type === "revise") {
      chat.withdraw(id);
      return this.edit(place, post.re, post.text);
    }
    if (!isMessagePost(post)) return;
    const mode = this.#modes.of(place);
    // What is written of it so far stays.
    if (mode?.kind === "again" && mode.id === id) return el.input.focus();
    this.#quit(place);
    chat.sender.edit(id, true);
    const { text, action = false } = actionIn(post);
    // As it was typed.
    const before = action ? `/me ${text}` : text.replace(/^\//, "//");
    this.#modes.again(place, { id, before, re: post.re });
    this.#begin();
  }

  /** @returns {boolean} whether there was anything to be given up */
  cancel() {
    const was = this.#place !== undefined && this.#quit(this.#place);
    if (was) this.#options.paint();
    return was;
  }

  /**
   * Gives up what is written in a place besides something new. What waits goes on waiting.
   * @param {Place} place
   * @param {boolean} [keeps] whether what was written is something new then
   */
  #quit(place, keeps = false) {
    const mode = this.#modes.of(place);
    if (mode === undefined) return false;
    const written = mode.kind === "reply" ? "" : this.#modes.written(place, mode);
    this.#modes.cancel(place);
    if (mode.kind === "again") this.#options.chat()?.sender.edit(mode.id, false);
    const isNew = keeps || mode.kind === "edit" && mode.gone;
    if (!isNew || written === "" || mode.kind !== "reply" && written === mode.before) return true;
    // What was being written there before stays, too.
    saveDraft(place.key, [draft(place.key), written].filter((each) => each !== "").join("\n"));
    return true;
  }

  /** What somebody writes about may be gone, or sent, by now. @param {Place} place */
  #look(place) {
    const mode = this.#modes.of(place);
    const chat = this.#options.chat();
    if (mode === undefined || chat === undefined) return;
    if (mode.kind === "again") {
      if (!chat.store.waiting.some(({ post }) => post.id === mode.id)) this.#quit(place, true);
      return;
    }
    if (mode.gone || !isRemoved(place, mode.seq)) return;
    // What is told here stands in the list with the next paint.
    queueMicrotask(this.#options.paint);
    const words = GONE_WORDS[mode.kind];
    const written = this.#modes.written(place, mode);
    const hasWritten = written.trim() !== "" && !(mode.kind === "edit" && written === mode.before);
    if (hasWritten) {
      this.#modes.lose(place);
      return this.#options.say(`${words}. What you have written is kept.`);
    }
    this.#modes.cancel(place);
    chat.store.note(`${words}.`);
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
    if (mode.kind !== "again" && mode.gone) {
      chat.complain(`${GONE_WORDS[mode.kind]}, ${NOT_SENT_SO}`);
      return false;
    }
    this.#modes.cancel(place);
    this.#options.paint();
    const isTaken = await send(chat, place, mode, line);
    if (!isTaken) this.#modes.goOn(place, mode);
    this.#options.paint();
    return isTaken;
  }

  #begin() {
    this.#options.paint();
    // At once: on a phone the keyboard comes for what was pressed, and not later.
    el.input.focus();
  }

  /**
   * Enter where nothing is left of what is edited: it goes, and of a file what is said with that.
   * @param {KeyboardEvent} event @returns {boolean} whether it does anything
   */
  #leavesNothing({ key, shiftKey, altKey, ctrlKey, metaKey }) {
    const mode = this.#modes.of(this.#place);
    if (key !== "Enter" || shiftKey || altKey || ctrlKey || metaKey || isFloating()) return false;
    if (el.input.value !== "" || mode === undefined || mode.kind === "reply") return false;
    if (mode.kind === "again") this.#options.chat()?.withdraw(mode.id);
    else if (this.#bringsFile) void this.submit("");
    else this.#options.remove(mode.seq);
    return true;
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it does anything */
  #key({ key, shiftKey, altKey, ctrlKey, metaKey }) {
    const { value, selectionEnd } = el.input;
    const place = this.#place;
    if (altKey || shiftKey || isFloating() || place === undefined) return false;
    const isPlain = !ctrlKey && !metaKey;
    const mode = this.#modes.of(place);
    if (key === "Escape" && isPlain) return this.cancel();
    if (key !== "ArrowUp") return false;
    if (!isPlain && selectionEnd === 0 || !isPlain && !value.includes("\n")) {
      this.#options.pick();
      return true;
    }
    return isPlain && value === "" && mode === undefined && this.#editLast(place);
  }

  /** @param {Place} place @returns {boolean} whether there is anything that was written lately */
  #editLast(place) {
    const chat = this.#options.chat();
    const said = chat === undefined ? {} : lastSaid(place, chat, Date.now());
    const last = lastToEdit(said);
    if (typeof last === "number" && said.lastOwn?.isLately) this.edit(place, last);
    else if (typeof last === "object" && last.kind === "withdraw") {
      this.again(last.id);
    } else return false;
    return true;
  }
}

/** Whether a message was removed, as far as is known here. @type {(place: Place, seq: number) => boolean} */
function isRemoved({ removals, timeline: { items, era } }, seq) {
  return removals?.has(seq) === true ||
    items.some((item) =>
      item.kind === "message" && item.era === era && item.seq === seq && item.removed !== undefined
    );
}

/**
 * @type {(chat: Chat, place: Place, mode: Mode, line: string) => Promise<boolean>} false where it went nowhere
 */
async function send(chat, place, mode, line) {
  switch (mode.kind) {
    case "reply":
      return await chat.submit(line, { re: mode.seq });
    case "again":
      return await chat.submit(line, { re: mode.re, instead: mode.id });
    case "edit":
      return line.trim() === mode.before.trim() || await revise(chat, place, mode.seq, line);
  }
}

/** @type {(chat: Chat, place: Place, re: number, line: string) => Promise<boolean>} */
async function revise(chat, place, re, line) {
  const log = placeLog(place);
  if (holdsSecret(line)) chat.complain(MAY_BE_SECRET);
  if (log === undefined || holdsSecret(line)) return false;
  const file = place.timeline.said(re)?.file;
  const text = line.startsWith("//") ? line.slice(1) : line;
  // What is left says that the file is there, as the server has it, too.
  const left = text === "" && file !== undefined ? fileSentence(file.name, file.size) : text;
  const code = await chat.run({ type: "revise", ...log, re, text: left });
  return !UNSENT_CODES.has(code ?? "");
}
