/** What a client keeps between two connections, so that it can resume its session. */

import { nameKey } from "../words/names.js";
import type { Event, EventOf } from "../wire/events.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";
import type { Request, RequestOf, ResumePoint } from "../wire/requests.ts";
import { ChatMarks } from "./chat_marks.ts";
import { LIFE } from "./life_feature.ts";
import { noLinks } from "./refusal.ts";
import type { ResumeOptions } from "./resume_options.ts";
import { isFirstVersion } from "./wire.ts";

/** The most rooms that are remembered, however many a server says that we are in. */
export const MAX_ROOMS = 1_000;

/** The feature of servers with people who have several devices, rooms and conversations. */
const PEOPLE = "people";
/** The features by which a server tells us more, and the bytes of files as they are. */
const FEATURES: readonly string[] = [PEOPLE, LIFE, "bytes", "servers", "ask"];

/** Reasons of `left` for members who were sent out; they hold for all sessions with that name. */
const SENT_OUT: ReadonlySet<string> = new Set(["banned", "kicked", "uninvited", "removed"]);

interface Place {
  readonly room: string;
  /** The last `seq` that we have seen. */
  readonly seq: number;
  /** The one after which the room began for us. */
  readonly from: number;
}

/** Our name and session, our rooms, and the last `seq` seen in each. Pure. */
export class ResumeState {
  #name: string;
  /** The rooms to join that we have not been in yet, by key. */
  readonly #wanted: Map<string, string>;
  #session: string | undefined;
  #epoch: string | undefined;
  /** The epoch in the server's `welcome`; it counts once the server has let us in. */
  #nextEpoch: string | undefined;
  #direct = 0;
  readonly #options: ResumeOptions;
  /** A reserved name's password, and the key of the name. */
  #login: { readonly key: string; readonly password: string } | undefined;
  /** The rooms that we are in, by key. */
  readonly #places = new Map<string, Place>();
  readonly #chats = new ChatMarks();

  constructor(options: ResumeOptions) {
    const { name, rooms = [], secrets, since } = options;
    this.#options = options;
    this.#name = name;
    this.#wanted = new Map(rooms.map((room) => [nameKey(room), room]));
    this.#epoch = since?.epoch;
    for (const [room, seq] of Object.entries(since?.seq ?? {})) this.#enter(room, seq);
    this.#chats.replace(since?.chats ?? {});
    if (secrets?.login !== undefined) this.#login = { key: nameKey(name), password: secrets.login };
  }

  /** Our name on the server. */
  get name(): string {
    return this.#name;
  }

  /** That of the server which has let us in last; none before that. */
  get epoch(): string | undefined {
    return this.#epoch;
  }

  /** Sets the name for the next connection. */
  rename(name: string): void {
    this.#name = name;
  }

  /** Notes which numbers the server counts in; it holds from its `ready` on. */
  meet(epoch: string): void {
    this.#nextEpoch = epoch;
  }

