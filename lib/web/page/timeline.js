// @ts-check
/**
 * The part of one room's history that the page holds: a bounded window on it that grows at the end
 * that is read and forgets at the other. Pure.
 */

import { foldEntry, quoteText, RecentEntries } from "../../words/fold.js";
import { compareItems, itemKey, itemOf, upToOf } from "./item.js";
import { isNothing, presenceOf, withPresence } from "./presence.js";

/** @import { EventOf, Message } from "../../wire/events.ts" */
/** @import { LifeEvent } from "../../words/fold.js" */
/** @import { Item, Notice } from "./item.js" */
/** @import { Presence } from "./presence.js" */
/**
 * A page of its history. `before`: it ends before this number, and at the end where there is none.
 * @typedef {Pick<EventOf<"page">, "messages" | "more" | "upTo"> & { readonly before?: number | undefined }} TimelinePage
 */
/** @typedef {(message: Message) => boolean} IsOwn */

/** The most items that a timeline holds, and so the most rows that a page shows. */
export const MAX_ITEMS = 400;

export class Timeline {
  /** @type {readonly Item[]} */
  #items = [];
  #era = 0;
  #sub = 0;
  /** Every message after this number and up to {@link Timeline.top} is here. */
  #floor = 0;
  #top = 0;
  /** The last number that the room is known to have. */
  #end = 0;
  /** What was done about messages lately, for pages that were on their way. */
  #recent = new RecentEntries();

  /** @param {number} seq the number after which messages will come. */
  constructor(seq = 0) {
    this.#floor = this.#top = this.#end = seq;
  }

  get items() {
    return this.#items;
  }

  get era() {
    return this.#era;
  }

  get floor() {
    return this.#floor;
  }

  get top() {
    return this.#top;
  }

  get end() {
    return this.#end;
  }

  /** Whether there may be messages before the first that is here. */
  get hasEarlier() {
    return this.#floor > 0 && (this.#items[0]?.era ?? this.#era) === this.#era;
  }

