// @ts-check
/**
 * What the page knows: who we are, the rooms and direct conversations that we are in, what is
 * unread, and what waits to be sent. Events go in; what the page should do about them comes out. Pure.
 */

import { OwnAccount } from "./account.js";
import { helloOf } from "./hello.js";
import { takeChats, takeRooms } from "./listed.js";
import { Inbox } from "./mail.js";
import { sameName } from "../../words/names.js";
import { isMessagePost, PendingPosts } from "./pending.js";
import { placeKey } from "./place.js";
import { PlaceList } from "./places.js";
import { RoomNews } from "./room_news.js";
import { ToldList } from "./told.js";

/** @import { Event, EventOf } from "../../wire/events.ts" */
/** @import { RequestOf } from "../../wire/requests.ts" */
/** @import { Wish } from "./hello.js" */
/** @import { Effect } from "./mail.js" */
/** @import { Post, Waiting } from "./pending.js" */
/** @import { Place, PlaceKey } from "./place.js" @import { SavedPlaces } from "./places.js" */
/**
 * `account`: its id; none for a guest.
 * @typedef {{ name: string, session: string, account?: string, epoch: string, direct: number,
 *   waiting: Waiting[] } & SavedPlaces} Saved
 */

/** What the page shows in another way than by sentences. */
const SHOWN = new Set(["rooms", "page", "person", "reactions"]);
const LOST = "The server does not know this session any more, so it may have arrived or not.";
const ANEW = "The server has begun a new history, without what this answers.";
const UNDONE =
  "The server does not know this session any more: what you did about messages last, as " +
  "removing one, may have arrived or not.";

export class Store {
  account = new OwnAccount();
  session = "";
  /** Whether the account has more conversations than those that are here. */
  moreChats = false;
  told = new ToldList();
  outgoing = new PendingPosts();
  #epoch = "";
  #nextEpoch = "";
  placeList = new PlaceList();
  #news = new RoomNews(this.placeList, this.account);
  #inbox = new Inbox(this.placeList, this.outgoing, this.account);

  /** The name that we go by. */
  get me() {
    return this.account.name;
  }

  /** Rooms first, then conversations, each in the order in which they were entered. */
  get places() {
    return this.placeList.all;
  }

  get active() {
    return this.placeList.active;
  }

  get waiting() {
    return this.outgoing.all;
  }

  get unread() {
    return this.places.reduce((sum, place) => sum + this.account.newsIn(place), 0);
  }

