// @ts-check
/// <reference lib="dom" />
/** The conversation: the store and the connection together, and what a typed line does. */

import { PageConnection } from "./connection.js";
import { Pager } from "./pager.js";
import { wishOf } from "./hello.js";
import { lateMarks } from "./late.js";
import { lateCommands, readTyped, tellEvent } from "./late_commands.js";
import { isLife } from "./pending.js";
import { placeKey } from "./place.js";
import { RequestFault, UNSENT_CODES } from "./request_fault.js";
import { noteVisit, setPreference } from "./saved.js";
import { Sender } from "./sender.js";
import { Store } from "./store.js";

/** @import { Event, EventOf } from "../../wire/events.ts" */
/** @import { Request, RequestOf } from "../../wire/requests.ts" */
/** @import { Asked } from "./asked.js" */
/** @import { Status } from "./connection.js" */
/** @import { ReadMarks } from "./marks.js" */
/** @import { Wish } from "./hello.js" */
/** @import { Effect, SayHow } from "./mail.js" */
/** @import { Place, PlaceKey } from "./place.js" */
/** @import { RoomDetails } from "./room_details.js" */
/** @import { Saved } from "./store.js" */
/**
 * @typedef {object} ChatOptions
 * @property {(live?: WebSocket) => WebSocket} open
 * @property {(epoch: string, known: string) => boolean | undefined} [isOther] whether a server is none of ours
 * @property {() => void} changed
 * @property {(status: Status) => void} status
 * @property {(heard: Extract<Effect, { kind: "heard" | "done" }>) => void} heard what was said, or done about it
 * @property {(asked: Asked) => void} asked something to be shown that is not a message
 */

export class Chat {
  store = new Store();
  /** What the server has said of itself. @type {EventOf<"welcome"> | undefined} */
  welcome;
  #options;
  /** @type {PageConnection} */
  link;
  /** @type {Wish} */
  #wish;
  pager;
  /** @type {RoomDetails | undefined} */
  #details;
  sender;
  /** How far is read, for the other devices of an account. @type {ReadMarks | undefined} */
  marks;

  /** @param {ChatOptions} options @param {Wish} wish @param {Saved} [saved] */
  constructor(options, wish, saved) {
    this.#options = options;
    this.#wish = wish;
    if (saved !== undefined) this.store.restore(saved);
    this.link = new PageConnection({
      open: options.open,
      hello: (welcome) => {
        const isOther = options.isOther?.(welcome.epoch, this.store.save().epoch);
        return isOther ? undefined : this.store.hello(welcome, this.#wish);
      },
      unsent: () => this.store.unsent,
      take: (event) => this.#take(event),
      status: (status) => {
        this.store.account.away.ended(status.code, Date.now());
        this.#options.status(status);
      },
      known: saved !== undefined,
    });
    this.sender = new Sender(this.store, this.link);
    this.pager = new Pager({
      ask: (request) => this.link.ask(request),
      isOnline: () => this.online,
      isOwn: this.store.account.isOwn,
      complain: (text) => this.store.note(text, "error"),
      changed: options.changed,
    });
  }

  get online() {
    return this.link.online;
  }

  close = () => this.link.close();

  /**
   * Does what a typed line asks for.
   * @param {string} line
   * @param {SayHow} [how]
   * @returns {Promise<boolean>} false where the line went nowhere, and its text would be lost
   */
  async submit(line, how) {
    const { store } = this;
    const place = store.active;
    const typed = readTyped(line, place, lateCommands.here ?? await lateCommands.come(), this);
    const parsed = typed.kind === "withdraw" ? this.sender.takeBack(typed) : typed;
    if ("text" in parsed) store.note(parsed.text, parsed.kind === "told" ? "plain" : "error");
    else if (parsed.kind === "request") {
      const { request } = parsed;
      const code = await this.#attempt(() => this.#do(request, place, how));
      // What is for a person is kept when it is known for whom.
      return code === undefined || request.type !== "direct" && !UNSENT_CODES.has(code);
    } else if (parsed.kind === "quit") this.close();
    else this.#options.asked(/** @type {Asked} */ (parsed));
    this.#changed();
    return parsed.kind !== "doubt";
  }

  /** Enters a room, or shows it. @param {string} name @param {RequestOf<"join">["access"]} [access] who may enter it, if it is new */
  async enter(name, access) {
    const place = this.store.room(name);
    if (place !== undefined) return this.show(place.key);
    await this.run({ type: "join", room: name, ...(access === undefined ? {} : { access }) });
  }

  /** @param {PlaceKey} key */
  show(key) {
    this.store.activate(key);
    this.#changed();
  }

  /** @param {string} name as its person writes it */
  converse(name) {
    this.show(this.store.converse(name).key);
  }

  /** The same with whoever is meant; where nobody is called that, it is told. @param {string} name */
  async meet(name) {
    await this.#attempt(async () => this.converse(await this.sender.nameOf(name)));
  }

  /** @param {Place} place */
  async leave(place) {
    if (place.kind === "room") return void await this.run({ type: "leave", room: place.name });
    this.store.forget(place.key);
    this.#changed();
  }

  /**
   * Does what somebody asks for otherwise than by a line.
   * @param {Request} request
   * @returns {Promise<string | undefined>} the code of what went wrong
   */
  async run(request) {
    return await this.#attempt(() => this.#do(request, undefined));
  }

  /**
   * Asks, and takes note of the answer. Throws a {@link RequestFault}.
   * @param {Request} request
   * @param {boolean} [tells] whether people are told of the answer, and not by a dialog
   */
  async ask(request, tells = false) {
    const event = await this.link.ask(request);
    for (const effect of this.store.take(event, tells)) this.#perform(effect, request);
    this.#options.changed();
    return event;
  }

  /** Ends this session and the right to come back to it. */
  signOut() {
    if (this.online) this.link.post({ type: "logout" });
    else this.complain("There is no connection at the moment; sign out when it is back");
  }

  /** Takes a message back that waits or was refused. @param {string} id */
  withdraw(id) {
    const post = this.sender.withdraw(id);
    this.#changed();
    return post;
  }

  /** @param {string} text what could not be done */
  complain(text) {
    this.store.note(text, "error");
    this.#changed();
  }

  /** @param {string} id of a message that may have arrived */
  async resend(id) {
    await this.#attempt(() => this.sender.resend(id));
  }

  /** Brings more of the history of the active place. @param {"earlier" | "later" | "toEnd"} what */
  async load(what) {
    const { active } = this.store;
    if (active === undefined) return;
    // Whoever wants to see the end passes over the rest.
    if (what === "toEnd") active.led = undefined;
    await this.pager[what](active);
  }

  /** @param {Event} event */
  #take(event) {
    if (event.type === "welcome") {
      this.welcome = event;
      this.#options.changed();
      return this.sender.checkUnsent();
    }
    for (const effect of this.store.take(event)) this.#perform(effect);
    if (event.type === "ready") {
      // Whoever leaves it is not brought back when the connection is; a link is used once.
      const { room: _room, invite, beside: _beside, ...lasting } = this.#wish;
      this.#wish = lasting;
      // It leads into its room, wherever one was before.
      if (invite !== undefined) this.store.activate(placeKey("room", event.room));
      for (const away of this.store.account.away.back(Date.now())) this.ask(away).catch(() => {});
      if (event.room !== "") noteVisit(event.room);
      this.#details?.forget();
      this.marks?.forget();
      void this.#comeLate();
      this.pager.resume();
    }
    // A message that was acked must not be sent again after a reload.
    if (event.type === "ack") this.sender.save();
    this.#changed();
  }

