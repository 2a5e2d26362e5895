// @ts-check
/// <reference lib="dom" />
/** The conversation: the store and the connection together, and what a typed line does. */

import { parseLine } from "../../words/parse.js";
import { PageConnection, RequestFault, UNSENT_CODES } from "./connection.js";
import { Finder, Pager, RoomDetails } from "./pager.js";
import { wishOf } from "./hello.js";
import { postOf } from "./mail.js";
import { membersOf, missingText, placeKey, topicOf } from "./place.js";
import { noteVisit, setPreference } from "./saved.js";
import { Sender } from "./sender.js";
import { Store } from "./store.js";

/** @import { Event } from "../../wire/events.ts" */
/** @import { Request } from "../../wire/requests.ts" */
/** @import { Status } from "./connection.js" */
/** @import { Wish } from "./hello.js" */
/** @import { Effect } from "./mail.js" */
/** @import { Asked } from "./pager.js" */
/** @import { Place, PlaceKey } from "./place.js" */
/** @import { Saved } from "./store.js" */
/**
 * @typedef {object} ChatOptions
 * @property {() => WebSocket} open
 * @property {() => void} changed
 * @property {(status: Status) => void} status
 * @property {(heard: Extract<Effect, { kind: "heard" }>) => void} heard
 * @property {(asked: Asked) => void} asked something to be shown that is not a message
 */

export class Chat {
  store = new Store();
  /** Whether the server has a password. @type {boolean | undefined} nothing while it has said nothing */
  needsPassword;
  /** What the server is called. */
  title = "";
  #options;
  /** @type {PageConnection} */
  link;
  /** @type {Wish} */
  #wish;
  #pager;
  #finder = new Finder((request) => this.link.ask(request));
  #details;
  #sender;