  /** @param {string} name */
  room(name) {
    return this.placeList.room(name);
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
      hasAccount: this.account.id !== "",
      epoch: this.#epoch,
      direct: this.#inbox.lastDirect,
      places: this.places,
    });
  }

  /**
   * `tells`: whether people are told of it in the place that is shown, and not by a dialog.
   * @type {(event: Event, tells?: boolean) => Effect[]}
   */
  take(event, tells = true) {
    switch (event.type) {
      case "ready":
        return this.#takeReady(event);
      case "message":
        return this.#inbox.takeMessage(event);
      case "direct":
        return this.#inbox.takeDirect(event);
      case "ack":
        return this.#inbox.takeAck(event);
      case "revised":
      case "removed":
      case "reacted":
      case "pinned":
      case "answered":
        return this.#inbox.takeLife(event);
      case "emptied":
        this.#inbox.takeEmptied(event);
        return [];
      case "gap":
        this.placeList.takeGap(event);
        return [];
      case "read":
        this.#inbox.takeRead(event);
        return [];
      case "chats":
        takeChats(this.placeList, event.chats, false);
        this.moreChats = event.more;
        return [];
      case "settings":
        this.account.takeSettings(event);
        return this.#takeOther(event, tells && event.id !== undefined);
      case "error":
        return this.#takeError(event);
      case "notice":
        this.note(event.text);
        return [];
      default:
        return this.#takeOther(event, tells);
    }
  }

  /** Shows a place; what is unread in it begins at its mark. @param {PlaceKey} key */
  activate(key) {
    if (this.placeList.activate(key)) this.told.stray = "";
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
    return this.placeList.converse(name);
  }

  /** @param {PlaceKey} key */
  forget(key) {
    this.placeList.forget(key);
  }

  /**
   * Tells whoever is here something: all answers and errors come by here.
   * @param {string} text @param {"plain" | "error"} [tone]
   */
  note(text, tone = "plain") {
    this.told.tell(this.active, text, tone);
  }

  /**
   * Keeps something until it is acked.
   * @param {Post} post @param {number} at @param {boolean} [sent] whether it goes to the server now
   * @param {string} [instead] the id of something that waits, in whose place it comes
   * @returns {Place | undefined} where it is to be said
   */
  post(post, at, sent = true, instead) {
    const place = this.placeList.placeOf(post);
    if (place === undefined) return undefined;
    if (isMessagePost(post)) place.mark = undefined;
    this.outgoing.add({ place: place.key, post, at, sent }, instead);
    return place;
  }

  /** What a reload needs to go on. @returns {Saved} */
  save() {
    return {
      name: this.me,
      session: this.session,
      ...(this.account.id === "" ? {} : { account: this.account.id }),
      epoch: this.#epoch,
      direct: this.#inbox.lastDirect,
      ...this.placeList.save(),
      waiting: this.waiting,
    };
  }

  /** @param {Saved} saved */
  restore(saved) {
    this.account.name = saved.name;
    this.account.id = saved.account ?? "";
    this.session = saved.session;
    this.#epoch = saved.epoch;
    this.#inbox.lastDirect = saved.direct;
    this.outgoing.restore(saved.waiting);
    this.placeList.restore(saved, (place, message) => this.#inbox.append(place, message));
  }

  /** @type {(event: EventOf<"ready">) => Effect[]} */
  #takeReady(event) {
    const { session, room, direct, lost, rooms, chats = [] } = event;
    const anew = this.#epoch !== "" && this.#nextEpoch !== this.#epoch;
    const another = this.session !== "" && session !== this.session;
    // A server that begins anew has none of it, unless it says that it has lost the session.
    const isLost = lost === true || (another && !anew);
    const gone = anew ? this.outgoing.beginEra(ANEW) : [];
    if (isLost && this.outgoing.hold(LOST)) this.note(UNDONE, "error");
    if (anew) this.placeList.beginEra();
    for (const what of gone) this.note(what, "error");
    this.outgoing.begin();
    // A session that another tab had comes here without what was said in it.
    if (session !== this.session || this.#epoch === "") this.#inbox.lastDirect = direct;
    this.#epoch = this.#nextEpoch;
    this.session = session;
    this.account.takeReady(event);
    this.moreChats = event.moreChats ?? false;
    if (rooms === undefined) return this.#enter(event, event.seq);
    takeRooms(this.placeList, rooms);
    takeChats(this.placeList, chats);
    if (this.active === undefined && !this.placeList.activate(placeKey("room", room))) {
      this.placeList.activate(this.places[0]?.key ?? "");
    }
    return [];
  }

  /**
   * @param {{ room: string, read?: number, topic?: string, title?: string, last?: number }} event
   *   `last`: the room's last number, where what was said before follows
   * @param {number} seq
   * @returns {Effect[]}
   */
  #enter({ room, read, topic, title, last }, seq) {
    if (room === "") return [];
    this.told.stray = "";
    this.account.invited = this.account.invited.filter((each) => !sameName(each.room, room));
    return this.placeList.enter({ room, seq, topic, title, last: last ?? seq, read })
      ? [{ kind: "entered", room }]
      : [];
  }

  /** @type {(event: EventOf<"error">) => Effect[]} */
  #takeError({ id, code, text }) {
    const waiting = this.waiting.find(({ post }) => post.id === id);
    const place = waiting && this.placeList.get(waiting.place);
    if (code === "chat-gone" && place !== undefined) place.gone = true;
    const post = waiting?.post;
    if (code === "no-such-message" && this.outgoing.lose(id)) return [];
    // Where the message is not here, or not ours, nothing would show that it was not edited.
    const isUnseen = post?.type === "revise" && place?.timeline.said(post.re)?.own !== true;
    if (isUnseen) this.outgoing.withdraw(id);
    const words = isUnseen ? ` (message ${post.re}; you wrote: ${post.text})` : "";
    if (!this.outgoing.fail(id, text)) this.note(text + words, "error");
    return [];
  }

  /** @type {(event: Event, tells?: boolean) => Effect[]} */
  #takeOther(event, tells = true) {
    if (event.type === "joined" && event.seq !== undefined) {
      return this.#enter(event, event.seq);
    }
    // Whoever shows the password of another name goes by it from then on.
    if (event.type === "account" && !sameName(event.name, this.me)) {
      this.#news.rename(this.me, event.name, true);
    }
    const before = this.active;
    const isTaken = this.#news.take(event);
    if (before !== undefined && this.active === undefined && event.id === undefined) {
      this.told.stray = `You are not in ${before.name} any more.`;
    }
    if (isTaken || !tells || SHOWN.has(event.type)) return [];
    return [{ kind: "told", event }];
  }
}
