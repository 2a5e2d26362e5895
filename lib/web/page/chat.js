// @ts-check
/// <reference lib="dom" />
/** The conversation: the store and the connection together, and what a typed line does. */

import { parseLine } from "./commands.js";
import { Connection, RequestError } from "./connection.js";
import { nameKey } from "./names.js";
import { Pager } from "./pager.js";
import { saveSession, setPreference } from "./saved.js";
import { Store } from "./store.js";

/** @typedef {import("../../wire/event.ts").Event} Event */
/** @typedef {import("../../wire/event.ts").Request} Request */
/** @typedef {import("../../wire/event.ts").Message} Message */
/** @typedef {import("./connection.js").Status} Status */
/** @typedef {import("./store.js").Effect} Effect */
/** @typedef {import("./store.js").Place} Place */
/** @typedef {import("./store.js").Wish} Wish */
/**
 * @typedef {object} ChatOptions
 * @property {() => WebSocket} open
 * @property {import("./commands.js").CommandTable} table
 * @property {() => void} changed
 * @property {(status: Status) => void} status
 * @property {(heard: Extract<Effect, { kind: "heard" }>) => void} heard
 * @property {(asked: Asked) => void} asked something to be shown that is not a message
 */
/**
 * @typedef {{ kind: "help" } | { kind: "rooms", rooms: Extract<Event, { type: "rooms" }>["rooms"] }
 *   | { kind: "found", query: string, messages: readonly Message[], more: boolean }
 *   | { kind: "people" } | { kind: "end" } | { kind: "earlier" }} Asked
 */

export class Chat {
  store = new Store();
  #options;
  #connection;
  /** @type {Wish} */
  #wish;
  #pager;
  /** @type {{ query: string, messages: readonly Message[] }} */
  #search = { query: "", messages: [] };
  /** @type {boolean | undefined} */
  #needsPassword;

