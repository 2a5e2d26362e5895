// @ts-check
/**
 * What comes: each message, and what was done about it, is put where it belongs, once, and it is said of
 * which of them somebody should hear. And what is sent for a typed message. Pure.
 */

import { foldEntry, ownEntry, sharedReactionText } from "../../words/fold.js";
import { isForPerson } from "../../words/names.js";
import { unheardText } from "../../words/unheard.js";
import { isMessagePost } from "./pending.js";
import { Timeline } from "./timeline.js";

/** @import { Event, EventOf, Message } from "../../wire/events.ts" */
/** @import { RequestOf } from "../../wire/requests.ts" */
/** @import { LifeEvent } from "../../words/fold.js" */
/** @import { OwnAccount } from "./account.js" */
/** @import { MessagePost, PendingPosts } from "./pending.js" */
/** @import { Place } from "./place.js" */
/** @import { SaidItem } from "./item.js" */
/** @import { PlaceList } from "./places.js" */
/**
 * What is to be done about an event.
 * @typedef {{ readonly kind: "owed", readonly place: Place, readonly seq: number }
 *   | { readonly kind: "heard", readonly place: Place, readonly seq: number, readonly from: string, readonly text: string,
 *       readonly action: boolean, readonly addressed: boolean }
 *   | { readonly kind: "done", readonly place: Place, readonly entry: LifeEvent, readonly said: SaidItem }
 *   | { readonly kind: "entered", readonly room: string }
 *   | { readonly kind: "told", readonly event: Event }} Effect
 */

/**
 * How a line is said. `re`: what it answers. `instead`: the id of what waits, in whose place it comes.
 * @typedef {{ readonly re?: number | undefined, readonly instead?: string }} SayHow
 */

/**
 * What is sent for a typed message: to a person what was said where one talks to them.
 * @param {RequestOf<"say" | "direct">} request
 * @param {Place | undefined} place where it was typed, or the conversation with whom it is for
 * @param {string} id
 * @returns {MessagePost}
 */
export function postOf(request, place, id) {
  if (place?.kind !== "direct") return { ...request, id };
  const { text, action, re } = request;
  const how = { ...(action ? { action } : {}), ...(re === undefined ? {} : { re }) };
  return { type: "direct", ...directTo(place), text, ...how, id };
}

/**
 * Whom a direct message goes to: the person that the conversation is with, whoever has the name now.
 * @type {(place: Place) => { chat: string } | { to: string }}
 */
export function directTo({ chat, name }) {
  return chat === "" ? { to: name } : { chat };
}

/**
 * What a page of version 0.1 says to one person, which had no `action` for that: a line of `* ` and more.
 * @type {(said: { readonly text: string, readonly action?: boolean | undefined }) =>
 *   { text: string, action?: true }}
 */
export function actionIn({ text, action = false }) {
  if (action) return { text, action };
  return /^\* \S[^\n]*$/.test(text) ? { text: text.slice(2), action: true } : { text };
}

export class Inbox {
  /** The number of the last direct message. */
  lastDirect = 0;
  /** Whether somebody looks at the end of the active place. */
  #watched = false;
  #places;
  #outgoing;
  #account;

  /**
   * @param {PlaceList} places
   * @param {PendingPosts} outgoing
   * @param {OwnAccount} account who we are
   */
  constructor(places, outgoing, account) {
    this.#places = places;
    this.#outgoing = outgoing;
    this.#account = account;
  }

  /**
   * Says whether the end of the active place is in sight: then nothing in it is unread.
   * @param {boolean} watched
   */
  watch(watched) {
    this.#watched = watched;
    const { active } = this.#places;
    if (!watched || active === undefined || isHeld(active)) return;
    active.unread = active.mentions = 0;
  }

  /** @type {(message: Message) => Effect[]} */
  takeMessage(message) {
    const place = this.#places.room(message.room);
    if (place === undefined || message.seq <= place.seen) return [];
    place.seen = message.seq;
    return this.#hear(place, message);
  }

