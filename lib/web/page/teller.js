// @ts-check
/// <reference lib="dom" />
/**
 * Tells whoever is here what they asked for and what went wrong: to a screen reader where it stands in
 * sight, and else over what they look at.
 */

import { inertLine } from "../../words/inert.js";
import { ToldBox } from "./told_box.js";

/** @import { Chat } from "./chat.js" */
/** @import { MessageList } from "./list.js" */
/** @import { Place } from "./place.js" */
/** @import { Told } from "./told.js" */

export class Teller {
  #box = new ToldBox();
  #list;
  #say;
  /** Whose page this was when it was looked at last. @type {Chat | undefined} */
  #chat;
  /** What was shown then. @type {Place | undefined} */
  #place;
  /** What could not be sent, and was told. */
  #failed = new Set();

  /**
   * @param {Pick<MessageList, "follows" | "hasInSight">} list
   * @param {(text: string) => void} say tells a screen reader
   */
  constructor(list, say) {
    this.#list = list;
    this.#say = say;
  }

  /** Says what was done where nothing on the page shows it. @param {string} text */
  tell(text) {
    this.#box.show([{ text, tone: "plain" }]);
  }

  /** What is shown has changed. @param {Chat} chat */
  painted(chat) {
    if (chat.store.active !== this.#place) this.#box.leave();
    this.#place = chat.store.active;
    const isCovered = document.querySelector("dialog[open], #shade:not([hidden])") !== null;
    const { active, told } = chat.store;
    const atEnd = active === undefined || this.#list.follows && active.timeline.atEnd;
    /** @type {string[]} */
    const seen = [];
    const unseen = told.take().filter(({ text, place }) => {
      const isSeen = !isCovered && atEnd && place === active?.key;
      if (isSeen) seen.push(text);
      return !isSeen;
    });
    const failures = this.#failures(chat, isCovered);
    seen.push(...failures.filter(({ isSeen }) => isSeen).map(({ text }) => text));
    if (seen.length > 0) this.#say(seen.join(" "));
    this.#box.show([...unseen, ...failures.filter(({ isSeen }) => !isSeen)]);
    this.#chat = chat;
  }

  /**
   * What could not be sent since it was looked at last.
   * @type {(chat: Chat, isCovered: boolean) =>
   *   Array<Pick<Told, "text" | "tone"> & { readonly isSeen: boolean, readonly stays: boolean }>}
   */
  #failures(chat, isCovered) {
    const { waiting, active, placeList } = chat.store;
    return waiting.flatMap(({ place, post, failed, asks }) => {
      if (failed === undefined || this.#failed.has(post.id)) return [];
      this.#failed.add(post.id);
      const isHere = place === active?.key;
      // What had failed elsewhere before the page was loaded is no news.
      if (!isHere && chat !== this.#chat) return [];
      const where = isHere ? "" : `In ${inertLine(placeList.get(place)?.name ?? "")}: `;
      const text = `${where}${asks ? "" : "Not sent. "}${failed}`;
      const isSeen = isHere && !isCovered && this.#list.hasInSight(post.id);
      return [{ text, tone: /** @type {const} */ ("error"), isSeen, stays: !isHere }];
    });
  }
}