  /** Goes back to a point that we were at, after which all is told again; elsewhere to where we came in. */
  rewind({ epoch, seq, direct = this.#direct, chats = {} }: ResumePoint): void {
    const seqs = new Map(Object.entries(seq).map(([room, at]) => [nameKey(room), at]));
    for (const [key, { room, from }] of this.#places) {
      this.#places.set(key, { room, from, seq: seqs.get(key) ?? from });
    }
    [this.#epoch, this.#direct] = [epoch, direct];
    this.#chats.replace(chats);
  }

  /** What we want of the server that a classic one does not have. */
  get beyondClassic(): string[] {
    const lobby = nameKey(DEFAULT_ROOM);
    const rooms = [...this.#wanted].flatMap(([key, room]) => key === lobby ? [] : [`room ${room}`]);
    const isSecret = this.#options.secrets?.password !== undefined || this.#login !== undefined;
    const invitations = this.#options.invite === undefined ? [] : ["invitations"];
    return [...rooms, ...isSecret ? ["passwords"] : [], ...invitations];
  }

  /** The request that opens a connection, with all that the server needs to resume our session. */
  hello(welcome: EventOf<"welcome">): RequestOf<"hello"> {
    const [room] = this.#wanted.values();
    const resume = this.point;
    const { secrets: { password } = {}, scrollback, visitor, label, invite } = this.#options;
    const features = FEATURES.filter((feature) => welcome.features?.includes(feature));
    const hasPeople = features.includes(PEOPLE);
    const hasVisitors = visitor !== undefined && !isFirstVersion(welcome);
    this.meet(welcome.epoch);
    if (invite !== undefined && this.#session === undefined && !hasPeople) throw noLinks();
    return {
      type: "hello",
      name: this.#name,
      ...(password === undefined ? {} : { password }),
      ...(this.#login?.key === nameKey(this.#name) ? { login: this.#login.password } : {}),
      ...(room === undefined || resume !== undefined ? {} : { room }),
      ...this.#sessionField(hasPeople),
      ...(resume === undefined ? {} : { resume }),
      ...(scrollback === undefined ? {} : { scrollback }),
      ...(hasVisitors ? { visitor: true } : {}),
      ...(hasVisitors && visitor === "exact" ? { exact: true } : {}),
      ...(features.length > 0 ? { features } : {}),
      ...(hasPeople && label !== undefined ? { label } : {}),
      // Each use of a link counts; who was in before comes back by the session.
      ...(invite === undefined || this.#session !== undefined ? {} : { invite }),
    };
  }

  /** Notes that a password was right, or that our name has none any more. */
  proved(request: Request, { name }: EventOf<"account">): void {
    // Whoever shows the password of another name goes by it from then on: no `renamed` tells us.
    if (request.type === "login") this.#name = name;
    this.#login = "password" in request && request.password !== undefined
      ? { key: nameKey(name), password: request.password }
      : undefined;
  }

  /** The `ready` that a classic server would send if it could. */
  classicReady(): EventOf<"ready"> {
    return { type: "ready", name: this.#name, session: "", room: DEFAULT_ROOM, seq: 0, direct: 0 };
  }

  /** The rooms to join that we have not been in yet. */
  missingRooms(): string[] {
    return [...this.#wanted.values()];
  }

  /** Gives up a room that we can't join. */
  forgo(room: string): void {
    this.#wanted.delete(nameKey(room));
  }

  /**
   * Takes note of an event; false if we have seen it before. An event with an `id` must be the answer
   * to a request of ours.
   */
  take(event: Event): boolean {
    switch (event.type) {
      case "ready":
        return this.#takeReady(event);
      case "message":
      case "revised":
      case "removed":
      case "reacted":
      case "pinned":
      case "answered":
        return this.#advanceLog(event, event.seq);
      case "emptied":
        return this.#advanceLog(event, event.to);
      case "ack":
        return this.#advanceLog(event, event.seq ?? 0);
      case "direct":
        return this.#takeDirect(event);
      case "gap":
        if (event.chat !== undefined) this.#chats.move(event.chat, event.to ?? 0);
        else this.#move(event.room ?? "", event.to ?? 0);
        return true;
      case "joined":
        if (this.#isOurJoin(event)) this.#enter(event.room, event.seq ?? 0);
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

  /** Whether we use a reserved name beside its owner. */
  get #sharesName(): boolean {
    return this.#options.visitor !== undefined && this.#login?.key === nameKey(this.#name);
  }

  /** Our session, or a request for one beside that of another client. */
  #sessionField(hasPeople: boolean): Partial<Pick<RequestOf<"hello">, "session" | "beside">> {
    if (this.#session !== undefined) return { session: this.#session };
    const { earlier } = this.#options;
    if (earlier === undefined || !hasPeople) return {};
    return { session: earlier.secret, ...(earlier.beside ? { beside: true } : {}) };
  }

  /** A message of a conversation counts by its number there; earlier servers number them for us alone. */
  #takeDirect({ n, chat, seq }: EventOf<"direct">): boolean {
    const isNew = n !== undefined && n > this.#direct;
    if (isNew) this.#direct = n;
    return chat === undefined || seq === undefined ? isNew : this.#chats.advance(chat, seq);
  }

  /** Whether we have joined a room, here or on another device of ours. */
  #isOurJoin({ id, own, seq }: EventOf<"joined">): boolean {
    if (seq === undefined) return false;
    return id !== undefined || own === true && this.#options.visitor === undefined;
  }

  /** Whether it is us who left or were sent out. */
  #isOurs({ id, name, own, reason = "" }: EventOf<"left">): boolean {
    if (id !== undefined || own === true && this.#options.visitor === undefined) return true;
    return nameKey(name) === nameKey(this.#name) &&
      (!this.#sharesName || SENT_OUT.has(reason));
  }

  #takeReady(event: EventOf<"ready">): true {
    // The numbers of another epoch mean nothing in this one. The server will send `gap`s that say so,
    // but the connection may end before they come.
    if (this.#nextEpoch !== this.#epoch) {
      for (const { room } of this.#places.values()) this.#move(room, 0);
      this.#chats.restart();
    }
    this.#epoch = this.#nextEpoch;
    // A new session counts its direct messages from the beginning.
    if (event.session !== this.#session) this.#direct = event.direct;
    this.#session = event.session;
    this.#name = event.name;
    this.#takeList(event);
    // Nobody who has left all of their rooms is in one. With `last`, messages after `seq` follow.
    const { room, seq, last } = event;
    const isNew = last !== undefined || !this.#places.has(nameKey(room));
    if (room !== "" && isNew) this.#enter(room, seq);
    return true;
  }

  /** What an account has listed, with the numbers from which on we are told. */
  #takeList({ rooms, chats = [] }: EventOf<"ready">): void {
    for (const { chat, seq } of chats) this.#chats.move(chat, seq);
    if (rooms === undefined) return;
    this.#places.clear();
    for (const { room, seq } of rooms) this.#enter(room, seq);
  }

  #enter(room: string, seq: number): void {
    const key = nameKey(room);
    this.#wanted.delete(key);
    this.#places.set(key, { room, seq, from: seq });
    const [oldest = ""] = this.#places.keys();
    if (this.#places.size > MAX_ROOMS) this.#places.delete(oldest);
  }

  /** Notes the `seq` of a room, if we are in it: a server could send any number of others. */
  #move(room: string, seq: number): void {
    const [key, place] = [nameKey(room), this.#places.get(nameKey(room))];
    if (place) this.#places.set(key, { room, seq, from: Math.min(place.from, seq) });
  }

  /** Whether an entry of a room or conversation is new to us. */
  #advanceLog({ room, chat }: { room?: string; chat?: string }, seq: number): boolean {
    if (chat !== undefined) return this.#chats.advance(chat, seq);
    return room === undefined || this.#advance(room, seq);
  }

  /** A message with `seq` 0 has no number: it is from a classic server. */
  #advance(room: string, seq: number): boolean {
    const last = this.#places.get(nameKey(room))?.seq ?? 0;
    if (seq !== 0 && seq <= last) return false;
    if (seq !== 0) this.#move(room, seq);
    return true;
  }

  /** How far we have come; `undefined`: nowhere yet. */
  get point(): ResumePoint | undefined {
    if (this.#epoch === undefined) return undefined;
    const seq = Object.fromEntries([...this.#places.values()].map(({ room, seq }) => [room, seq]));
    const isCounted = this.#chats.size === 0 && this.#options.since?.chats === undefined;
    const chats = isCounted ? {} : { chats: this.#chats.all };
    return { epoch: this.#epoch, seq, direct: this.#direct, ...chats };
  }
}
