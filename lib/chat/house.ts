/**
 * The house: lets peers in, takes their requests and answers them with events. This folder knows no
 * sockets, no bytes, no files and no Deno; time, rounds and storage are handed in.
 */

import type { Request } from "../wire/event.ts";
import { Audiences } from "./audiences.ts";
import { Batch } from "./batch.ts";
import { come } from "./come.ts";
import { answerConsole, type ConsoleAnswer, type ConsoleRequest } from "./console.ts";
import { FittingHistory } from "./fitting_history.ts";
import type { Hello } from "./hello.ts";
import { type History, noteSessionsMs } from "./history.ts";
import {
  AT_ONCE,
  DEFAULT_LIMITS,
  type HouseLimits,
  type HouseOptions,
  NO_PASSWORDS,
} from "./house_options.ts";
import type { HouseParts, Until } from "./house_parts.ts";
import { answerInOrder } from "./in_order.ts";
import { Keeper } from "./keeper.ts";
import { keyOf, roomLog } from "./log_key.ts";
import { leaveQuietly, leaveRoom } from "./membership.ts";
import { roomName } from "./name.ts";
import { clearName, tellRole } from "./naming.ts";
import type { Peer } from "./peer.ts";
import { People } from "./people.ts";
import { type Rate, rateOf } from "./rate.ts";
import { Refusal } from "./refusal.ts";
import { Registry } from "./registry.ts";
import { RoomShares } from "./room_shares.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";
import { Turns } from "./turns.ts";
import { shareOf } from "./who_is.ts";

/** How often it is looked for rooms that may go, in ms. */
const TIDY_MS = 60_000;

/** Rooms, sessions and history, behind the requests that they answer. */
export class House {
  readonly history: History;
  readonly #limits: HouseLimits;
  readonly #now: () => number;
  readonly #until: Until;
  readonly #roomRate: Rate;
  readonly #rooms: RoomShares;
  readonly #registry: Registry;
  readonly #audiences: Audiences;
  readonly #keeper: Keeper;
  readonly #parts: HouseParts;
  #keptAt: number;
  #tidiedAt: number;
  /** Those who were cut off and may come back in a moment: they are in their rooms until then. */
  readonly #cutOff = new Map<Session, string | undefined>();
  #closed = false;

