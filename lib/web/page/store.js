// @ts-check
/**
 * What the page knows: who we are, the rooms and direct conversations that we are in, what is
 * unread, and what waits to be sent. Events go in; what the page should do about them comes out. Pure.
 */

import { isAddressedTo, nameKey, sameName } from "./names.js";
import { peopleNews } from "./people_news.js";
import { changeMember, messagesOf, newPlace, renameMember, topicNews } from "./place.js";

/** @typedef {import("../../wire/event.ts").Event} Event */
/** @typedef {import("../../wire/event.ts").Request} Request */
/** @typedef {import("../../wire/event.ts").Message} Message */
/** @typedef {Extract<Request, { type: "say" | "direct" }> & { id: string }} Post */
/** @typedef {import("./place.js").Place} Place */
/** @typedef {{ readonly place: string, readonly post: Post, readonly at: number, readonly failed?: string }} Waiting */
/**
 * What is to be done about an event.
 * @typedef {{ readonly kind: "refill", readonly room: string, readonly before: number }
 *   | { readonly kind: "heard", readonly place: Place, readonly from: string, readonly text: string,
 *       readonly action: boolean, readonly addressed: boolean }
 *   | { readonly kind: "entered", readonly room: string }} Effect
 */
/** @typedef {{ name: string, session: string, epoch: string, direct: number, active: string,
 *   rooms: Array<{ name: string, seen: number, unread: number, mentions: number, mark?: number }>,
 *   directs: Array<{ name: string, unread: number, messages: Message[] }>,
 *   waiting: Waiting[] }} Saved */

/**
 * What opens a conversation. `login` is the password of a reserved name, and goes with no other name.
 * @typedef {{ name: string, room?: string, password?: string,
 *   login?: { readonly name: string, readonly password: string } }} Wish
 */

const MAX_DIRECTS = 50;

export class Store {
  me = "";
  session = "";
  /** What was told last while we were in no place. */
  stray = "";
  #epoch = "";
  #nextEpoch = "";
  #direct = 0;
  /** @type {Map<string, Place>} */
  #places = new Map();
  /** @type {Waiting[]} */
  #waiting = [];
  #active = "";
  /** Whether somebody looks at the end of the active place. */
  #watched = false;

