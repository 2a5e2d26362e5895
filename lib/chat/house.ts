/**
 * The house: lets peers in, takes their requests and answers them with events. This folder knows no
 * sockets, no bytes, no files and no Deno; time, rounds and storage are handed in.
 */

import type { Request } from "../wire/requests.ts";
import { roomName } from "../words/names.js";
import { answer, answerOutside } from "./answers/answer.ts";
import { knowsQuestions } from "./judge/judge_question.ts";
import { type LinkAsked, linkedFile, type LinkedTo } from "./answers/linked_file.ts";
import { answerConsole } from "./answers/moderation.ts";
import { come } from "./coming/come.ts";
import { Leaving } from "./coming/leaving.ts";
import { dumpState, type HouseDump } from "./dump.ts";
import { DEFAULT_LIMITS, type HouseLimits } from "./house_limits.ts";
import { AT_ONCE, type HouseOptions, NO_PASSWORDS } from "./house_options.ts";
import { type Files, idleWith } from "./files/files.ts";
import type { HouseParts } from "./house_parts.ts";
import type { HouseState } from "./house_state.ts";
import { Housekeeping } from "./housekeeping.ts";
import type { ConsoleAnswer } from "./judge/judge_console.ts";
import type { Later } from "./later.ts";
import { ListKeeping } from "./list_keeping.ts";
import type { Entry } from "./log/fact.ts";
import type { FactLog, Index, LogFigures } from "./log/fact_log.ts";
import { makeParts } from "./make_parts.ts";
import { newState, rulesOf } from "./new_state.ts";
import type { ConsoleRequest } from "./people/console_request.ts";
import { Keeper } from "./people/keeper.ts";
import type { Account } from "./people/records.ts";
import type { HookPost } from "./answers/post_hook.ts";
import { Refusal } from "./refusal.ts";
import { type IndexDump, IndexThen } from "./replaying.ts";
import { decided } from "./put.ts";
import { Audiences } from "./rooms/audiences.ts";
import type { Registry } from "./rooms/registry.ts";
import type { Hello, Peer } from "./sessions/peer.ts";
import type { Hash, Session } from "./sessions/session.ts";
import { retake, take } from "./take.ts";

/** Rooms, sessions and history, behind the requests that they answer. */
export class House {
  /** What is kept. */
  readonly index: Index;
  readonly #limits: HouseLimits;
  readonly #now: () => number;
  readonly #registry: Registry;
  readonly #then: IndexThen;
  /** What was kept at the place of the dump that it was made with. */
  readonly #keptBefore: IndexDump;
  /** Whether it could take in all entries. */
  #isSound = true;
  readonly #audiences: Audiences;
  readonly #keeper: Keeper;
  readonly #log: FactLog;
  readonly #hashOf: (secret: string) => Hash;
  readonly #parts: HouseParts;
  readonly #housekeeping: Housekeeping;
  readonly #leaving: Leaving;
  readonly #listKeeping: ListKeeping;