  /** What is of use only with a connection, and to some with an account only. */
  async #comeLate() {
    const come = this.store.account.id === "" ? undefined : await lateMarks.come();
    this.marks ??= come && new come.ReadMarks(this.store, (request) => this.ask(request));
    await lateCommands.come();
    this.#changed();
  }

  /** @param {Effect} effect @param {Request} [request] that was answered */
  #perform(effect, request) {
    if (effect.kind === "heard" || effect.kind === "done") this.#options.heard(effect);
    else if (effect.kind === "owed") this.pager.owe(effect.place, effect.seq);
    else if (effect.kind === "told") {
      void tellEvent(effect.event, this.store, request).then(() => this.#changed());
    }
  }

  /** @param {Request} request @param {Place | undefined} place where it was typed @param {SayHow} [how] */
  async #do(request, place, how) {
    if (request.type === "say" || request.type === "direct") {
      await this.sender.say(request, place, how);
      return this.#options.asked({ kind: "end" });
    }
    if (isLife(request)) return this.sender.change(request, place !== undefined);
    if (request.type === "history") {
      return this.#options.asked({ kind: request.files ? "files" : "earlier" });
    }
    if ("room" in request && request.room === "" && place?.kind === "direct") {
      throw new RequestFault("no-room", `This is for rooms; here you are talking to ${place.name}`);
    }
    if (request.type === "search") {
      const found = await (await lateCommands.come())?.find(request.query, this.link);
      return found && this.#options.asked({ kind: "found", ...found });
    }
    const event = await this.ask(request, true);
    switch (event.type) {
      case "account":
        this.#wish = wishOf(this.#wish, request, event.name);
        setPreference("name", event.name);
        // What an account has is told to whoever comes in.
        if (request.type !== "passwd") this.link.renew();
        break;
      case "joined":
        this.store.activate(placeKey("room", event.room));
        noteVisit(event.room);
        break;
      case "renamed":
        setPreference("name", event.to);
    }
    const commands = lateCommands.here ?? await lateCommands.come();
    const shown = commands?.shownOf(event, request, this.store.active);
    if (typeof shown === "string") this.store.note(shown);
    else if (shown !== undefined) this.#options.asked(shown);
    this.sender.save();
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
    const { RoomDetails } = lateCommands.here ?? {};
    this.#details ??= RoomDetails && new RoomDetails(this.store, this.link, () => this.#changed());
    this.#details?.look();
    this.#options.changed();
  }
}
