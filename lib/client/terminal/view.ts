/** What a conversation means to the person who watches it: what to print, and what the prompt says. */

import { COMMANDS, helpLines } from "../../chat/command.ts";
import { describe } from "../../chat/describe.ts";
import { nameKey } from "../../chat/name.ts";
import type { Event, Message, RequestOf } from "../../wire/event.ts";
import type { Vocabulary } from "./completion.ts";
import type { Entry } from "./entry.ts";
import type { LinkEvent, LinkStatus } from "../conversation.ts";
import { Recent } from "./recent.ts";

/** A message that was sent and may not have arrived. */
export type Outgoing = RequestOf<"say"> | RequestOf<"direct">;

/** What a {@linkcode View} starts with. */
export interface ViewOptions {
  /** What to call the server, as in `localhost:1234`. */
  readonly server: string;
  /** The room that is entered first. */
  readonly room: string;
  readonly now?: () => Date;
}

/** The most names and rooms that are kept for Tab. */
const MAX_KNOWN = 1_000;
/** The most rooms that we are taken to be in. */
const MAX_ROOMS = 1_000;
/** The most of our own messages that are recognised when they come a second time. */
const MAX_OWN = 200;
const KEYS_HELP = "Keys: Tab completes, Up and Down recall, Alt-Enter begins a new line, " +
  "Ctrl-C clears, Ctrl-D leaves";

/** The state of the screen. Does no IO. */
export class View {
  readonly #server: string;
  readonly #now: () => Date;
  /** Rooms that we are in, by key; the last one entered is the last. */
  readonly #rooms = new Map<string, string>();
  readonly #knownRooms = new Recent(MAX_KNOWN);
  readonly #names = new Recent(MAX_KNOWN);
  readonly #outgoing = new Map<string, Outgoing>();
  /** Seq and room of our own messages on the screen. */
  #own = new Recent(MAX_OWN);
  #room: string;
  #name = "";
  #session = "";
  #status: LinkStatus["status"] = "connecting";
  #greeted = false;
  #told = "";

  constructor({ server, room, now = () => new Date() }: ViewOptions) {
    this.#server = server;
    this.#room = room;
    this.#now = now;
  }

  /** The room that plain text goes to; empty when there is none. */
  get room(): string {
    return this.#room;
  }

  /** Messages that are not acked. */
  get unsent(): number {
    return this.#outgoing.size;
  }

  get online(): boolean {
    return this.#status === "online";
  }

  get prompt(): string {
    const unsent = this.unsent > 0 ? `, ${this.unsent} unsent` : "";
    const status = this.online ? "" : `(${this.#status}${unsent}) `;
    return `${status}${this.#room || "(no room)"}> `;
  }