  /** Rooms first, then conversations, each in the order in which they were entered. */
  get places() {
    const all = [...this.#places.values()];
    return [...all.filter((p) => p.kind === "room"), ...all.filter((p) => p.kind === "direct")];
  }

  /** @returns {Place | undefined} */
  get active() {
    return this.#places.get(this.#active);
  }

  get waiting() {
    return this.#waiting;
  }

  get unread() {
    return this.places.reduce((sum, { unread }) => sum + unread, 0);
  }

  /** @param {string} name */
  room(name) {
    return this.#places.get(nameKey(name));
  }

  /** What is not acked and has not failed, in its order. */
  get unsent() {
    return this.#waiting.filter(({ failed }) => failed === undefined).map(({ post }) => post);
  }

  /**
   * The request that opens a connection.
   * @param {Extract<Event, { type: "welcome" }>} welcome
   * @param {Wish} wish
   * @returns {Extract<Request, { type: "hello" }>}
   */
  hello(welcome, { name, room, password, login }) {
    this.#nextEpoch = welcome.epoch;
    const rooms = this.places.filter(({ kind }) => kind === "room");
    const seq = Object.fromEntries(rooms.map((place) => [place.name, place.seen]));
    const shown = this.session === "" ? name : this.me;
    const resumes = this.#epoch !== "" && rooms.length > 0;
    return {
      type: "hello",
      name: shown,
      ...(password === undefined ? {} : { password }),
      ...(login !== undefined && sameName(login.name, shown) ? { login: login.password } : {}),
      ...(resumes || room === undefined ? {} : { room }),
      ...(this.session === "" ? {} : { session: this.session }),
      ...(resumes ? { resume: { epoch: this.#epoch, seq, direct: this.#direct } } : {}),
    };
  }

  /**
   * @param {Event} event
   * @returns {Effect[]}
   */
  take(event) {
    switch (event.type) {
      case "ready":
        return this.#takeReady(event);
      case "message":
        return this.#takeMessage(event);
      case "direct":
        return this.#takeDirect(event);
      case "ack":
        return this.#takeAck(event);
      case "gap": {
        const place = this.room(event.room);
        if (place === undefined || event.to === null) return [];
        place.seen = Math.max(place.seen, event.to);
        place.timeline.tellGap(event.from, event.to);
        return [];
      }
      case "error":
        return this.#takeError(event);
      case "notice":
        this.note(event.text);
        return [];
      default:
        return this.#takePresence(event);
    }
  }

  /**
   * Shows a place; what is unread in it begins at its mark.
   * @param {string} key
   */
  activate(key) {
    const before = this.active;
    const place = this.#places.get(key);
    if (place === undefined) return;
    if (before !== undefined && before !== place) before.mark = undefined;
    this.#active = key;
    this.stray = "";
    if (place.unread === 0) place.mark = undefined;
  }

  /**
   * Says whether the end of the active place is in sight: then nothing in it is unread.
   * @param {boolean} watched
   */
  watch(watched) {
    this.#watched = watched;
    const { active } = this;
    if (watched && active !== undefined) active.unread = active.mentions = 0;
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
    const directs = this.places.filter(({ kind }) => kind === "direct");
    if (directs.length > MAX_DIRECTS && directs[0] !== undefined) this.forget(directs[0].key);
    return place;
  }

  /** @param {string} key */
  forget(key) {
    this.#places.delete(key);
    if (this.#active === key) this.activate(this.places[0]?.key ?? "");
  }

  /**
   * Tells something in the place that is shown.
   * @param {string} text
   * @param {"plain" | "error"} [tone]
   */
  note(text, tone = "plain") {
    if (this.active === undefined) this.stray = text;
    else this.active.timeline.note(text, tone);
  }

  /**
   * Keeps a message until it is acked.
   * @param {Post} post
   * @param {number} at
   */
  post(post, at) {
    const place = post.type === "say" ? this.room(post.room) : this.converse(post.to);
    if (place === undefined) return;
    place.mark = undefined;
    this.#waiting = [...this.#waiting, { place: place.key, post, at }];
  }

  /**
   * Takes back a message that waits.
   * @param {string} id
   * @returns {Waiting | undefined}
   */
  withdraw(id) {
    const found = this.#waiting.find(({ post }) => post.id === id);
    this.#waiting = this.#waiting.filter((each) => each !== found);
    return found;
  }

  /** @param {{ room: string, members: readonly string[], total: number }} event */
  setMembers({ room, members, total }) {
    const place = this.room(room);
    if (place !== undefined) Object.assign(place, { members, total });
  }

  /** @param {{ from: string }} message */
  isOwn = ({ from }) => sameName(from, this.me);

  /** What a reload needs to go on. @returns {Saved} */
  save() {
    const rooms = [];
    const directs = [];
    for (const { kind, name, seen, unread, mentions, mark, timeline } of this.places) {
      if (kind === "room") {
        rooms.push({ name, seen, unread, mentions, ...(mark === undefined ? {} : { mark }) });
      } else directs.push({ name, unread, messages: messagesOf(name, timeline) });
    }
    return {
      name: this.me,
      session: this.session,
      epoch: this.#epoch,
      direct: this.#direct,
      active: this.#active,
      rooms,
      directs,
      waiting: this.#waiting,
    };
  }

  /** @param {Saved} saved */
  restore(saved) {
    this.me = saved.name;
    this.session = saved.session;
    this.#epoch = saved.epoch;
    this.#direct = saved.direct;
    this.#waiting = saved.waiting;
    for (const { name, seen, unread, mentions, mark } of saved.rooms) {
      const place = newPlace("room", nameKey(name), name, seen);
      this.#places.set(place.key, Object.assign(place, { unread, mentions, mark }));
    }
    for (const { name, unread, messages } of saved.directs) {
      const place = this.converse(name);
      place.unread = unread;
      for (const message of messages) this.#append(place, message);
    }
    this.activate(saved.active);
  }

  /**
   * @param {Extract<Event, { type: "ready" }>} event
   * @returns {Effect[]}
   */
  #takeReady({ name, session, room, seq, topic = "", direct }) {
    if (this.#epoch !== "" && this.#nextEpoch !== this.#epoch) this.#beginEra();
    if (session !== this.session) this.#direct = direct;
    this.#epoch = this.#nextEpoch;
    this.session = session;
    this.me = name;
    return this.#enter(room, seq, topic);
  }

  #beginEra() {
    for (const place of this.#places.values()) {
      if (place.kind === "direct") continue;
      const wasEmpty = place.timeline.items.length === 0;
      place.timeline.beginEra();
      place.seen = 0;
      place.mark = undefined;
      if (!wasEmpty) place.timeline.note("The server has begun a new history here.");
    }
  }

  /**
   * @param {string} room
   * @param {number} seq
   * @param {string} topic
   * @returns {Effect[]}
   */
  #enter(room, seq, topic) {
    const key = nameKey(room);
    const known = this.#places.get(key);
    if (known !== undefined) {
      Object.assign(known, { name: room, topic });
      return [];
    }
    this.#places.set(key, { ...newPlace("room", key, room, seq), topic });
    if (this.active === undefined) this.activate(key);
    return [{ kind: "entered", room }];
  }

  /**
   * @param {Message} message
   * @returns {Effect[]}
   */
  #takeMessage(message) {
    const place = this.room(message.room);
    if (place === undefined || message.seq <= place.seen) return [];
    place.seen = message.seq;
    return this.#hear(place, message);
  }

  /**
   * @param {Extract<Event, { type: "direct" }>} event
   * @returns {Effect[]}
   */
  #takeDirect({ from, at, text, n }) {
    if (n <= this.#direct) return [];
    this.#direct = n;
    const place = this.converse(from);
    return this.#hear(place, { room: "", seq: place.seen + 1, from, at, text });
  }

  /**
   * @param {Place} place
   * @param {Message} message
   * @returns {Effect[]}
   */
  #hear(place, message) {
    const { from, text, action = false } = message;
    const own = this.isOwn(message);
    const addressed = place.kind === "direct" || isAddressedTo(text, this.me);
    const before = place.timeline.end;
    this.#append(place, message);
    if (own) return [];
    if (!this.#watched || place !== this.active) {
      if (place.unread === 0) place.mark = before;
      place.unread++;
      if (addressed) place.mentions++;
    }
    return [{ kind: "heard", place, from, text, action, addressed }];
  }

  /**
   * @param {Place} place
   * @param {Message} message
   */
  #append(place, message) {
    place.seen = Math.max(place.seen, message.seq);
    const follows = place !== this.active || this.#watched;
    place.timeline.add(message, { own: this.isOwn(message), follows });
  }