  /** Whether the first message that was ever said is here: servers count from 1. */
  get hasFirst() {
    return this.#items.some(({ kind, era, seq }) =>
      kind === "message" && era === this.#era && seq === 1
    );
  }

  /** Whether anything that was said is here. */
  get hasMessages() {
    return this.#items.some(({ kind }) => kind === "message");
  }

  /** Whether new messages belong here. */
  get atEnd() {
    return this.#top === this.#end;
  }

  /**
   * Takes a message that has just been said; false when it is not shown, because the window is
   * elsewhere. `follows` says that its reader is at the end.
   * @type {(message: Message, how: { own: boolean, follows: boolean }) => boolean}
   */
  add(message, { own, follows }) {
    const wasAtEnd = this.atEnd;
    this.#end = Math.max(this.#end, message.seq);
    if (message.seq <= this.#floor) return false;
    if (!wasAtEnd && message.seq > this.#top) return false;
    if (!follows && this.#items.length >= MAX_ITEMS && message.seq > this.#top) return false;
    this.#merge([itemOf(message, this.#era, own)]);
    this.#top = Math.max(this.#top, message.seq);
    this.#trimStart();
    return true;
  }

  /**
   * Takes what was done about a message, which has a number of its own.
   * @param {LifeEvent} entry
   */
  take(entry) {
    this.reserve(entry.seq);
    this.#recent.note(entry);
    this.#items = this.#items.map((item) =>
      item.kind === "message" && item.era === this.#era ? foldEntry(item, entry) : item
    );
  }

  /**
   * Whether a page can be shown: not if more was done meanwhile than is kept.
   * @param {TimelinePage} page
   */
  canTake(page) {
    return this.#recent.foldPage(page) !== undefined;
  }

  /**
   * Takes a page of earlier messages.
   * @param {TimelinePage} page @param {IsOwn} isOwn
   */
  addEarlier(page, isOwn) {
    const { messages, more } = page;
    this.#merge(this.#itemsOf(page, isOwn));
    this.#floor = more ? Math.min(this.#floor, (messages[0]?.seq ?? 1) - 1) : 0;
    if (this.#items.length <= MAX_ITEMS) return;
    this.#items = this.#items.slice(0, MAX_ITEMS);
    this.#top = this.#items.at(-1)?.seq ?? this.#top;
  }

  /**
   * Takes a page whose messages reach beyond the last that is here.
   * @param {TimelinePage} page @param {IsOwn} isOwn
   * @param {number} [gone] up to here there are no more; it ends before the first of the messages
   */
  addLater(page, isOwn, gone = 0) {
    if (gone > this.#top) this.#tellMissing(this.#top + 1, gone);
    this.#merge(this.#itemsOf(page, isOwn).filter(({ seq }) => seq > this.#floor));
    this.#top = Math.max(this.#top, reachOf(page));
    this.#end = Math.max(this.#end, this.#top);
    this.#trimStart();
  }

  /**
   * Keeps its place for a message that is known by its number alone; {@link Timeline.fill} brings it.
   * @param {number} seq
   */
  reserve(seq) {
    const wasAtEnd = this.atEnd;
    this.#end = Math.max(this.#end, seq);
    if (wasAtEnd) this.#top = this.#end;
  }

  /**
   * Takes messages that belong among those that are here.
   * @param {TimelinePage} page @param {IsOwn} isOwn
   */
  fill(page, isOwn) {
    const isInside = (/** @type {Item} */ { seq }) => seq > this.#floor && seq <= this.#top;
    this.#merge(this.#itemsOf(page, isOwn).filter(isInside));
    this.#trimStart();
  }

  /**
   * Moves the window to a page; whatever was there before is forgotten.
   * @param {TimelinePage} page @param {IsOwn} isOwn
   */
  moveTo(page, isOwn) {
    this.#items = this.#itemsOf(page, isOwn);
    this.#floor = page.more ? (page.messages[0]?.seq ?? 1) - 1 : 0;
    this.#top = reachOf(page) || this.#end;
    this.#end = Math.max(this.#end, this.#top);
  }

  /** What was said and was not removed, of what is here. */
  get #standing() {
    return this.#items.filter((item) => item.kind === "message").filter(({ era, removed }) =>
      era === this.#era && removed === undefined
    );
  }

  /** A message, where it is here and was not removed. @param {number} seq */
  said(seq) {
    return this.#standing.find((each) => each.seq === seq);
  }

  /** How that begins. @param {number} seq */
  quoteOf(seq) {
    const said = this.said(seq);
    return said && { from: said.from, text: quoteText(said.text) };
  }

  /** These numbers hold nothing any more. @param {number} from @param {number} to */
  empty(from, to) {
    this.reserve(to);
    this.#items = this.#items.filter(({ kind, era, seq }) =>
      kind !== "message" || era !== this.#era || seq < from || seq > to
    );
  }

  /**
   * Tells something at the end. `isTold`: it is for whoever is here, who is told of it otherwise, too.
   * @param {string} text @param {"plain" | "error"} [tone] @param {boolean} [isTold]
   */
  note(text, tone = "plain", isTold = false) {
    this.#append({ kind: "notice", text, tone, isTold });
  }

  /**
   * Tells who came or went; what follows one another is told in one row.
   * @param {"joined" | "left"} what @param {string} name
   */
  tellPresence(what, name) {
    const last = this.#items.at(-1);
    const folds = last?.kind === "presence" && this.atEnd;
    const told = withPresence(folds ? last : undefined, presenceOf(what, name));
    if (folds) this.#items = this.#items.slice(0, -1);
    if (!isNothing(told)) this.#append(told);
  }

  /** Tells of messages that can no longer be had. @param {number} from @param {number} to */
  tellGap(from, to) {
    this.#end = Math.max(this.#end, to);
    // Elsewhere the page that would have them finds it out.
    if (this.#top >= from - 1 && this.#top < to) this.#tellMissing(this.#top + 1, to);
  }

  /** The server has begun a new history, whose numbers begin anew. */
  beginEra() {
    if (!this.atEnd) this.#items = [];
    this.#era++;
    this.#floor = this.#top = this.#end = 0;
    this.#recent = new RecentEntries();
  }

  /**
   * @param {number} from the number after the last that is here
   * @param {number} to
   */
  #tellMissing(from, to) {
    const last = this.#items.at(-1);
    const goesOn = last?.kind === "gap" && last.to === from - 1;
    if (goesOn) this.#items = this.#items.slice(0, -1);
    const order = { era: this.#era, seq: to, sub: ++this.#sub };
    /** @type {Item} */
    const gap = { kind: "gap", from: goesOn ? last.from : from, to, ...order, key: itemKey(order) };
    this.#items = [...this.#items, gap];
    this.#top = to;
    this.#trimStart();
  }

  /** @param {Notice | Presence} what */
  #append(what) {
    if (!this.atEnd) return;
    const order = { era: this.#era, seq: this.#top, sub: ++this.#sub };
    this.#items = [...this.#items, { ...what, ...order, key: itemKey(order) }];
    this.#trimStart();
  }

  /** @type {(page: TimelinePage, isOwn: IsOwn) => Item[]} */
  #itemsOf(page, isOwn) {
    const messages = this.#recent.foldPage(page) ?? page.messages;
    return messages.map((message) => itemOf(message, this.#era, isOwn(message)));
  }

  /** Of a message that is here the one stays that knows more of what was done about it. @param {readonly Item[]} added */
  #merge(added) {
    const newer = new Map(added.map((item) => [item.key, item]));
    this.#items = this.#items.map((item) => {
      const other = newer.get(item.key);
      newer.delete(item.key);
      return other !== undefined && upToOf(other) > upToOf(item) ? other : item;
    });
    const fresh = [...newer.values()];
    const first = fresh[0];
    if (first === undefined) return;
    const last = this.#items.at(-1);
    this.#items = [...this.#items, ...fresh];
    if (last === undefined || compareItems(last, first) < 0) return;
    this.#items = [...this.#items].sort(compareItems);
  }

  #trimStart() {
    const excess = this.#items.length - MAX_ITEMS;
    if (excess <= 0) return;
    const gone = this.#items[excess - 1];
    this.#items = this.#items.slice(excess);
    if (gone?.era === this.#era) this.#floor = Math.max(this.#floor, gone.seq);
  }
}

/** Up to which number all that a page may have is in it. @type {(page: TimelinePage) => number} */
function reachOf({ messages, upTo = 0, before = Infinity }) {
  return Math.max(messages.at(-1)?.seq ?? 0, Math.min(upTo, before - 1));
}
