/** What a client remembers of its server between two connections, so that it can take up again. */

import { nameKey } from "../words/names.js";
import type { Event, EventOf } from "../wire/events.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";
import type { Request, RequestOf, ResumePoint } from "../wire/requests.ts";

/** The most rooms that are remembered, whatever a server says that we are in. */
export const MAX_ROOMS = 1_000;

/** Why somebody is in a room no more who has not gone by themselves; it holds for all of one name. */
const SENT_OUT: ReadonlySet<string> = new Set(["banned", "kicked"]);

interface Place {
  readonly room: string;
  /** The last seq that was seen. */
  readonly seq: number;
}

/** What a server may want to see before it lets us in. */
export interface Secrets {
  /** The server's password. */
  readonly password?: string;
  /** The password of our name, if that is reserved. */
  readonly login?: string;
}

/**
 * How a script comes in, of which nobody is told: under its name with a number after it where that
 * is in use, or under `exact`ly that name or not at all.
 */
export type Visitor = "numbered" | "exact";

/** Name, session, rooms and the last seq seen in each. Pure. */
export class ResumeState {
  #name: string;
  /** The rooms that were asked for and that we have not been in yet, by key. */
  readonly #wanted: Map<string, string>;
  #session: string | undefined;
  #epoch: string | undefined;
  /** The epoch of the server that is being opened; it counts once that one has let us in. */
  #nextEpoch: string | undefined;
  #direct = 0;
  readonly #scrollback: number | undefined;
  readonly #password: string | undefined;
  readonly #visitor: Visitor | undefined;
  /** A reserved name's password, and the key of the name. */
  #login: { readonly key: string; readonly password: string } | undefined;
  /** The rooms that we are in, by key. */
  readonly #places = new Map<string, Place>();

  /** `scrollback`: earlier messages that are wanted of a new room; as the server likes unless told. */
  constructor(
    name: string,
    rooms: readonly string[],
    scrollback?: number,
    secrets: Secrets = {},
    visitor?: Visitor,
  ) {
    this.#visitor = visitor;
    const { password, login } = secrets;
    this.#password = password;
    if (login !== undefined) this.#login = { key: nameKey(name), password: login };
    this.#scrollback = scrollback;
    this.#name = name;
    this.#wanted = new Map(rooms.map((room) => [nameKey(room), room]));
  }

  /** The name that the server knows us by. */
  get name(): string {
    return this.#name;
  }

  /** The next connection is opened under another name. */
  rename(name: string): void {
    this.#name = name;
  }