  /** @type {(event: EventOf<"direct">) => Effect[]} */
  takeDirect({ from, at, by, own, n = 0, chat = "", seq = 0, ...event }) {
    if (chat === "" && n <= this.lastDirect) return [];
    this.lastDirect = Math.max(this.lastDirect, n);
    const place = chat === ""
      ? this.#places.converse(from)
      : this.#places.talk(chat, event.with ?? from, { begins: true });
    if (chat !== "" && seq <= place.seen) return [];
    if (chat !== "") beginAt(place, seq);
    const who = {
      from,
      ...(by === undefined ? {} : { by }),
      ...(own === undefined ? {} : { own }),
      ...(event.file === undefined ? {} : { file: event.file }),
      ...answerOf(event.re, event.quote),
      ...(event.ask === undefined ? {} : { ask: event.ask }),
    };
    const said = { room: "", seq: seq || place.seen + 1, at, ...who, ...actionIn(event) };
    if (!this.#account.isOwn(said)) place.away = false;
    return this.#hear(place, said);
  }

  /** @type {(event: EventOf<"ack">) => Effect[]} */
  takeAck({ id, room = "", chat = "", seq = 0, at, away = false, guest = false, count }) {
    const waiting = this.#outgoing.withdraw(id);
    const place = (waiting && this.#places.get(waiting.place)) ?? this.#places.at({ room, chat });
    if (place === undefined) return [];
    if (chat !== "") {
      place.chat = chat;
      beginAt(place, seq);
    }
    if (waiting === undefined) {
      if (seq <= place.seen) return [];
      // Ours, from before a reload or from another tab, and its text is not known here.
      return this.#owe(place, seq);
    }
    const { post } = waiting;
    if (!isMessagePost(post)) {
      const known = place.timeline.said(post.re)?.upTo ?? 0;
      const told = seq <= known && this.#account.id === "" ? sharedReactionText(post) : undefined;
      if (told !== undefined) place.timeline.note(told);
      return this.#takeEntry(place, ownEntry(post, { seq, at, count }, this.#account.name));
    }
    const { text, action } = post.type === "direct" ? actionIn(post) : post;
    const quote = post.re === undefined ? undefined : place.timeline.quoteOf(post.re);
    if (post.re !== undefined && quote === undefined) return this.#owe(place, seq);
    this.append(place, {
      room: place.name,
      seq: seq || place.seen + 1,
      from: this.#account.name,
      at,
      text,
      own: true,
      ...(action === true ? { action } : {}),
      ...answerOf(post.re, quote),
    });
    if (!post.unseen || place.read >= seq - 1) this.#readTo(place, seq);
    if (!away || place.away) return [];
    place.away = true;
    place.timeline.note(`${unheardText(place.name, guest)}.`);
    return [];
  }

  /**
   * A message of ours of which not all is known here: how that begins which it answers, or its text.
   * @type {(place: Place, seq: number) => Effect[]}
   */
  #owe(place, seq) {
    place.seen = Math.max(place.seen, seq);
    place.timeline.reserve(seq);
    this.#readTo(place, seq);
    return [{ kind: "owed", place, seq }];
  }

  /** What was done about a message. @param {LifeEvent & { room?: string, chat?: string }} event */
  takeLife(event) {
    const place = this.#places.at(event);
    return place === undefined ? [] : this.#takeEntry(place, event);
  }

  /** Numbers that hold nothing any more. @param {EventOf<"emptied">} event */
  takeEmptied({ room, chat, from, to }) {
    const place = this.#places.at({ room, chat });
    if (place === undefined) return;
    place.seen = Math.max(place.seen, to);
    const wasHeld = isHeld(place);
    place.timeline.empty(from, to);
    if (wasHeld) place.held = place.timeline.end;
  }

  /** Another device of ours has read a log up to somewhere, or we have. @param {EventOf<"read">} event */
  takeRead({ room, chat, seq, unread, mentions }) {
    const place = this.#places.at({ room, chat });
    if (place === undefined) return;
    const isActive = place === this.#places.active;
    // Somebody counts something as unread again: to look at it here is not to have read it since.
    const isBack = seq < place.read;
    if (isBack) place.held = Math.max(place.seen, place.timeline.end);
    place.read = seq;
    if (isActive && this.#watched && !isBack) return;
    Object.assign(place, { unread, mentions });
    if (!isActive || isBack) place.mark = unread > 0 ? seq : undefined;
  }

  /** @type {(place: Place, entry: LifeEvent) => Effect[]} */
  #takeEntry(place, entry) {
    // What nothing has come of has the number of what it repeats.
    if (entry.seq <= place.seen) return [];
    place.seen = entry.seq;
    const wasHeld = isHeld(place);
    const said = place.timeline.said(entry.re);
    if (entry.type === "removed") this.#account.takeBack(place, entry);
    place.timeline.take(entry);
    // It is no news.
    if (wasHeld) place.held = place.timeline.end;
    takePin(place, entry);
    return said === undefined ? [] : [{ kind: "done", place, entry, said }];
  }

  /** @param {Place} place @param {Message} message */
  append(place, message) {
    place.seen = Math.max(place.seen, message.seq);
    place.news = message.at;
    const follows = place !== this.#places.active || this.#watched;
    place.timeline.add(message, { own: this.#account.isOwn(message), follows });
  }

  /**
   * Takes what others said. What a room had before we came is its past: nobody is told of it, and
   * nothing of it is unread. Nor is what somebody says whom we have blocked.
   * @type {(place: Place, message: Message) => Effect[]}
   */
  #hear(place, message) {
    const { from, text, action = false, seq } = message;
    const addressed = place.kind === "direct" || isForPerson(message, this.#account.name);
    const before = place.timeline.end;
    this.append(place, message);
    // Whether that has read the rest the server says: a script reads nothing for its person.
    if (this.#account.isOwn(message)) return [];
    if (seq <= place.past && place.kind === "room" || this.#account.isBlocked(message)) return [];
    // It was removed before we came back.
    if (text === "" && message.file === undefined) return [];
    if (seq > place.counted && (!this.#watched || place !== this.#places.active)) {
      if (place.unread === 0) place.mark = before;
      place.unread++;
      if (addressed) place.mentions++;
    }
    return [{ kind: "heard", place, seq, from, text, action, addressed }];
  }

  /** Whoever says something has read what was said before. @param {Place} place @param {number} seq */
  #readTo(place, seq) {
    if (this.#account.id === "") return;
    place.read = Math.max(place.read, seq);
    place.unread = place.mentions = 0;
  }
}

/**
 * Brings what is known to be pinned up to date; where that can't be done it is asked for again.
 * @param {Place} place @param {LifeEvent} entry
 */
function takePin(place, entry) {
  if (entry.type === "reacted" || entry.type === "answered") return;
  place.pinsFrom = entry.seq;
  if (entry.type !== "pinned") {
    const now = place.pins?.map((each) => foldEntry(each, entry));
    place.pins = now?.filter(({ removed }) => removed === undefined);
    return;
  }
  const others = place.pins?.filter(({ seq }) => seq !== entry.re);
  const said = entry.off ? [] : place.timeline.said(entry.re);
  place.pins = others && said && others.concat(said);
}

/** Whether what is here counts as unread again, and nothing has come since. @param {Place} place */
function isHeld({ held = 0, timeline }) {
  return held > 0 && held >= timeline.end;
}

/**
 * What a message has that answers another one.
 * @type {(re: number | undefined, quote: Message["quote"]) => Pick<Message, "re" | "quote">}
 */
function answerOf(re, quote) {
  return { ...(re === undefined ? {} : { re }), ...(quote ? { quote } : {}) };
}

/** The first message that is known of a conversation; others may be before. @param {Place} place @param {number} seq */
function beginAt(place, seq) {
  if (place.timeline.hasMessages || place.seen >= seq) return;
  place.timeline = new Timeline(seq - 1);
  place.seen = seq - 1;
}
