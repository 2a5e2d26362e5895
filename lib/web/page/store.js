// @ts-check
/**
 * What the page knows: who we are, the rooms and direct conversations that we are in, what is
 * unread, and what waits to be sent. Events go in; what the page should do about them comes out. Pure.
 */

import { tellCommand } from "../../words/commands/table.js";
import { helloOf } from "./hello.js";
import { Inbox, PendingPosts, placeOfPost } from "./mail.js";
import { sameName } from "../../words/names.js";
import { changeMember, placeKey, topicNews } from "./place.js";
import { PlaceList } from "./places.js";

/** @import { Event, EventOf } from "../../wire/events.ts" */
/** @import { RequestOf } from "../../wire/requests.ts" */
/** @import { Wish } from "./hello.js" */
/** @import { Effect, Post, Waiting } from "./mail.js" */
/** @import { Place, PlaceKey } from "./place.js" */
/** @import { SavedPlaces } from "./places.js" */
/** @typedef {{ name: string, session: string, epoch: string, direct: number, waiting: Waiting[] }
 *   & SavedPlaces} Saved */

const LOST = "The server does not know this session any more, so it may have arrived or not.";

export class Store {
  me = "";
  session = "";
  /** What was told last while we were in no place. */
  stray = "";
  outgoing = new PendingPosts();
  #epoch = "";
  #nextEpoch = "";
  #places = new PlaceList();
  #inbox = new Inbox(this.#places, this.outgoing, () => this.me);

  /** Rooms first, then conversations, each in the order in which they were entered. */
  get places() {
    return this.#places.all;
  }

  get active() {
    return this.#places.active;
  }

  get waiting() {
    return this.outgoing.all;
  }

  get unread() {
    return this.places.reduce((sum, { unread }) => sum + unread, 0);
  }

  /** @param {string} name */
  room(name) {
    return this.#places.room(name);
  }

  /** What is not acked and has not failed, in its order. */
  get unsent() {
    return this.outgoing.unsent;
  }

  /**
   * The request that opens a connection.
   * @param {EventOf<"welcome">} welcome
   * @param {Wish} wish
   * @returns {RequestOf<"hello">}
   */
  hello(welcome, wish) {
    this.#nextEpoch = welcome.epoch;
    return helloOf(wish, {
      me: this.me,
      session: this.session,
      epoch: this.#epoch,
      direct: this.#inbox.lastDirect,
      rooms: this.#places.rooms,
    });
  }

