// @ts-check
/** The rooms and direct conversations that we are in, and which of them is shown. Pure. */

import { sameName } from "../../words/names.js";
import { messagesOf, newPlace, placeKey, renameMember } from "./place.js";

/** @import { Message } from "../../wire/events.ts" */
/** @import { Post } from "./pending.js" */
/** @import { Place, PlaceKey, Reading } from "./place.js" */
/**
 * A conversation without a key is kept by nobody else: its messages are here. `closed` has the
 * conversations that were closed here.
 * @typedef {{ active: PlaceKey | "", closed?: Array<[chat: string, last: number, name?: string]>,
 *   rooms: Array<{ name: string, topic: string, title?: string, seen: number, past: number,
 *     unread: number, mentions: number, read?: number, mark?: number | undefined, reading?: Reading | undefined }>,
 *   directs: Array<{ name: string, unread: number, messages: Message[], key?: PlaceKey,
 *     chat?: string, gone?: boolean, seen?: number, read?: number, mark?: number | undefined,
 *     reading?: Reading | undefined }> }} SavedPlaces
 */

/** With more conversations than these one that begins takes the place of another; a server names 100. */
const MAX_DIRECTS = 150;
/** How far below the upper edge what was read last stands when one comes to what is new, in px. */
const ARRIVAL_PX = 64;

export class PlaceList {
  /** @type {Map<PlaceKey, Place>} */
  #places = new Map();
  /** @type {PlaceKey | ""} */
  #active = "";
  /** When the last was said in the oldest conversation that the server has named. */
  oldestNews = "";
  /**
   * Conversations that were closed here: the number of the last message of each, and with whom it was.
   * @type {Map<string, { readonly last: number, readonly name: string }>}
   */
  #closed = new Map();

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
   * @param {string} [entered.topic]
   * @param {string} [entered.title]
   * @param {number} entered.last up to here it was said before we came
   * @param {number} [entered.read] up to here the account has read it
   * @param {boolean} [shows] whether it is shown where no other place is
   * @returns {boolean} whether we were not in it before
   */
  enter({ room, seq, topic = "", title = "", last, read = 0 }, shows = true) {
    const key = placeKey("room", room);
    const known = this.#places.get(key);
    if (known !== undefined) {
      Object.assign(known, { name: room, topic, title });
      return false;
    }
    const about = { topic, title, past: last, counted: last, read };
    const place = { ...newPlace("room", room, seq), ...about };
    this.#places.set(key, place);
    if (shows && this.active === undefined) this.activate(key);
    return true;
  }

  /** The conversation with whoever goes by a name now. @type {(name: string) => Place | undefined} */
  with(name) {
    return this.#of("direct").find((place) => !place.gone && sameName(place.name, name));
  }

  /** Opens a conversation with whoever goes by a name now. @type {(name: string) => Place} */
  converse(name) {
    return this.with(name) ?? this.#reopened(name) ?? this.#open(name, "", true);
  }