  /** @param {ChatOptions} options @param {Wish} wish @param {Saved} [saved] */
  constructor(options, wish, saved) {
    this.#options = options;
    this.#wish = wish;
    if (saved !== undefined) this.store.restore(saved);
    this.link = new PageConnection({
      open: options.open,
      hello: (welcome) => this.store.hello(welcome, this.#wish),
      unsent: () => this.store.unsent,
      take: (event) => this.#take(event),
      status: (status) => this.#options.status(status),
      known: saved !== undefined,
    });
    this.#sender = new Sender(this.store, this.link);
    this.#details = new RoomDetails(this.store, this.link, () => this.#changed());
    this.#pager = new Pager({
      ask: (request) => this.link.ask(request),
      isOnline: () => this.online,
      isOwn: this.store.isOwn,
      complain: (text) => this.store.note(text, "error"),
      changed: options.changed,
    });
  }

  get online() {
    return this.link.online;
  }

  close() {
    this.link.close();
  }

  /**
   * Does what a typed line asks for.
   * @param {string} line
   * @returns {Promise<boolean>} false where the line went nowhere, and its text would be lost
   */
  async submit(line) {
    const { store } = this;
    const place = store.active;
    const room = place?.kind === "room" ? place.name : "";
    const parsed = parseLine(line, { room, names: place?.members ?? [] });
    if (parsed.kind === "error") store.note(parsed.text, "error");
    else if (parsed.kind === "request") {
      const code = await this.#attempt(() => this.#do(parsed.request, place));
      return !UNSENT_CODES.has(code ?? "");
    } else if (parsed.kind === "help") this.#options.asked({ kind: "help" });
    else this.close();
    this.#changed();
    return true;
  }

  /** Enters a room, or shows it. @param {string} name */
  async enter(name) {
    const place = this.store.room(name);
    if (place !== undefined) return this.show(place.key);
    await this.#attempt(() => this.#do({ type: "join", room: name }, undefined));
    this.#changed();
  }

  /** @param {PlaceKey} key */
  show(key) {
    this.store.activate(key);
    this.#changed();
  }

  /** @param {string} name */
  converse(name) {
    this.show(this.store.converse(name).key);
  }

  /** @param {Place} place */
  async leave(place) {
    if (place.kind === "direct") this.store.forget(place.key);
    else await this.#attempt(() => this.#do({ type: "leave", room: place.name }, place));
    this.#changed();
  }

  async rooms() {
    await this.#attempt(() => this.#do({ type: "rooms" }, undefined));
  }

  /** @param {string} query */
  async search(query) {
    await this.#attempt(() => this.#do({ type: "search", query }, undefined));
  }

  /**
   * Takes a message back that waits or was refused.
   * @param {string} id
   * @returns {string} its text
   */
  withdraw(id) {
    const text = this.store.outgoing.withdraw(id)?.post.text ?? "";
    this.#changed();
    return text;
  }

  /** @param {string} text what could not be done */
  complain(text) {
    this.store.note(text, "error");
    this.#changed();
  }

  /** @param {string} id of a message that may have arrived */
  async resend(id) {
    await this.#attempt(() => this.#sender.resend(id));
  }

  /** Brings more of the history of the active place. @param {"earlier" | "later" | "toEnd"} what */
  async load(what) {
    if (this.store.active !== undefined) await this.#pager[what](this.store.active);
  }

  /**
   * Shows one message of a room and what was said around it.
   * @param {string} room
   * @param {number} seq
   * @returns {Promise<boolean>} whether it is here now; that it is not has been told
   */
  async showMessage(room, seq) {
    const place = this.store.room(room);
    if (place === undefined) return false;
    this.store.activate(place.key);
    const found = await this.around(place, seq);
    if (found) place.sought = seq;
    // What is told stands at the end.
    else await this.#pager.toEnd(place);
    if (!found) this.store.note(missingText(place, seq), "error");
    this.#changed();
    return found;
  }

  /**
   * Brings what was said around a message.
   * @param {Place} place
   * @param {number} seq
   * @returns {Promise<boolean>} whether it is here now
   */
  around(place, seq) {
    return this.#pager.around(place, seq);
  }

  save() {
    this.#sender.save();
  }

  /** @param {Event} event */
  #take(event) {
    if (event.type === "welcome") {
      this.needsPassword = event.needs.includes("password");
      this.title = event.title ?? "";
      return this.#sender.checkUnsent();
    }
    for (const effect of this.store.take(event)) this.#perform(effect);
    if (event.type === "ready") {
      // Whoever leaves it is not brought back when the connection is.
      delete this.#wish.room;
      noteVisit(event.room);
      this.#details.forget();
      this.#pager.resume();
    }
    // A message that was acked must not be sent again after a reload.
    if (event.type === "ack") this.save();
    this.#changed();
  }

  /** @param {Effect} effect */
  #perform(effect) {
    if (effect.kind === "heard") this.#options.heard(effect);
    else if (effect.kind === "owed") this.#pager.owe(effect.place, effect.seq);
  }

  /**
   * @param {Request} request
   * @param {Place | undefined} place where it was typed
   */
  async #do(request, place) {
    if (request.type === "say" || request.type === "direct") {
      this.#sender.send(postOf(request, place, this.link.nextId()));
      return this.#options.asked({ kind: "end" });
    }
    if ("room" in request && request.room === "" && place?.kind === "direct") {
      throw new RequestFault("no-room", `This is for rooms; here you are talking to ${place.name}`);
    }
    if (request.type === "search") {
      const found = await this.#finder.find(request.query);
      return found && this.#options.asked({ kind: "found", ...found });
    }
    if (request.type === "history") return this.#options.asked({ kind: "earlier" });
    const event = await this.link.ask(request);
    for (const effect of this.store.take(event)) this.#perform(effect);
    switch (event.type) {
      case "account":
        this.#wish = wishOf(this.#wish, request, event.name);
        setPreference("name", event.name);
        break;
      case "joined":
        this.store.activate(placeKey("room", event.room));
        noteVisit(event.room);
        break;
      case "renamed":
        setPreference("name", event.to);
        break;
      case "rooms":
        this.#options.asked({ kind: "rooms", rooms: event.rooms });
        break;
      case "members":
        if (this.store.active === this.store.room(event.room)) {
          this.#options.asked({ kind: "people" });
        } else this.store.note(membersOf(event));
        break;
      case "topic":
        if (event.from === undefined) this.store.note(topicOf(event.room, event.text));
    }
    this.save();
  }

  /**
   * @param {() => void | Promise<void>} action
   * @returns {Promise<string | undefined>} the code of what went wrong
   */
  async #attempt(action) {
    let code;
    try {
      await action();
    } catch (error) {
      if (!(error instanceof RequestFault)) throw error;
      code = error.code;
      this.store.note(error.message, "error");
    }
    this.#changed();
    return code;
  }

  #changed() {
    this.#details.look();
    this.#options.changed();
  }
}