  /**
   * @param {ChatOptions} options
   * @param {Wish} wish
   * @param {import("./store.js").Saved} [saved]
   */
  constructor(options, wish, saved) {
    this.#options = options;
    this.#wish = wish;
    if (saved !== undefined) this.store.restore(saved);
    this.#connection = new Connection({
      open: options.open,
      hello: (welcome) => this.store.hello(welcome, this.#wish),
      unsent: () => this.store.unsent,
      take: (event) => this.#take(event),
      status: (status) => this.#options.status(status),
      known: saved !== undefined,
    });
    this.#pager = new Pager({
      ask: (request) => this.#connection.ask(request),
      isOnline: () => this.online,
      isOwn: this.store.isOwn,
      complain: (text) => this.store.note(text, "error"),
      changed: options.changed,
    });
  }

  connect() {
    this.#connection.connect();
  }

  get online() {
    return this.#connection.online;
  }

  /** Whether the server has a password; `undefined` while it has said nothing. */
  get needsPassword() {
    return this.#needsPassword;
  }

  wake() {
    this.#connection.wake();
  }

  close() {
    this.#connection.close();
  }

  /**
   * Does what a typed line asks for.
   * @param {string} line
   */
  async submit(line) {
    const { store } = this;
    const place = store.active;
    const room = place?.kind === "room" ? place.name : "";
    const parsed = parseLine(line, { room, names: place?.members ?? [] }, this.#options.table);
    if (parsed.kind === "error") store.note(parsed.text, "error");
    else if (parsed.kind === "request") await this.#attempt(() => this.#do(parsed.request, place));
    else if (parsed.kind === "help") this.#options.asked({ kind: "help" });
    else this.close();
    this.#changed();
  }

  /**
   * Enters a room, or shows it.
   * @param {string} name
   */
  async enter(name) {
    const place = this.store.room(name);
    if (place !== undefined) return this.show(place.key);
    await this.#attempt(() => this.#do({ type: "join", room: name }, undefined));
    this.#changed();
  }

  /** @param {string} key */
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
    const text = this.store.withdraw(id)?.post.text ?? "";
    this.#changed();
    return text;
  }

  /** Asks for the messages before those that are here. */
  async loadEarlier() {
    if (this.store.active !== undefined) await this.#pager.earlier(this.store.active);
  }

  /** Asks for the messages after those that are here. */
  async loadLater() {
    if (this.store.active !== undefined) await this.#pager.later(this.store.active);
  }

  /** Shows the end of the active place. */
  async toEnd() {
    if (this.store.active !== undefined) await this.#pager.toEnd(this.store.active);
  }

  /**
   * Shows one message of a room and what was said around it.
   * @param {Message} message
   */
  async showMessage({ room, seq }) {
    const place = this.store.room(room);
    if (place === undefined) return;
    this.store.activate(place.key);
    await this.#pager.around(place, seq);
    this.#changed();
  }

  save() {
    if (this.store.session !== "") saveSession(this.store.save());
  }

  /** @param {Event} event */
  #take(event) {
    if (event.type === "welcome") {
      this.#needsPassword = event.needs.includes("password");
      return;
    }
    for (const effect of this.store.take(event)) this.#perform(effect);
    if (event.type === "ready") {
      for (const { kind, name } of this.store.places) if (kind === "room") this.#ask(name);
    }
    // A message that was acked must not be sent again after a reload.
    if (event.type === "ack") this.save();
    this.#changed();
  }

  /** @param {Effect} effect */
  #perform(effect) {
    if (effect.kind === "heard") return this.#options.heard(effect);
    if (effect.kind === "entered") return this.#connection.online && this.#ask(effect.room);
    const place = this.store.room(effect.room);
    if (place !== undefined) void this.#pager.refill(place, effect.before);
  }

  /**
   * Asks who is in a room.
   * @param {string} room
   */
  #ask(room) {
    this.#connection.ask({ type: "who", room }).then((event) => {
      this.store.take(event);
      this.#changed();
    }, () => {});
  }

  /**
   * @param {Request} request
   * @param {Place | undefined} place where it was typed
   */
  async #do(request, place) {
    if (request.type === "say" || request.type === "direct") return this.#post(request, place);
    if ("room" in request && request.room === "" && place?.kind === "direct") {
      throw new RequestError("no-room", `This is for rooms; here you are talking to ${place.name}`);
    }
    if (request.type === "search") return await this.#find(request.query);
    if (request.type === "history") return this.#options.asked({ kind: "earlier" });
    const event = await this.#connection.ask(request);
    for (const effect of this.store.take(event)) this.#perform(effect);
    switch (event.type) {
      case "account":
        this.#prove(request, event.name);
        break;
      case "joined":
        this.store.activate(nameKey(event.room));
        break;
      case "renamed":
        setPreference("name", event.to);
        break;
      case "rooms":
        this.#options.asked({ kind: "rooms", rooms: event.rooms });
        break;
      case "members":
        this.#tellMembers(event);
        break;
      case "topic":
        if (event.from === undefined) this.store.note(topicOf(event));
    }
    this.save();
  }

  /**
   * Remembers, in this page and nowhere else, what a server that was started anew will want to see.
   * @param {Request} request
   * @param {string} name
   */
  #prove(request, name) {
    const { login: _, ...wish } = this.#wish;
    const password = "password" in request ? request.password : undefined;
    this.#wish = password === undefined ? wish : { ...wish, login: { name, password } };
    setPreference("name", name);
  }

  /** @param {Extract<Event, { type: "members" }>} event */
  #tellMembers({ room, members, total }) {
    if (this.store.active?.key === nameKey(room)) this.#options.asked({ kind: "people" });
    else this.store.note(`${total} in ${room}: ${members.join(", ")}`);
  }

  /**
   * @param {Extract<Request, { type: "say" | "direct" }>} request
   * @param {Place | undefined} place
   */
  #post(request, place) {
    const id = this.#connection.nextId();
    /** @type {import("./store.js").Post} */
    let post = { ...request, id };
    if (request.type === "say" && place?.kind === "direct") {
      const text = request.action ? `* ${request.text}` : request.text;
      post = { type: "direct", to: place.name, text, id };
    }
    const excess = this.#connection.excess(post);
    if (excess !== undefined) throw new RequestError("too-long", excess);
    this.store.post(post, Date.now());
    if (post.type === "direct") this.store.activate(this.store.converse(post.to).key);
    // Kept before it is sent: a page can be gone at any time.
    this.save();
    this.#connection.post(post);
    this.#options.asked({ kind: "end" });
  }

  /** @param {string} query `""`: more of the one before. */
  async #find(query) {
    const goesOn = query === "";
    if (goesOn && this.#search.query === "") {
      throw new RequestError("no-query", "/search needs words to look for, as in: /search lunch");
    }
    const known = goesOn ? this.#search.messages : [];
    const words = goesOn ? this.#search.query : query;
    const event = await this.#connection.ask({
      type: "search",
      query: words,
      ...(known.length > 0 ? { skip: known.length } : {}),
    });
    if (event.type !== "page") return;
    const messages = [...known, ...event.messages];
    this.#search = { query: words, messages };
    this.#options.asked({ kind: "found", query: words, messages, more: event.more });
  }

  /** @param {() => void | Promise<void>} action */
  async #attempt(action) {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.store.note(error.message, "error");
    }
    this.#changed();
  }

  #changed() {
    this.#options.changed();
  }
}

/**
 * @param {Extract<Event, { type: "topic" }>} event
 * @returns {string}
 */
function topicOf({ room, text }) {
  return text === "" ? `${room} has no topic; /topic TEXT sets one.` : `The topic: ${text}`;
}