  constructor(options: HouseOptions) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#log = options.factLog;
    this.index = this.#log.index;
    this.#now = options.now;
    this.#then = new IndexThen(this.index);
    const state = newState(options, this.#limits, this.#then);
    this.#registry = state.registry;
    this.#keptBefore = options.before?.index ?? { floor: 0, kept: [] };
    this.#audiences = new Audiences(options.pace ?? AT_ONCE, this.#registry.rooms);
    const { passwords = NO_PASSWORDS, opens, onWrong } = options;
    this.#keeper = new Keeper({
      ...{ people: state.people, passwords, opens, onWrong, now: this.#now },
      registrationsPerHour: () => this.#limits.registrationsPerHour,
      sessionOf: (secret) => this.#sessionOf(secret),
    });
    this.#hashOf = options.hashOf ?? ((secret) => secret);
    this.#leaving = new Leaving(() => this.#parts);
    this.#listKeeping = new ListKeeping(() => this.#parts);
    this.#parts = makeParts(options, {
      ...{ state, limits: this.#limits, audiences: this.#audiences, keeper: this.#keeper },
      isClosing: () => this.#leaving.isClosing,
      keepList: (account) => this.#listKeeping.keep(account),
      end: (session, reason) => this.#leaving.end(session, true, reason),
      hashOf: this.#hashOf,
      sessionOf: (secret) => this.#sessionOf(secret),
    });
    this.#housekeeping = new Housekeeping(this.#parts);
    this.#log.onEntry = (entry, ticket) => {
      if (entry.fact.kind === "tick" && entry.receipt === undefined) this.#housekeeping.ticked();
      this.#isSound &&= take(this.#parts, entry, ticket);
    };
    this.#log.onDecide = (fact, at) => decided(this.#parts, fact, at);
  }

  /** What a client has to show to come in, as `welcome` tells it. */
  get needs(): string[] {
    return this.#keeper.needs;
  }

  /**
   * Goes by these limits from now on. Nobody is sent out: what is more than may be goes as it always does.
   * Houses that read one log must all have the limits that decide what becomes of a fact.
   */
  changeLimits(limits: Partial<HouseLimits>): void {
    Object.assign(this.#limits, limits);
    Object.assign(this.state.rules, rulesOf(this.#limits, this.state.rules.addressKey));
  }

  /** Compares the password that everybody needs by this from now on; `undefined`: nobody needs one. */
  changePassword(opens: HouseOptions["opens"]): void {
    this.#keeper.opens = opens;
  }

  /** What the house knows, to be read only. */
  get state(): HouseState {
    return this.#parts.state;
  }

  /** Whether messages can ask questions: not while a cluster has nodes of an earlier version. */
  get knowsQuestions(): boolean {
    return knowsQuestions(this.#log);
  }

  /** Sessions that have a peer. */
  get present(): number {
    return this.#registry.sessions.present.size;
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
  come(peer: Peer, hello: Hello): Later<void> {
    if (this.#parts.sessions.has(peer) || this.#parts.coming.has(peer)) {
      throw new Refusal("already-ready", "You have said hello already");
    }
    const { room } = hello;
    const meant = room === undefined ? hello : { ...hello, room: this.#roomMeant(room) };
    return come(this.#parts, peer, meant);
  }

  /**
   * Looks at the password of a name for a peer that has not come in yet, and then comes in under that name
   * without showing it again; `server` is the server's, if it has one. Rejects with a {@linkcode Refusal} as
   * a hello does.
   */
  async prove(peer: Peer, name: string, password: string, server?: string): Promise<Account> {
    // Few doors do it.
    const { prove } = await import("./coming/prove.ts");
    return await prove(this.#parts, peer, name, password, server);
  }

  /**
   * Answers one request of a peer, by events to it and to others. A promise means that its next
   * request should wait. Throws a {@linkcode Refusal} for what can't be granted. A peer that has gone
   * gets no answer.
   */
  request(peer: Peer, request: Request): Later<void> {
    const session = this.#parts.sessions.get(peer);
    if (session === undefined) return answerOutside(peer, request);
    if (session.peer !== peer) return;
    const named = "room" in request && request.room?.startsWith("#")
      ? { ...request, room: this.#roomMeant(request.room) }
      : request;
    return answer(this.#parts, session, named);
  }

  /**
   * Answers a request from the server's machine; what changes holds when this settles. Rejects with a
   * {@linkcode Refusal}.
   */
  console(request: ConsoleRequest): Promise<ConsoleAnswer> {
    return answerConsole(this.#parts, request);
  }

  /**
   * Reads at once what a session may see, by a function of this folder that few doors load, as `viewOf` of
   * answers/view.ts; `undefined` for a peer that is not in.
   */
  read<Result>(
    peer: Peer,
    by: (house: HouseParts, session: Session) => Result,
  ): Result | undefined {
    const session = this.#parts.sessions.get(peer);
    return session?.peer === peer ? by(this.#parts, session) : undefined;
  }

  /** Says something by a webhook; settles and rejects as {@linkcode postHook} of answers/post_hook.ts. */
  async post(said: HookPost): Promise<void> {
    const { postHook } = await import("./answers/post_hook.ts");
    await postHook(this.#parts, said);
  }

  /** The file to which a link leads. Rejects with a {@linkcode Refusal} for those who may not read it. */
  linkedFile(asked: LinkAsked): Promise<LinkedTo> {
    return linkedFile(this.#parts, asked);
  }

  /**
   * A peer has gone; calling it again does nothing. `clean` says that it left of its own accord: then its
   * name is free at once. Otherwise the name is kept for a while for the client to come back, and its
   * rooms are told that it has left when it did not. A visitor's name is free at once in any case, and
   * its session is kept for as long as it takes to come back.
   */
  gone(peer: Peer, clean: boolean, reason?: string): void {
    this.#parts.coming.delete(peer);
    this.#parts.proven.set(peer, undefined);
    this.#parts.files?.transfers.left(peer);
    const session = this.#parts.sessions.get(peer);
    if (session?.peer === peer) this.#leaving.end(session, clean, reason);
  }

  /** The names of the rooms that a peer is in, in the order in which it came into them. */
  roomsOf(peer: Peer): string[] {
    const session = this.#parts.sessions.get(peer);
    if (session?.peer !== peer) return [];
    return this.#registry.roomsOf(session).map(({ name }) => name);
  }

  /** From here on nobody is told who leaves, since everybody does. */
  close(): void {
    this.#leaving.close();
    this.#listKeeping.keepAll();
  }

  /** Forgets the sessions whose clients did not come back in time. Call it now and then. */
  expire(): void {
    const now = this.#now();
    this.#listKeeping.expire(now);
    this.#housekeeping.expire(now);
  }

  /** All that it knows now, for a house that is made with it; see {@linkcode HouseOptions.before}. */
  dump(): HouseDump {
    return dumpState(this.state, this.index);
  }

  /**
   * Takes in the entries that came after the dump that it was made with, all at once and in their order,
   * without telling anybody: call it before the first peer comes, and before the log tells of an entry. The
   * index may have taken them in already. False when one could not be evolved, as `onBroken` was told.
   */
  replay(entries: readonly Entry[]): boolean {
    this.#then.begin(this.#keptBefore);
    this.#isSound &&= entries.every((entry) => {
      this.#then.enter(entry);
      return retake(this.#parts, entry);
    });
    this.#then.end();
    return this.#isSound;
  }

  /** What it has for files; `undefined`: it takes none. */
  get files(): Files | undefined {
    return this.#parts.files;
  }

  /** The names in a room, to find the one that a command means. */
  names(room: string): string[] {
    const members = [...this.#registry.room(room)?.members ?? []];
    return [...new Set(members.map(({ name }) => name))];
  }

  /** What waits for the log, and what it has stored. */
  get figures(): LogFigures {
    return this.#log.figures;
  }

  /** Settles when all that a peer has said is stored and told; `undefined`: it is, or the peer has gone. */
  idle(peer: Peer): Promise<void> | undefined {
    const session = this.#parts.sessions.get(peer);
    return session?.peer === peer ? idleWith(this.#parts, session) : undefined;
  }

  /** Settles when all that was said so far has been stored and told; `undefined`: it has. */
  settled(): Promise<void> | undefined {
    return this.#log.settled();
  }

  /**
   * The name of the room that is meant: a `#` before it is only how rooms are shown, unless there is
   * one from the time when their names could begin so.
   */
  #roomMeant(name: string): string {
    return this.#registry.isThere(name) ? name : roomName(name);
  }

  #sessionOf(secret: string): Session | undefined {
    return this.#registry.session(this.#hashOf(secret));
  }
}