  constructor(options: HouseOptions) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.history = new FittingHistory(options.history, this.#limits.messageBytes);
    this.#now = options.now;
    this.#until = options.until ?? (() => undefined);
    const { roomMessagesPerSecond } = this.#limits;
    this.#roomRate = rateOf(roomMessagesPerSecond, roomMessagesPerSecond * 2);
    this.#keptAt = this.#tidiedAt = this.#now();
    this.#rooms = new RoomShares(this.#limits, this.history, this.#now);
    this.#registry = new Registry(this.#limits, this.history, this.#rooms);
    this.#audiences = new Audiences(options.pace ?? AT_ONCE);
    const { passwords = NO_PASSWORDS, opens, onWrong, addressKey } = options;
    this.#keeper = new Keeper({
      people: new People(options.date, options.records),
      passwords,
      registry: this.#registry,
      opens,
      addressKey,
      now: this.#now,
      chance: options.chance,
      registrationsPerHour: this.#limits.registrationsPerHour,
      onWrong,
    });
    this.#parts = this.#partsOf(options);
    this.#keeper.people.onReserved = (account) => clearName(this.#parts, account);
    this.#keeper.people.onRole = (account) => tellRole(this.#parts, account);
  }

  /** What has to be shown to come in, as `welcome` tells it. */
  get needs(): string[] {
    return this.#keeper.needs;
  }

  /** Sessions that have a peer. */
  get present(): number {
    return this.#registry.present;
  }

  /** Rooms that are open. */
  get openRooms(): number {
    return this.#registry.openRooms;
  }

  /**
   * Lets a peer in: looks at passwords, bans, its session, its name and its first room, tells it
   * `ready`, and then what it missed. A promise settles when it hears its rooms live; hold its
   * requests back until then. Throws or rejects with a {@linkcode Refusal}, and has changed nothing
   * then.
   */
  come(peer: Peer, hello: Hello): void | Promise<void> {
    if (this.#parts.sessions.has(peer) || this.#parts.coming.has(peer)) {
      throw new Refusal("already-ready", "You have said hello already");
    }
    const { room } = hello;
    const meant = room === undefined ? hello : { ...hello, room: this.#roomMeant(room) };
    return come(this.#parts, peer, meant);
  }

  /**
   * Answers one request of a peer, by events to it and to others. A promise means that its next
   * request should wait. Throws a {@linkcode Refusal} for what can't be granted. A peer that has gone
   * gets no answer.
   */
  request(peer: Peer, request: Request): void | Promise<void> {
    const session = this.#parts.sessions.get(peer);
    if (session === undefined) return answerOutside(peer, request);
    if (session.peer !== peer) return;
    const named = "room" in request && request.room?.startsWith("#")
      ? { ...request, room: this.#roomMeant(request.room) }
      : request;
    return answerInOrder(this.#parts, session, named);
  }

  /**
   * Does what whoever runs the server asks from its machine; what changes holds when the promise settles.
   * Rejects with a {@linkcode Refusal}.
   */
  console(request: ConsoleRequest): Promise<ConsoleAnswer> {
    return answerConsole(this.#parts, request);
  }

  /**
   * Ends what a peer had here; of no effect when it has nothing any more. `clean` says that it left of
   * its own accord: its name is free at once; otherwise it is kept for a while for the client that
   * comes back, and its rooms are told that it has left when it did not come. A visitor's name is free
   * at once in any case, and its session is kept for as long as it takes to come back.
   */
  gone(peer: Peer, clean: boolean, reason?: string): void {
    this.#parts.coming.delete(peer);
    const session = this.#parts.sessions.get(peer);
    if (session?.peer === peer) this.#end(session, clean, reason);
  }

  #end(session: Session, clean: boolean, reason?: string): void {
    const keepsName = !clean && !session.isVisitor && this.#limits.nameMs > 0;
    if (keepsName && session.traits.resumes && !this.#closed) {
      this.#audiences.unlisten(session);
      this.#cutOff.set(session, reason);
    } else this.#leaveAll(session, reason);
    const share = shareOf(this.#keeper.people, session);
    session.peer = undefined;
    const now = this.#now();
    const { nameMs, visitorMs, sessionMs } = this.#limits;
    const { isVisitor, isDone } = session;
    const stays = isDone ? 0 : isVisitor ? visitorMs : sessionMs;
    this.#registry.exit(session, clean || isVisitor ? now : now + nameMs, now + stays, share);
  }

  /** The names of the rooms that a peer is in, in the order in which it came into them. */
  roomsOf(peer: Peer): string[] {
    const session = this.#parts.sessions.get(peer);
    if (session?.peer !== peer) return [];
    return this.#registry.roomsOf(session).map(({ name }) => name);
  }

  /** From here on nobody is told who leaves: everybody does. */
  close(): void {
    this.#closed = true;
  }

  /** Forgets the sessions whose clients did not come back in time. Call it now and then. */
  expire(): void {
    if (this.#now() - this.#keptAt > noteSessionsMs(this.#limits.sessionMs)) {
      this.#keptAt = this.#now();
      for (const secret of this.#registry.presentSessions()) this.history.keepSession(secret);
    }
    this.#keeper.expire();
    this.#rooms.expire();
    const now = this.#now();
    if (now - this.#tidiedAt > TIDY_MS) this.#tidy(now);
    for (const { secret } of this.#registry.expire(now)) {
      if (secret !== undefined) this.history.forgetSession(secret);
    }
    for (const session of this.#cutOff.keys()) this.#missing(session, now);
  }

  /** Lets go of the rooms that are nobody's and of which nothing is kept, and of who hosts them. */
  #tidy(now: number): void {
    this.#tidiedAt = now;
    const isOpen = (key: string): boolean => this.#registry.room(key) !== undefined;
    this.history.removeEmpty((log) => isOpen(keyOf(log)));
    const isGone = (key: string): boolean => !isOpen(key) && !this.history.has(roomLog(key));
    this.#keeper.people.removeHosts(isGone);
  }

  /** Takes a session that was cut off out of its rooms, if it has no name any more to come back to. */
  #missing(session: Session, now: number): void {
    if (session.peer === undefined && session.nameUntil > now && session.forgetAt > now) return;
    const reason = this.#cutOff.get(session);
    this.#cutOff.delete(session);
    if (session.peer === undefined) this.#leaveAll(session, reason);
  }

  /** The names in a room, for finding the one that is meant in a command. */
  names(room: string): string[] {
    return [...this.#registry.room(room)?.members ?? []].map(({ name }) => name);
  }

  /** Settles when all that was said so far has been stored and told; `undefined`: it has. */
  settled(): Promise<void> | undefined {
    return this.history.settled();
  }

  /**
   * The name of the room that is meant: a `#` before it is only how rooms are shown, unless there is
   * one from the time when their names could begin so.
   */
  #roomMeant(name: string): string {
    return this.#registry.isThere(name) ? name : roomName(name);
  }

  #partsOf(options: HouseOptions): HouseParts {
    const { roundLength, presenceMembers, scrollback, pageMessages, accounts } = this.#limits;
    return {
      registry: this.#registry,
      audiences: this.#audiences,
      keeper: this.#keeper,
      history: this.history,
      // One at a time: they share a thread, and so does a crowd's share of it go by addresses.
      searches: new Turns({ atOnce: 1, what: "Many searches are under way" }),
      now: this.#now,
      chance: options.chance,
      until: this.#until,
      roundLength,
      presenceMembers,
      roomRate: this.#roomRate,
      scrollback,
      pageMessages,
      messageBytes: this.#limits.messageBytes,
      maxAccounts: accounts,
      addressKey: options.addressKey ?? (() => undefined),
      onModerated: options.onModerated ?? (() => {}),
      coming: new Set(),
      sessions: new WeakMap(),
      leave: (session, room) => this.#leave(session, room),
      missing: (session) => this.#missing(session, this.#now()),
      end: (session, reason) => this.#end(session, true, reason),
    };
  }

  #leaveAll(session: Session, reason?: string): void {
    for (const room of this.#registry.roomsOf(session)) this.#leave(session, room, reason);
  }

  #leave(session: Session, room: RoomState, reason?: string): void {
    if (this.#closed) leaveQuietly(this.#parts, session, room);
    else leaveRoom(this.#parts, session, room, reason);
  }
}

/** Answers a peer that has not come in. */
function answerOutside(peer: Peer, request: Request): void {
  if (request.type === "pong") return;
  if (request.type === "ping") return peer.deliver(new Batch([{ ...request, type: "pong" }]));
  throw new Refusal("not-ready", `Say hello before ${request.type}`);
}