  /** @type {(event: Event) => Effect[]} */
  take(event) {
    switch (event.type) {
      case "ready":
        return this.#takeReady(event);
      case "message":
        return this.#inbox.takeMessage(event);
      case "direct":
        return this.#inbox.takeDirect(event);
      case "ack":
        return this.#inbox.takeAck(event);
      case "gap": {
        const place = this.room(event.room ?? "");
        if (place === undefined) return [];
        if (event.to === null) {
          // With another epoch it has begun already.
          if (place.seen > 0) this.#places.beginEra([place]);
          return [];
        }
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

  /** Shows a place; what is unread in it begins at its mark. @param {PlaceKey} key */
  activate(key) {
    if (this.#places.activate(key)) this.stray = "";
  }

  /**
   * Says whether the end of the active place is in sight: then nothing in it is unread.
   * @param {boolean} watched
   */
  watch(watched) {
    this.#inbox.watch(watched);
  }

  /** Opens a conversation with somebody. @type {(name: string) => Place} */
  converse(name) {
    return this.#places.converse(name);
  }

  /** @param {PlaceKey} key */
  forget(key) {
    this.#places.forget(key);
  }

  /**
   * Tells something in the place that is shown.
   * @param {string} text @param {"plain" | "error"} [tone]
   */
  note(text, tone = "plain") {
    if (this.active === undefined) this.stray = text;
    else this.active.timeline.note(text, tone);
  }

  /** Keeps a message until it is acked. @param {Post} post @param {number} at */
  post(post, at) {
    const place = post.type === "say" ? this.room(post.room) : this.converse(post.to ?? "");
    if (place === undefined) return;
    place.mark = undefined;
    this.outgoing.add({ place: placeOfPost(post), post, at });
  }

  /** @param {Omit<EventOf<"members">, "type">} event */
  setMembers({ room, members, total, visitors = [] }) {
    const place = this.room(room);
    if (place !== undefined) Object.assign(place, { members, total, visitors });
  }

  /** @param {{ from: string }} message */
  isOwn = ({ from }) => sameName(from, this.me);

  /** What a reload needs to go on. @returns {Saved} */
  save() {
    return {
      name: this.me,
      session: this.session,
      epoch: this.#epoch,
      direct: this.#inbox.lastDirect,
      ...this.#places.save(),
      waiting: this.waiting,
    };
  }

  /** @param {Saved} saved */
  restore(saved) {
    this.me = saved.name;
    this.session = saved.session;
    this.#epoch = saved.epoch;
    this.#inbox.lastDirect = saved.direct;
    this.outgoing.restore(saved.waiting);
    this.#places.restore(saved, (place, message) => this.#inbox.append(place, message));
  }

  /** @type {(event: EventOf<"ready">) => Effect[]} */
  #takeReady({ name, session, room, seq, last, topic = "", direct, lost }) {
    const anew = this.#epoch !== "" && this.#nextEpoch !== this.#epoch;
    const another = this.session !== "" && session !== this.session;
    // A server that begins anew has none of it, unless it says that it has lost the session.
    if (lost === true || (another && !anew)) this.outgoing.hold(LOST);
    if (anew) this.#places.beginEra();
    if (session !== this.session) this.#inbox.lastDirect = direct;
    this.#epoch = this.#nextEpoch;
    this.session = session;
    this.me = name;
    return this.#enter(room, seq, topic, last);
  }

  /**
   * @param {string} room
   * @param {number} seq
   * @param {string} topic
   * @param {number} [last] the room's last number, where what was said before follows
   * @returns {Effect[]}
   */
  #enter(room, seq, topic, last = seq) {
    this.stray = "";
    return this.#places.enter({ room, seq, topic, last }) ? [{ kind: "entered", room }] : [];
  }

  /** @type {(event: EventOf<"error">) => Effect[]} */
  #takeError({ id, text }) {
    if (!this.outgoing.fail(id, text)) this.note(text, "error");
    return [];
  }

  /** @type {(event: Event) => Effect[]} */
  #takePresence(event) {
    switch (event.type) {
      case "joined":
        if (event.seq !== undefined) {
          return this.#enter(event.room, event.seq, event.topic ?? "", event.last);
        }
        changeMember(this.room(event.room), event.name, "joined");
        return [];
      case "left":
        if (sameName(event.name, this.me)) this.forget(placeKey("room", event.room));
        else changeMember(this.room(event.room), event.name, "left", event.reason);
        return [];
      case "renamed":
        this.#rename(event.from, event.to, event.id !== undefined);
        return [];
      case "members":
        this.setMembers(event);
        return [];
      case "topic": {
        const place = this.room(event.room);
        if (place === undefined) return [];
        place.topic = event.text;
        if (event.from !== undefined) place.timeline.note(topicNews(event.from, event.text));
        return [];
      }
      case "rooms":
        // A dialog shows them.
        return [];
      case "account":
        // Whoever shows the password of another name goes by it from then on.
        if (!sameName(event.name, this.me)) this.#rename(this.me, event.name, true);
    }
    for (const text of tellCommand(event) ?? []) this.note(text);
    return [];
  }

  /** @param {string} from @param {string} to @param {boolean} asked */
  #rename(from, to, asked) {
    const mine = asked || sameName(from, this.me);
    if (mine) this.me = to;
    this.#places.rename(from, to, mine);
  }
}