  /**
   * @param {Extract<Event, { type: "ack" }>} event
   * @returns {Effect[]}
   */
  #takeAck({ id, room, seq = 0, at }) {
    const waiting = id === undefined ? undefined : this.withdraw(id);
    const place = waiting === undefined
      ? this.room(room ?? "")
      : this.#places.get(waiting.place) ?? this.room(room ?? "");
    if (place === undefined) return [];
    if (waiting === undefined) {
      if (seq <= place.seen) return [];
      // Ours, from before a reload, and its text is not known any more.
      place.seen = seq;
      return [{ kind: "refill", room: place.name, before: seq + 1 }];
    }
    const { post } = waiting;
    const action = post.type === "say" && post.action === true;
    this.#append(place, {
      room: place.name,
      seq: post.type === "say" ? seq : place.seen + 1,
      from: this.me,
      at,
      text: post.text,
      ...(action ? { action } : {}),
    });
    return [];
  }

  /**
   * @param {Extract<Event, { type: "error" }>} event
   * @returns {Effect[]}
   */
  #takeError({ id, text }) {
    const waits = this.#waiting.some(({ post }) => post.id === id);
    if (!waits) this.note(text, "error");
    else {
      this.#waiting = this.#waiting.map((each) =>
        each.post.id === id ? { ...each, failed: text } : each
      );
    }
    return [];
  }

  /**
   * @param {Event} event
   * @returns {Effect[]}
   */
  #takePresence(event) {
    switch (event.type) {
      case "joined":
        if (event.seq !== undefined) return this.#enter(event.room, event.seq, event.topic ?? "");
        changeMember(this.room(event.room), event.name, "joined");
        break;
      case "left":
        if (sameName(event.name, this.me)) this.forget(nameKey(event.room));
        else changeMember(this.room(event.room), event.name, "left", event.reason);
        break;
      case "renamed":
        this.#rename(event.from, event.to, event.id !== undefined);
        break;
      case "members":
        this.setMembers(event);
        break;
      case "topic": {
        const place = this.room(event.room);
        if (place === undefined) break;
        place.topic = event.text;
        if (event.from !== undefined) place.timeline.note(topicNews(event.from, event.text));
        break;
      }
      case "account":
        // Whoever shows the password of another name goes by it from then on.
        if (!sameName(event.name, this.me)) this.#rename(this.me, event.name, true);
        break;
    }
    for (const text of peopleNews(event)) this.note(text);
    return [];
  }

  /**
   * @param {string} from
   * @param {string} to
   * @param {boolean} asked
   */
  #rename(from, to, asked) {
    const mine = asked || sameName(from, this.me);
    if (mine) this.me = to;
    for (const place of this.#places.values()) renameMember(place, from, to, mine);
  }
}
