// @ts-check
/**
 * What is sent and what comes: posts that are not yet known to have arrived wait here or were refused;
 * each message is put where it belongs, once, and it is said of which of them somebody should hear. Pure.
 */

import { isAddressedTo, sameName } from "../../words/names.js";
import { placeKey } from "./place.js";

/** @import { EventOf, Message } from "../../wire/events.ts" */
/** @import { RequestOf } from "../../wire/requests.ts" */
/** @import { Place, PlaceKey } from "./place.js" */
/** @import { PlaceList } from "./places.js" */
/** @typedef {RequestOf<"say" | "direct"> & { id: string }} Post */
/**
 * `asks`: it may have arrived all the same.
 * @typedef {{ readonly place: PlaceKey, readonly post: Post, readonly at: number,
 *   readonly failed?: string, readonly asks?: boolean }} Waiting
 */
/**
 * What is to be done about an event.
 * @typedef {{ readonly kind: "owed", readonly place: Place, readonly seq: number }
 *   | { readonly kind: "heard", readonly place: Place, readonly from: string, readonly text: string,
 *       readonly action: boolean, readonly addressed: boolean }
 *   | { readonly kind: "entered", readonly room: string }} Effect
 */

export class PendingPosts {
  /** @type {Waiting[]} */
  #waiting = [];

  /** All of it, in the order in which it was written. */
  get all() {
    return this.#waiting;
  }

  /** What is not acked and has not failed, in its order. */
  get unsent() {
    return this.#waiting.filter(({ failed }) => failed === undefined).map(({ post }) => post);
  }

  /** @param {Waiting[]} waiting */
  restore(waiting) {
    this.#waiting = waiting;
  }

  /** @param {Waiting} waiting */
  add(waiting) {
    this.#waiting = [...this.#waiting, waiting];
  }

  /** Takes back a message that waits. @type {(id: string | undefined) => Waiting | undefined} */
  withdraw(id) {
    const found = this.#waiting.find(({ post }) => post.id === id);
    this.#waiting = this.#waiting.filter((each) => each !== found);
    return found;
  }

  /**
   * Holds back what is not acked: somebody has to say whether it is to be sent again.
   * @param {string} why
   */
  hold(why) {
    this.#waiting = this.#waiting.map((each) =>
      each.failed === undefined ? { ...each, failed: why, asks: true } : each
    );
  }

  /**
   * Notes that a message was refused.
   * @param {string | undefined} id
   * @param {string} why
   * @returns {boolean} whether it is one that waits
   */
  fail(id, why) {
    const waits = this.#waiting.some(({ post }) => post.id === id);
    this.#waiting = this.#waiting.map((each) =>
      each.post.id === id ? { ...each, failed: why } : each
    );
    return waits;
  }
}

/** Where a message is said. @type {(post: Post) => PlaceKey} */
export function placeOfPost(post) {
  return post.type === "say" ? placeKey("room", post.room) : placeKey("direct", post.to ?? "");
}

/**
 * What is sent for a typed message: to a person what was said where one talks to them.
 * @param {RequestOf<"say" | "direct">} request
 * @param {Place | undefined} place where it was typed
 * @param {string} id
 * @returns {Post}
 */
export function postOf(request, place, id) {
  if (request.type !== "say" || place?.kind !== "direct") return { ...request, id };
  const text = request.action ? `* ${request.text}` : request.text;
  return { type: "direct", to: place.name, text, id };
}

/**
 * What is said to one person, for which the wire has no `action`: a line of `* ` and more is one.
 * @type {(text: string) => { text: string, action?: true }}
 */
export function actionIn(text) {
  return /^\* \S[^\n]*$/.test(text) ? { text: text.slice(2), action: true } : { text };
}

export class Inbox {
  /** The number of the last direct message. */
  lastDirect = 0;
  /** Whether somebody looks at the end of the active place. */
  #watched = false;
  #places;
  #outgoing;
  #me;

  /**
   * @param {PlaceList} places
   * @param {PendingPosts} outgoing
   * @param {() => string} me the name that we go by
   */
  constructor(places, outgoing, me) {
    this.#places = places;
    this.#outgoing = outgoing;
    this.#me = me;
  }

  /**
   * Says whether the end of the active place is in sight: then nothing in it is unread.
   * @param {boolean} watched
   */
  watch(watched) {
    this.#watched = watched;
    const { active } = this.#places;
    if (watched && active !== undefined) active.unread = active.mentions = 0;
  }

  /** @type {(message: Message) => Effect[]} */
  takeMessage(message) {
    const place = this.#places.room(message.room);
    if (place === undefined || message.seq <= place.seen) return [];
    place.seen = message.seq;
    return this.#hear(place, message);
  }

  /** @type {(event: EventOf<"direct">) => Effect[]} */
  takeDirect({ from, at, text, n = 0 }) {
    if (n <= this.lastDirect) return [];
    this.lastDirect = n;
    const place = this.#places.converse(from);
    return this.#hear(place, { room: "", seq: place.seen + 1, from, at, ...actionIn(text) });
  }

  /** @type {(event: EventOf<"ack">) => Effect[]} */
  takeAck({ id, room = "", seq = 0, at }) {
    const waiting = this.#outgoing.withdraw(id);
    const place = (waiting && this.#places.get(waiting.place)) ?? this.#places.room(room);
    if (place === undefined) return [];
    if (waiting === undefined) {
      if (seq <= place.seen) return [];
      // Ours, from before a reload or from another tab, and its text is not known here.
      place.seen = seq;
      place.timeline.reserve(seq);
      return [{ kind: "owed", place, seq }];
    }
    const { post } = waiting;
    const said = post.type === "direct"
      ? actionIn(post.text)
      : { text: post.text, ...(post.action === true ? { action: post.action } : {}) };
    this.append(place, {
      room: place.name,
      seq: post.type === "say" ? seq : place.seen + 1,
      from: this.#me(),
      at,
      ...said,
    });
    return [];
  }

  /** @param {Place} place @param {Message} message */
  append(place, message) {
    place.seen = Math.max(place.seen, message.seq);
    const follows = place !== this.#places.active || this.#watched;
    place.timeline.add(message, { own: sameName(message.from, this.#me()), follows });
  }

  /**
   * Takes what others said. What a room had before we came is its past: nobody is told of it, and
   * nothing of it is unread.
   * @type {(place: Place, message: Message) => Effect[]}
   */
  #hear(place, message) {
    const { from, text, action = false } = message;
    const addressed = place.kind === "direct" || isAddressedTo(text, this.#me());
    const before = place.timeline.end;
    this.append(place, message);
    if (sameName(from, this.#me()) || (message.seq <= place.past && place.kind === "room")) {
      return [];
    }
    if (!this.#watched || place !== this.#places.active) {
      if (place.unread === 0) place.mark = before;
      place.unread++;
      if (addressed) place.mentions++;
    }
    return [{ kind: "heard", place, from, text, action, addressed }];
  }
}