  /**
   * The conversation that has a key. Somebody else may have had the name before. `begins`: it is not one
   * of those that the server lists.
   * @type {(chat: string, name: string, how?: { gone?: boolean | undefined, begins?: boolean }) => Place}
   */
  talk(chat, name, { gone = false, begins = false } = {}) {
    const known = this.chat(chat);
    if (known !== undefined) return Object.assign(known, { name, gone });
    const before = gone ? undefined : this.with(name);
    if (before?.chat === "") return Object.assign(before, { chat });
    if (before !== undefined) before.gone = true;
    return Object.assign(this.#open(name, chat, begins), { gone });
  }

  /** @param {string} chat a key @returns {Place | undefined} */
  chat(chat) {
    return chat === "" ? undefined : this.#of("direct").find((place) => place.chat === chat);
  }

  /** Where something is to be said, or done. @param {Post} post */
  placeOf(post) {
    const to = post.type === "direct" ? post.to : undefined;
    return this.at(post) ?? (to === undefined ? undefined : this.converse(to));
  }

  /** What can no longer be had of a place. @param {import("../../wire/events.ts").EventOf<"gap">} event */
  takeGap(event) {
    const place = this.at(event);
    if (place === undefined) return;
    if (event.to === null) {
      // With another epoch it has begun already.
      if (place.seen > 0) this.beginEra([place]);
      return;
    }
    place.seen = Math.max(place.seen, event.to);
    place.pins = undefined;
    place.timeline.tellGap(event.from, event.to);
  }

  /** The place of a log. @param {{ room?: string | undefined, chat?: string | undefined }} log */
  at({ room = "", chat = "" }) {
    return chat === "" ? this.room(room) : this.chat(chat);
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
    if (before !== place) {
      if (before !== undefined) before.mark = undefined;
      // Whoever comes back to it reads it.
      place.held = place.led = undefined;
    }
    this.#active = key;
    if (place.unread === 0) place.mark = undefined;
    else if (place.read > 0 && !place.timeline.hasMessages) {
      place.reading ??= { seq: place.read, offset: ARRIVAL_PX };
    }
    return true;
  }

  /** Whether a conversation was closed here when its last message was there. @type {(chat: string, last: number) => boolean} */
  isClosed(chat, last) {
    return (this.#closed.get(chat)?.last ?? -1) >= last;
  }

  /** Puts places in an order; those that it does not name come last. @param {PlaceKey[]} keys */
  arrange(keys) {
    const all = this.#places;
    const first = keys.flatMap((key) => all.get(key) ?? []);
    this.#places = new Map([...first, ...all.values()].map((place) => [place.key, place]));
  }

  /**
   * @param {PlaceKey} key
   * @param {boolean} [goesOn] whether another place is shown in its place
   */
  forget(key, goesOn = true) {
    const { chat = "", seen: last = 0, name = "", gone } = this.#places.get(key) ?? {};
    // Whoever has the name of somebody who is gone is somebody else.
    if (chat !== "") this.#closed.set(chat, { last, name: gone ? "" : name });
    this.#places.delete(key);
    if (goesOn && this.#active === key) this.activate(this.all[0]?.key ?? "");
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
      place.mark = place.pins = place.pinsFrom = undefined;
      place.removals?.clear();
      if (!wasEmpty) place.timeline.note("The server has begun a new history here.");
    }
  }

  /** @returns {SavedPlaces} */
  save() {
    const rooms = this.#of("room").map((place) => {
      const { name, topic, title, seen, past, read, unread, mentions, mark, reading } = place;
      return { name, topic, title, seen, past, read, unread, mentions, mark, reading };
    });
    const directs = this.#of("direct").map((place) => {
      const { key, name, unread, reading, timeline, chat, gone, seen, read, mark } = place;
      const kept = { key, name, unread, reading };
      return chat === ""
        ? { ...kept, messages: messagesOf(name, timeline) }
        : { ...kept, messages: [], chat, gone, seen, read, mark };
    });
    return { active: this.#active, rooms, directs, closed: this.#closedSaved };
  }

  /** @returns {NonNullable<SavedPlaces["closed"]>} */
  get #closedSaved() {
    return [...this.#closed].map(([chat, { last, name }]) => [chat, last, name]);
  }

  /** @param {SavedPlaces} saved @param {(place: Place, message: Message) => void} append */
  restore({ active, rooms, directs, closed = [] }, append) {
    this.#closed = new Map(closed.map(([chat, last, name = ""]) => [chat, { last, name }]));
    for (const { name, topic = "", title = "", past = 0, ...room } of rooms) {
      const place = newPlace("room", name, room.seen);
      const counted = room.seen;
      this.#places.set(place.key, Object.assign(place, { topic, title, past, counted, ...room }));
    }
    for (const { name, messages, seen = 0, ...direct } of directs) {
      const place = { ...newPlace("direct", name, seen), counted: seen, ...direct };
      this.#places.set(place.key, place);
      for (const message of messages) append(place, message);
    }
    this.activate(active);
  }

  /** The conversation with somebody that was closed here; history brings what was said. @param {string} name */
  #reopened(name) {
    const all = [...this.#closed].reverse();
    const [chat = "", { last } = { last: 0 }] = all.find(([, each]) => sameName(each.name, name)) ??
      [];
    this.#closed.delete(chat);
    return chat === "" ? undefined : this.#open(name, chat, true, last);
  }

  /** @type {(name: string, chat: string, begins: boolean, seq?: number) => Place} */
  #open(name, chat, begins, seq = 0) {
    const place = { ...newPlace("direct", name, seq), chat, counted: seq, read: seq };
    // No name holds an end of a line.
    if (this.#places.has(place.key)) {
      place.key = `${place.key}\n${chat || crypto.getRandomValues(new Uint32Array(2))}`;
    }
    if (begins) this.#makeRoom();
    this.#places.set(place.key, place);
    return place;
  }

  /** Where there are many conversations, the one with the oldest news goes; first those that are read. */
  #makeRoom() {
    const directs = this.#of("direct");
    if (directs.length < MAX_DIRECTS) return;
    const [oldest] = directs.filter((place) => place !== this.active).sort((a, b) =>
      Number(a.unread > 0) - Number(b.unread > 0) || (a.news < b.news ? -1 : 1)
    );
    if (oldest !== undefined) this.#places.delete(oldest.key);
  }

  /** @param {Place["kind"]} kind */
  #of(kind) {
    return [...this.#places.values()].filter((place) => place.kind === kind);
  }
}
