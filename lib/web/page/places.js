// @ts-check
/** The rooms and direct conversations that we are in, and which of them is shown. Pure. */

import { nameKey } from "./names.js";
import { messagesOf, newPlace, renameMember } from "./place.js";

/** @typedef {import("../../wire/event.ts").Message} Message */
/** @typedef {import("./place.js").Place} Place */
/** @typedef {{ active: string,
 *   rooms: Array<{ name: string, seen: number, unread: number, mentions: number, mark?: number }>,
 *   directs: Array<{ name: string, unread: number, messages: Message[] }> }} SavedPlaces */

const MAX_DIRECTS = 50;

export class PlaceList {
  /** @type {Map<string, Place>} */
  #places = new Map();
  #active = "";

  /** Rooms first, then conversations, each in the order in which they were entered. */
  get all() {
    return [...this.#of("room"), ...this.#of("direct")];
  }

  get rooms() {
    return this.#of("room");
  }

  /** @returns {Place | undefined} */
  get active() {
    return this.#places.get(this.#active);
  }

  /** @param {string} key */
  get(key) {
    return this.#places.get(key);
  }

  /** @param {string} name */
  room(name) {
    return this.#places.get(nameKey(name));
  }

  /**
   * Enters a room.
   * @param {string} room
   * @param {number} seq
   * @param {string} topic
   * @returns {boolean} whether we were not in it before
   */
  enter(room, seq, topic) {
    const key = nameKey(room);
    const known = this.#places.get(key);
    if (known !== undefined) {
      Object.assign(known, { name: room, topic });
      return false;
    }
    this.#places.set(key, { ...newPlace("room", key, room, seq), topic });
    if (this.active === undefined) this.activate(key);
    return true;
  }

  /**
   * Opens a conversation with somebody.
   * @param {string} name
   * @returns {Place}
   */
  converse(name) {
    const key = `@${nameKey(name)}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = newPlace("direct", key, name, 0);
    this.#places.set(key, place);
    const [oldest, ...others] = this.#of("direct");
    if (others.length >= MAX_DIRECTS && oldest !== undefined) this.forget(oldest.key);
    return place;
  }

  /**
   * Shows a place; what is unread in it begins at its mark.
   * @param {string} key
   * @returns {boolean} whether there is one
   */
  activate(key) {
    const before = this.active;
    const place = this.#places.get(key);
    if (place === undefined) return false;
    if (before !== undefined && before !== place) before.mark = undefined;
    this.#active = key;
    if (place.unread === 0) place.mark = undefined;
    return true;
  }

  /** @param {string} key */
  forget(key) {
    this.#places.delete(key);
    if (this.#active === key) this.activate(this.all[0]?.key ?? "");
  }

  /**
   * @param {string} from
   * @param {string} to
   * @param {boolean} mine
   */
  rename(from, to, mine) {
    for (const place of this.#places.values()) renameMember(place, from, to, mine);
  }

  /** The server has begun a new history: what it had numbered before counts no more. */
  beginEra(places = this.#of("room")) {
    for (const place of places) {
      const wasEmpty = place.timeline.items.length === 0;
      place.timeline.beginEra();
      place.seen = 0;
      place.mark = undefined;
      if (!wasEmpty) place.timeline.note("The server has begun a new history here.");
    }
  }

  /** @returns {SavedPlaces} */
  save() {
    const rooms = this.#of("room").map(({ name, seen, unread, mentions, mark }) => ({
      ...{ name, seen, unread, mentions },
      ...(mark === undefined ? {} : { mark }),
    }));
    const directs = this.#of("direct").map(({ name, unread, timeline }) => ({
      ...{ name, unread },
      messages: messagesOf(name, timeline),
    }));
    return { active: this.#active, rooms, directs };
  }

  /**
   * @param {SavedPlaces} saved
   * @param {(place: Place, message: Message) => void} append
   */
  restore({ active, rooms, directs }, append) {
    for (const { name, seen, unread, mentions, mark } of rooms) {
      const place = newPlace("room", nameKey(name), name, seen);
      this.#places.set(place.key, Object.assign(place, { unread, mentions, mark }));
    }
    for (const { name, unread, messages } of directs) {
      const place = this.converse(name);
      place.unread = unread;
      for (const message of messages) append(place, message);
    }
    this.activate(active);
  }

  /** @param {Place["kind"]} kind */
  #of(kind) {
    return [...this.#places.values()].filter((place) => place.kind === kind);
  }
}
