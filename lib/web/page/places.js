// @ts-check
/** The rooms and direct conversations that we are in, and which of them is shown. Pure. */

import { messagesOf, newPlace, placeKey, renameMember } from "./place.js";

/** @import { Message } from "../../wire/events.ts" */
/** @import { Place, PlaceKey, Reading } from "./place.js" */
/** @typedef {{ active: PlaceKey | "",
 *   rooms: Array<{ name: string, topic: string, seen: number, past: number, unread: number,
 *     mentions: number, mark?: number | undefined, reading?: Reading | undefined }>,
 *   directs: Array<{ name: string, unread: number, messages: Message[],
 *     reading?: Reading | undefined }> }} SavedPlaces */

const MAX_DIRECTS = 50;

export class PlaceList {
  /** @type {Map<PlaceKey, Place>} */
  #places = new Map();
  /** @type {PlaceKey | ""} */
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
    return this.#active === "" ? undefined : this.#places.get(this.#active);
  }

  /** @param {PlaceKey} key */
  get(key) {
    return this.#places.get(key);
  }

  /** @param {string} name */
  room(name) {
    return this.#places.get(placeKey("room", name));
  }

  /**
   * Enters a room.
   * @param {object} entered
   * @param {string} entered.room
   * @param {number} entered.seq what comes after it follows
   * @param {string} entered.topic
   * @param {number} entered.last up to here it was said before we came
   * @returns {boolean} whether we were not in it before
   */
  enter({ room, seq, topic, last }) {
    const key = placeKey("room", room);
    const known = this.#places.get(key);
    if (known !== undefined) {
      Object.assign(known, { name: room, topic });
      return false;
    }
    this.#places.set(key, { ...newPlace("room", room, seq), topic, past: last });
    if (this.active === undefined) this.activate(key);
    return true;
  }

  /** Opens a conversation with somebody. @type {(name: string) => Place} */
  converse(name) {
    const known = this.#places.get(placeKey("direct", name));
    if (known !== undefined) return known;
    const place = newPlace("direct", name, 0);
    this.#places.set(place.key, place);
    const [oldest, ...others] = this.#of("direct");
    if (others.length >= MAX_DIRECTS && oldest !== undefined) this.forget(oldest.key);
    return place;
  }

  /**
   * Shows a place; what is unread in it begins at its mark.
   * @param {PlaceKey | ""} key
   * @returns {boolean} whether there is one
   */
  activate(key) {
    const before = this.active;
    const place = key === "" ? undefined : this.#places.get(key);
    if (key === "" || place === undefined) return false;
    if (before !== undefined && before !== place) before.mark = undefined;
    this.#active = key;
    if (place.unread === 0) place.mark = undefined;
    return true;
  }

  /** @param {PlaceKey} key */
  forget(key) {
    this.#places.delete(key);
    if (this.#active === key) this.activate(this.all[0]?.key ?? "");
  }

  /** @param {string} from @param {string} to @param {boolean} mine */
  rename(from, to, mine) {
    for (const place of this.#places.values()) renameMember(place, from, to, mine);
  }

  /** The server has begun a new history: what it had numbered before counts no more. */
  beginEra(places = this.#of("room")) {
    for (const place of places) {
      const wasEmpty = place.timeline.items.length === 0;
      place.timeline.beginEra();
      place.seen = place.past = 0;
      place.mark = undefined;
      if (!wasEmpty) place.timeline.note("The server has begun a new history here.");
    }
  }

  /** @returns {SavedPlaces} */
  save() {
    const rooms = this.#of("room").map((place) => {
      const { name, topic, seen, past, unread, mentions, mark, reading } = place;
      return { name, topic, seen, past, unread, mentions, mark, reading };
    });
    const directs = this.#of("direct").map(({ name, unread, reading, timeline }) => ({
      ...{ name, unread, reading },
      messages: messagesOf(name, timeline),
    }));
    return { active: this.#active, rooms, directs };
  }

  /** @param {SavedPlaces} saved @param {(place: Place, message: Message) => void} append */
  restore({ active, rooms, directs }, append) {
    for (const { name, topic = "", past = 0, ...room } of rooms) {
      const place = newPlace("room", name, room.seen);
      this.#places.set(place.key, Object.assign(place, { topic, past, ...room }));
    }
    for (const { name, messages, ...direct } of directs) {
      const place = Object.assign(this.converse(name), direct);
      for (const message of messages) append(place, message);
    }
    this.activate(active);
  }

  /** @param {Place["kind"]} kind */
  #of(kind) {
    return [...this.#places.values()].filter((place) => place.kind === kind);
  }
}
