// @ts-check
/// <reference lib="dom" />
/**
 * What is in sight of the messages: it has been read, more is asked for before its ends are reached, and
 * a button leads to what was said last.
 */

import { el, setText } from "./head.js";
import { readTo } from "./place.js";

/** @import { Chat } from "./chat.js" */
/** @import { MessageList } from "./list.js" */
/** @import { Place } from "./place.js" */
/** @import { Travel } from "./travel.js" */

export class Sight {
  #list;
  #travel;
  #chat;
  #read;

  /**
   * @param {MessageList} list
   * @param {Travel} travel
   * @param {object} actions
   * @param {() => Chat | undefined} actions.chat
   * @param {(chat: Chat) => void} actions.read something has been read
   */
  constructor(list, travel, { chat, read }) {
    this.#list = list;
    this.#travel = travel;
    this.#chat = chat;
    this.#read = read;
  }

  /** What is in sight on a page that is looked at has been read; at its end, all of it. */
  watch() {
    const { store, marks } = this.#chat() ?? {};
    const place = store?.active;
    if (store === undefined || place === undefined) return;
    const looks = document.visibilityState === "visible" && document.hasFocus() &&
      this.#travel.hasFound(place);
    const atEnd = this.#list.follows && place.timeline.atEnd;
    const { from, to } = this.#list.seen;
    const reads = looks && hasRead(place, from, atEnd);
    store.watch(reads && atEnd);
    marks?.look(!reads ? 0 : atEnd ? place.timeline.end : to);
  }

  /** What is in sight has changed. */
  changed() {
    const chat = this.#chat();
    const place = chat?.store.active;
    if (chat === undefined || place === undefined || el.chat.hidden) return;
    const before = place.unread;
    this.#travel.note(place);
    this.watch();
    if (before !== place.unread) this.#read(chat);
    if (this.#list.nearStart && place.timeline.hasEarlier) void chat.load("earlier");
    if (this.#list.nearEnd && !place.timeline.atEnd) void chat.load("later");
    const arrived = this.#list.follows && place.timeline.atEnd;
    // A button that hides itself leaves the focus nowhere.
    if (arrived && document.activeElement === el.jump) el.scroller.focus({ preventScroll: true });
    el.jump.hidden = arrived;
    setText(el.jump, place.unread > 0 ? `${place.unread} new ↓` : "To the end ↓");
  }
}

/**
 * Whether what was said before the first message in sight has been read. It has not been where a link led
 * past what is unread, until that was in sight, or somebody has gone on to the end.
 * @param {Place} place @param {number} from @param {boolean} atEnd
 */
function hasRead(place, from, atEnd) {
  if (place.led === undefined) return true;
  const { unread, timeline: { floor, items } } = place;
  const read = readTo(place);
  const passes = unread > 0 &&
    (floor > read ||
      items.some(({ kind, seq }) => kind === "message" && seq > read && seq < from));
  if (!passes || atEnd && place.led === "away") place.led = undefined;
  else if (!atEnd) place.led = "away";
  return place.led === undefined;
}