  /** What is wanted of the server that a classic one does not have. */
  get beyondClassic(): string[] {
    const lobby = nameKey(DEFAULT_ROOM);
    const rooms = [...this.#wanted].flatMap(([key, room]) => key === lobby ? [] : [`room ${room}`]);
    const isSecret = this.#password !== undefined || this.#login !== undefined;
    return isSecret ? [...rooms, "passwords"] : rooms;
  }

  /** The request that opens a connection, with all that is needed to go on where we were. */
  hello(welcome: EventOf<"welcome">): RequestOf<"hello"> {
    const [room] = this.#wanted.values();
    const resume = this.#resumePoint();
    this.#nextEpoch = welcome.epoch;
    return {
      type: "hello",
      name: this.#name,
      ...(this.#password === undefined ? {} : { password: this.#password }),
      ...(this.#login?.key === nameKey(this.#name) ? { login: this.#login.password } : {}),
      ...(room === undefined || resume !== undefined ? {} : { room }),
      ...(this.#session === undefined ? {} : { session: this.#session }),
      ...(resume === undefined ? {} : { resume }),
      ...(this.#scrollback === undefined ? {} : { scrollback: this.#scrollback }),
      ...(this.#visitor === undefined ? {} : { visitor: true }),
      ...(this.#visitor === "exact" ? { exact: true } : {}),
    };
  }

  /** Notes that a password was right, or that the name has none any more. */
  proved(request: Request, { name }: EventOf<"account">): void {
    this.#login = "password" in request && request.password !== undefined
      ? { key: nameKey(name), password: request.password }
      : undefined;
  }

  /** What a classic server would say if it could. */
  classicReady(): EventOf<"ready"> {
    return {
      type: "ready",
      name: this.#name,
      session: "",
      room: DEFAULT_ROOM,
      seq: 0,
      direct: 0,
    };
  }

  /** The rooms that were asked for and that we have not been in yet. */
  missingRooms(): string[] {
    return [...this.#wanted.values()];
  }

  /** Asks for a room no more: we can't have it. */
  forgo(room: string): void {
    this.#wanted.delete(nameKey(room));
  }

  /**
   * Takes note of an event; false when it tells nothing that was not told before. An `id` is taken
   * for that of a request of ours.
   */
  take(event: Event): boolean {
    switch (event.type) {
      case "ready":
        return this.#takeReady(event);
      case "message":
        return this.#advance(event.room, event.seq);
      case "ack":
        return event.room === undefined || this.#advance(event.room, event.seq ?? 0);
      case "direct": {
        const isNew = event.n > this.#direct;
        this.#direct = Math.max(this.#direct, event.n);
        return isNew;
      }
      case "gap":
        this.#move(event.room, event.to ?? 0);
        return true;
      case "joined":
        if (event.id !== undefined && event.seq !== undefined) this.#enter(event.room, event.seq);
        return true;
      case "left":
        if (this.#isOurs(event)) this.#places.delete(nameKey(event.room));
        return true;
      case "renamed":
        if (event.id !== undefined || event.from === this.#name && !this.#sharesName) {
          this.#name = event.to;
        }
        return true;
      default:
        return true;
    }
  }

  /** Whether we may go by a reserved name beside the person whose it is. */
  get #sharesName(): boolean {
    return this.#visitor !== undefined && this.#login?.key === nameKey(this.#name);
  }

  /** Whether it is us who are in a room no more, by our wish or sent out of it. */
  #isOurs({ id, name, reason = "" }: EventOf<"left">): boolean {
    if (id !== undefined) return true;
    return nameKey(name) === nameKey(this.#name) &&
      (!this.#sharesName || SENT_OUT.has(reason));
  }

  #takeReady(event: EventOf<"ready">): true {
    // The numbers of another epoch mean nothing in this one. Its gaps say so too, but the connection
    // may end before they come.
    if (this.#nextEpoch !== this.#epoch) {
      for (const { room } of this.#places.values()) this.#move(room, 0);
    }
    this.#epoch = this.#nextEpoch;
    // Another session counts its direct messages anew.
    if (event.session !== this.#session) this.#direct = event.direct;
    this.#session = event.session;
    this.#name = event.name;
    if (!this.#places.has(nameKey(event.room))) this.#enter(event.room, event.seq);
    return true;
  }

  #enter(room: string, seq: number): void {
    const key = nameKey(room);
    this.#wanted.delete(key);
    this.#places.set(key, { room, seq });
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= MAX_ROOMS) break;
      this.#places.delete(oldest);
    }
  }

  /** Notes the seq of a room that we are in; there is no telling how many others there are. */
  #move(room: string, seq: number): void {
    const key = nameKey(room);
    if (this.#places.has(key)) this.#places.set(key, { room, seq });
  }

  /** Seq 0 is a message that is not numbered, from a classic server. */
  #advance(room: string, seq: number): boolean {
    const last = this.#places.get(nameKey(room))?.seq ?? 0;
    if (seq !== 0 && seq <= last) return false;
    if (seq !== 0) this.#move(room, seq);
    return true;
  }

  #resumePoint(): ResumePoint | undefined {
    if (this.#epoch === undefined) return undefined;
    const seq = Object.fromEntries([...this.#places.values()].map(({ room, seq }) => [room, seq]));
    return { epoch: this.#epoch, seq, direct: this.#direct };
  }
}
