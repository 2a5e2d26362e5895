// @ts-check
/** Puts each message where it belongs, once, and says of which of them somebody should hear. Pure. */

import { isAddressedTo, sameName } from "../../words/names.js";
import { actionIn } from "./outgoing.js";

/** @typedef {import("../../wire/events.ts").Event} Event */
/** @typedef {import("../../wire/events.ts").Message} Message */
/** @typedef {import("./outgoing.js").PendingPosts} Outgoing */
/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./places.js").PlaceList} PlaceList */
/**
 * What is to be done about an event.
 * @typedef {{ readonly kind: "owed", readonly place: Place, readonly seq: number }
 *   | { readonly kind: "heard", readonly place: Place, readonly from: string, readonly text: string,
 *       readonly action: boolean, readonly addressed: boolean }
 *   | { readonly kind: "entered", readonly room: string }} Effect
 */

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
   * @param {Outgoing} outgoing
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

  /**
   * @param {Message} message
   * @returns {Effect[]}
   */
  takeMessage(message) {
    const place = this.#places.room(message.room);
    if (place === undefined || message.seq <= place.seen) return [];
    place.seen = message.seq;
    return this.#hear(place, message);
  }

  /**
   * @param {Extract<Event, { type: "direct" }>} event
   * @returns {Effect[]}
   */
  takeDirect({ from, at, text, n }) {
    if (n <= this.lastDirect) return [];
    this.lastDirect = n;
    const place = this.#places.converse(from);
    return this.#hear(place, { room: "", seq: place.seen + 1, from, at, ...actionIn(text) });
  }

  /**
   * @param {Extract<Event, { type: "ack" }>} event
   * @returns {Effect[]}
   */
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

  /**
   * @param {Place} place
   * @param {Message} message
   */
  append(place, message) {
    place.seen = Math.max(place.seen, message.seq);
    const follows = place !== this.#places.active || this.#watched;
    place.timeline.add(message, { own: sameName(message.from, this.#me()), follows });
  }

  /**
   * Takes what others said. What a room had before we came is its past: nobody is told of it, and
   * nothing of it is unread.
   * @param {Place} place
   * @param {Message} message
   * @returns {Effect[]}
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