  get vocabulary(): Vocabulary {
    const own = nameKey(this.#name);
    return {
      commands: COMMANDS.map(({ name }) => name),
      names: this.#names.list().filter((name) => nameKey(name) !== own),
      rooms: this.#knownRooms.list(),
    };
  }

  /** Takes note of a message on its way. Its `ack` prints it. */
  sent(id: string, request: Outgoing): Entry[] {
    this.#outgoing.set(id, request);
    return this.online ? [] : [this.#notice(`Waits for the connection: ${request.text}`)];
  }

  /** A message that will not arrive, or another request that was refused. */
  failed(id: string | undefined, error: Error): Entry[] {
    const request = id === undefined ? undefined : this.#outgoing.get(id);
    if (id !== undefined) this.#outgoing.delete(id);
    const text = request === undefined
      ? error.message
      : `${error.message} (not sent: ${request.text})`;
    return [this.error(text)];
  }

  /** What came without being asked for, and acks. */
  take(event: LinkEvent): Entry[] {
    switch (event.type) {
      case "status":
        return this.#takeStatus(event);
      case "welcome":
        return [];
      case "ready":
        return this.#takeReady(event);
      case "message":
        return this.#takeMessage(event);
      case "direct":
        this.#names.use(event.from);
        return [{ ...event, kind: "direct", at: new Date(event.at) }];
      case "ack":
        return this.#takeAck(event);
      default:
        return this.#takeNews(event);
    }
  }

  /** The answer to a request of ours. */
  answered(event: Event): Entry[] {
    if (event.type === "joined") this.#enter(event.room);
    if (event.type === "page" && event.messages.length > 0) {
      return [
        this.#notice(`Earlier in ${event.room}:`),
        ...event.messages.map((message) => this.#entryOf(message)),
        this.#notice(`That is the end of what was asked for; now ${event.room} goes on.`),
      ];
    }
    return this.#takeNews(event);
  }

  /** Takes note of who is there without printing it. */
  learn(event: Event): void {
    if (event.type === "members") event.members.forEach((name) => this.#names.seen(name));
  }

  help(): Entry[] {
    return [...helpLines(), KEYS_HELP].map((line) => this.#notice(line));
  }

  notice(text: string): Entry {
    return this.#notice(text);
  }

  error(text: string): Entry {
    return { kind: "error", at: this.#now(), text };
  }

  #takeStatus({ status, text }: LinkStatus): Entry[] {
    const wasDown = this.#status === "offline" || this.#greeted && this.#status === "connecting";
    this.#status = status;
    if (status === "ended") return text === this.#told ? [] : [this.error(text)];
    if (status !== "offline" || wasDown) return [];
    const told = text === this.#told ? "" : `${text.replace(/\.$/, "")}. `;
    return [this.error(`${told}Trying again; what you write is kept until then.`)];
  }

  #takeReady(event: Event & { readonly type: "ready" }): Entry[] {
    this.#status = "online";
    this.#name = event.name;
    this.#told = "";
    if (event.session !== this.#session) this.#own = new Recent(MAX_OWN);
    this.#session = event.session;
    if (!this.#rooms.has(nameKey(this.#room))) this.#enter(event.room);
    else this.#join(event.room);
    if (this.#greeted) return [this.#notice(`Connected again as ${event.name}.`)];
    this.#greeted = true;
    const greeting = `You are ${event.name} in ${event.room} on ${this.#server}. ` +
      "Type a message and press Enter; /help shows what else there is.";
    const topic = event.topic ? [this.#notice(`The topic of ${event.room}: ${event.topic}`)] : [];
    return [this.#notice(greeting), ...topic];
  }

  #takeMessage(event: Event & { readonly type: "message" }): Entry[] {
    const own = nameKey(event.from) === nameKey(this.#name);
    if (own && event.seq > 0 && !this.#own.use(`${event.seq} ${event.room}`)) return [];
    this.#names.use(event.from);
    return [this.#entryOf(event)];
  }

  #takeAck(event: Event & { readonly type: "ack" }): Entry[] {
    const { id = "", at } = event;
    const request = this.#outgoing.get(id);
    if (request === undefined) return [];
    this.#outgoing.delete(id);
    if (request.type === "direct") {
      this.#names.use(request.to);
      const { to, text } = request;
      return [{ kind: "direct", from: this.#name, to, text, at: new Date(at), own: true }];
    }
    const room = event.room ?? request.room;
    if (event.seq !== undefined && !this.#own.use(`${event.seq} ${room}`)) return [];
    const { text, action } = request;
    const said = { room, from: this.#name, at, text, ...(action ? { action: true as const } : {}) };
    return [this.#entryOf(said)];
  }

  /** Everything that is told in sentences. */
  #takeNews(event: Event): Entry[] {
    const mine = "name" in event && event.id !== undefined &&
      nameKey(event.name) === nameKey(this.#name);
    switch (event.type) {
      case "joined":
        if (mine) this.#join(event.room);
        else this.#names.seen(event.name);
        break;
      case "left":
        if (mine) this.#leave(event.room);
        else this.#names.delete(event.name);
        break;
      case "renamed":
        if (event.id !== undefined || nameKey(event.from) === nameKey(this.#name)) {
          this.#name = event.to;
        }
        this.#names.rename(event.from, event.to);
        break;
      case "members":
        event.members.forEach((name) => this.#names.seen(name));
        break;
      case "rooms":
        event.rooms.forEach(({ room }) => this.#knownRooms.seen(room));
        break;
      case "gap":
        // The numbers begin anew, and those that were used before mean other messages.
        if (event.to === null) this.#own = new Recent(MAX_OWN);
        break;
      case "bye":
        this.#told = event.text;
    }
    const kind = event.type === "error" ? "error" : "notice";
    const room = event.type === "topic" ? this.#elsewhere(event.room) : {};
    return (describe(event) ?? []).map((text) => ({ kind, at: this.#now(), text, ...room }));
  }

  #entryOf(message: Omit<Message, "seq">): Entry {
    const { from, text, action = false, at } = message;
    const own = nameKey(from) === nameKey(this.#name);
    const entry = { kind: "message", from, text, action, own, at: new Date(at) } as const;
    return { ...entry, ...this.#elsewhere(message.room) };
  }

  /** A room's mark, unless it is the one that the person is in. */
  #elsewhere(room: string): { room?: string } {
    return nameKey(room) === nameKey(this.#room) ? {} : { room };
  }

  #notice(text: string): Entry {
    return { kind: "notice", at: this.#now(), text };
  }

  #join(room: string): void {
    this.#rooms.set(nameKey(room), room);
    for (const oldest of this.#rooms.keys()) {
      if (this.#rooms.size <= MAX_ROOMS) break;
      this.#rooms.delete(oldest);
    }
    this.#knownRooms.use(room);
  }

  #enter(room: string): void {
    this.#join(room);
    this.#room = room;
  }

  #leave(room: string): void {
    this.#rooms.delete(nameKey(room));
    if (nameKey(room) === nameKey(this.#room)) this.#room = [...this.#rooms.values()].at(-1) ?? "";
  }
}
