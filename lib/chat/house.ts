/**
 * The house: takes requests from sessions and answers them with events. This folder knows no
 * sockets, no bytes, no files and no Deno; time, rounds and storage are handed in.
 */

import { type AuditLine, DEFAULT_ROOM, type Request, type ResumePoint } from "../wire/event.ts";
import { announce, answer, leave, seqBefore, tellRenamed } from "./answer.ts";
import { catchUp, catchUpDirects } from "./catch_up.ts";
import type { History } from "./history.ts";
import type { Inside, Until } from "./inside.ts";
import { Keeper, type Pass, type Passwords, type Shown } from "./keeper.ts";
import { hostFirst } from "./moderate.ts";
import { makeWay, type Naming, rename } from "./naming.ts";
import { People, whoIs } from "./people.ts";
import { type Rate, rateOf } from "./rate.ts";
import type { Records } from "./records.ts";
import { Refusal } from "./refusal.ts";
import { Registry, type RegistryLimits } from "./registry.ts";
import type { Pace, Room } from "./room.ts";
import { type Peer, Session } from "./session.ts";

/** What a house is made with. */
export interface HouseOptions {
  readonly history: History;
  readonly limits?: Partial<HouseLimits>;
  /** When the events of a round go out; at once if nothing is said. */
  readonly pace?: Pace;
  /** A clock that never goes back, in ms. */
  readonly now?: () => number;
  /** Waits for a time of that clock, for those who speak too fast; nobody waits if nothing is said. */
  readonly until?: Until;
  /** What is kept of people; only in memory if nothing is said. */
  readonly records?: Records;
  /** Hashes passwords; without it no name can be reserved. */
  readonly passwords?: Passwords;
  /** Compares the password that everybody needs; nobody does if nothing is said. */
  readonly opens?: (password: string) => boolean;
  /** What a text means as an address; see {@linkcode Inside.addressKey}. */
  readonly addressKey?: (text: string) => string | undefined;
  /** Told of wrong passwords: for which name, from which address. */
  readonly onWrong?: (name: string, address: string) => void;
  /** Told of what one person did to another. */
  readonly onModerated?: (line: AuditLine) => void;
}

/** How much the house holds, and for how long. */
export interface HouseLimits extends RegistryLimits {
  /** How much may be said in one round before its speakers wait, in UTF-16 code units. */
  readonly roundLength: number;
  /** A session without a connection is forgotten after this many ms. */
  readonly sessionMs: number;
  /** A name whose connection broke is kept for its session this many ms. */
  readonly nameMs: number;
  /** Messages that a new member of a room gets from before it came. */
  readonly scrollback: number;
  /** Messages a second in one room, and twice as many at once. */
  readonly roomMessagesPerSecond: number;
  /** Messages in one page at most. */
  readonly pageMessages: number;
  /** Names that can be reserved. */
  readonly accounts: number;
  /** Names that one address may reserve in an hour. */
  readonly registrationsPerHour: number;
}

/** How somebody comes in. */
export interface Entrance {
  readonly name: string;
  readonly room?: string;
  /** The secret of an earlier session. */
  readonly session?: string;
  readonly resume?: ResumePoint;
  /** The `id` of the request that this answers. */
  readonly id?: string;
  /** Earlier messages that are wanted of a room that is new; as many as there may be unless told. */
  readonly scrollback?: number;
  /** A classic client: keeps no session, and gets a number after a name that is taken. */
  readonly classic?: boolean;
  /** The session was looked for, and is kept from before this house was opened. */
  readonly recalled?: boolean;
  /** What {@linkcode House.admit} said of the passwords. */
  readonly pass?: Pass;
}

/** A room that a session is in and does not hear yet, and from where on it has to catch up. */
interface Missed {
  readonly room: Room;
  readonly seq: number;
  /** Of the seq; none for a room that is new to the session. */
  readonly epoch?: string;
}

const DEFAULT_LIMITS: HouseLimits = {
  rooms: 1_000,
  roomsPerSession: 50,
  waitingSessions: 10_000,
  presenceMembers: 1_000,
  roundLength: 131_072,
  sessionMs: 7 * 86_400_000,
  nameMs: 30_000,
  scrollback: 0,
  nameColumns: 32,
  roomMessagesPerSecond: 1_000_000_000,
  pageMessages: 200,
  accounts: 10_000,
  registrationsPerHour: 10,
};

/** How often sessions that are in use are noted as such, in ms. */
const KEEP_MS = 3_600_000;

/** For a house in which no name can be reserved. */
const NO_PASSWORDS: Passwords = {
  hash: () => Promise.reject(new Refusal("try-later", "No name can be reserved here")),
  matches: () => Promise.resolve(false),
};

const AT_ONCE: Pace = { soon: (flush) => flush(), around: () => {}, later: () => {} };

/** Rooms, sessions and history, behind the requests that they answer. */
export class House {
  readonly history: History;
  readonly #limits: HouseLimits;
  readonly #now: () => number;
  readonly #until: Until;
  readonly #roomRate: Rate;
  readonly #registry: Registry;
  readonly #keeper: Keeper;
  readonly #naming: Naming;
  readonly #inside: Inside;
  readonly #missed = new WeakMap<Session, Missed[]>();
  #keptAt: number;
  #closed = false;

  constructor(options: HouseOptions) {
    this.history = options.history;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#now = options.now ?? (() => performance.now());
    this.#until = options.until ?? (() => undefined);
    const { roomMessagesPerSecond } = this.#limits;
    this.#roomRate = rateOf(roomMessagesPerSecond, roomMessagesPerSecond * 2);
    this.#keptAt = this.#now();
    this.#registry = new Registry(
      this.#limits,
      options.pace ?? AT_ONCE,
      (key) => this.history.topic(key),
    );
    const { passwords = NO_PASSWORDS, opens, onWrong } = options;
    this.#keeper = new Keeper({
      people: new People(options.records),
      passwords,
      registry: this.#registry,
      opens,
      now: this.#now,
      registrationsPerHour: this.#limits.registrationsPerHour,
      onWrong,
    });
    this.#naming = {
      keeper: this.#keeper,
      registry: this.#registry,
      exit: (session, peer) => this.exit(session, peer, true, "replaced"),
    };
    this.#inside = this.#insideOf(options);
  }

  /** What has to be shown to come in, as `welcome` tells it. */
  get needs(): string[] {
    return this.#keeper.needs;
  }

  /**
   * Looks at the passwords that somebody shows who wants to come in from `address`; hand what comes
   * of it to {@linkcode enter}. Throws or rejects with a {@linkcode Refusal}.
   */
  admit(address: string, shown: Shown): Pass | Promise<Pass> {
    return this.#keeper.admit(address, shown);
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
   * Lets a peer in and queues its `ready`. What it missed follows with {@linkcode resume}.
   * Throws a {@linkcode Refusal} and changes nothing when the name or the room can't be had.
   */
  enter(peer: Peer, entrance: Entrance): Session {
    const known = entrance.session === undefined
      ? undefined
      : this.#registry.session(entrance.session);
    const keeper = this.#keeper;
    keeper.checkPass(entrance.pass);
    const account = entrance.pass?.account ?? (known && keeper.people.accountOf(known));
    const { classic, room: wanted = DEFAULT_ROOM } = entrance;
    keeper.checkEntrance(entrance.name, peer.address);
    const [name, key] = keeper.chooseName(entrance.name, known, account, classic, wanted);
    const own = account?.key === key ? account : undefined;
    const who = { name, key, address: peer.address, role: keeper.people.roleIn(own) };
    const first = firstRoom(entrance, (room) => {
      keeper.checkBan(who, room);
      this.#registry.checkJoin(known, room);
    });
    if (own !== undefined) makeWay(this.#naming, name, key, known);
    const session = known ?? newSession(peer, name, key, entrance);
    this.#missed.delete(session);
    session.hearsDirects = entrance.resume?.direct === undefined;
    const stays = known?.peer === undefined ? undefined : this.#replacePeer(known);
    const before = session.name;
    session.peer = peer;
    session.account = own;
    this.#registry.name(session, name, key);
    this.#registry.enter(session);
    if (stays !== undefined && before !== name) tellRenamed(session, before);
    if (session.secret !== undefined) this.history.keepSession(session.secret);
    const { room, seq, last } = this.#enterFirst(session, first, entrance, stays);
    session.deliver({
      type: "ready",
      ...(entrance.id === undefined ? {} : { id: entrance.id }),
      name,
      session: session.secret ?? "",
      room: room.name,
      seq,
      ...(seq === last ? {} : { last }),
      ...(room.topic === "" ? {} : { topic: room.topic }),
      direct: this.history.last(session.directLog),
    });
    if (name !== entrance.name) {
      session.deliver({
        type: "notice",
        text: `The name ${entrance.name} is in use here; you are ${name}.`,
      });
    }
    if (entrance.pass?.isNobodys) {
      session.deliver({
        type: "notice",
        text: `Nobody has reserved the name ${name}; /register PASSWORD does.`,
      });
    }
    this.#enterMissed(session, entrance, stays);
    return session;
  }

  /**
   * Delivers what a session missed, and what was said in a room that is new to it; resolves when it
   * hears its rooms live.
   */
  async resume(session: Session, point?: ResumePoint): Promise<void> {
    const { history } = this;
    const { peer } = session;
    const missed = this.#missed.get(session) ?? [];
    this.#missed.delete(session);
    if (peer === undefined) return;
    if (point?.direct !== undefined) {
      await catchUpDirects({ session, peer, history }, point.direct);
    }
    for (const each of missed) {
      if (each.room.hears(session)) continue;
      await catchUp({ session, peer, history, ...each, isNew: each.epoch === undefined });
    }
  }

  /**
   * Whether a session that is not here is kept from before this house was opened. `undefined`: it is
   * here. Ask before {@linkcode enter}.
   */
  recall(session: string): undefined | boolean | Promise<boolean> {
    return this.#registry.session(session) === undefined ? this.history.recall(session) : undefined;
  }

  /**
   * Ends what `peer` had of the session. `clean` says that the peer left of its own accord: its
   * name is free at once; otherwise it is kept for a while for the client that comes back.
   */
  exit(session: Session, peer: Peer, clean: boolean, reason?: string): void {
    if (session.peer !== peer) return;
    for (const room of [...session.rooms.values()]) this.#leave(session, room, reason);
    session.peer = undefined;
    const now = this.#now();
    this.#registry.exit(
      session,
      clean ? now : now + this.#limits.nameMs,
      now + this.#limits.sessionMs,
    );
  }

  /** From here on nobody is told who leaves: everybody does. */
  close(): void {
    this.#closed = true;
  }

  /** Forgets the sessions whose clients did not come back in time. Call it now and then. */
  expire(): void {
    if (this.#now() - this.#keptAt > KEEP_MS) {
      this.#keptAt = this.#now();
      for (const secret of this.#registry.presentSessions()) this.history.keepSession(secret);
    }
    this.#keeper.expire();
    for (const { secret } of this.#registry.expire(this.#now())) {
      if (secret !== undefined) this.history.forgetSession(secret);
    }
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
   * Answers one request of a session, by events to it and to others. A promise means that the
   * next request should wait. Throws a {@linkcode Refusal} for what can't be granted.
   */
  request(session: Session, request: Request): void | Promise<void> {
    return answer(this.#inside, session, request);
  }

  #insideOf(options: HouseOptions): Inside {
    const { roundLength, scrollback, pageMessages, accounts } = this.#limits;
    return {
      registry: this.#registry,
      keeper: this.#keeper,
      history: this.history,
      now: this.#now,
      until: this.#until,
      roundLength,
      roomRate: this.#roomRate,
      scrollback,
      pageMessages,
      maxAccounts: accounts,
      addressKey: options.addressKey ?? (() => undefined),
      onModerated: options.onModerated ?? (() => {}),
      rename: (session, name, account) => rename(this.#naming, session, name, account),
    };
  }

  /** Ends the connection that a session had before; the rooms that it was in stay its own. */
  #replacePeer(session: Session): Set<Room> {
    const stays = new Set(session.rooms.values());
    for (const room of stays) room.unlisten(session);
    const old = session.peer;
    // From here on the old connection has no say in the session, whatever its end sets off.
    session.peer = undefined;
    this.#registry.exit(session, Infinity, Infinity);
    old?.close({
      type: "bye",
      reason: "replaced",
      text: "Your client has connected again; this connection ends.",
    });
    return stays;
  }

  /** Enters the first room; the session hears it at once, unless there is something to tell it of. */
  #enterFirst(
    session: Session,
    first: string,
    entrance: Entrance,
    stays?: Set<Room>,
  ): { room: Room; seq: number; last: number } {
    const room = this.#enterRoom(session, first, stays);
    const last = this.history.last(room.key);
    const resumes = Object.keys(entrance.resume?.seq ?? {})
      .some((name) => this.#registry.room(name) === room);
    if (resumes) return { room, seq: last, last };
    const wanted = entrance.classic ? 0 : entrance.scrollback;
    const seq = seqBefore(last, this.#limits.scrollback, wanted);
    if (seq === last) room.listen(session);
    else this.#missed.set(session, [{ room, seq }]);
    return { room, seq, last };
  }

  /** Enters the other rooms of a session that comes back, and tells it of those it can't have. */
  #enterMissed(session: Session, { resume }: Entrance, stays?: Set<Room>): void {
    const missed = this.#missed.get(session) ?? [];
    for (const [name, seq] of Object.entries(resume?.seq ?? {})) {
      try {
        const room = this.#enterRoom(session, name, stays);
        missed.push({ room, seq, epoch: resume?.epoch ?? "" });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        session.deliver({ type: "left", room: name, name: session.name, reason: error.code });
      }
    }
    if (missed.length > 0) this.#missed.set(session, missed);
    for (const gone of stays ?? []) this.#leave(session, gone);
  }

  #enterRoom(session: Session, name: string, stays?: Set<Room>): Room {
    const before = session.rooms.size;
    this.#keeper.checkBan(whoIs(this.#keeper.people, session), name);
    const isNew = this.#registry.room(name) === undefined;
    const room = this.#registry.join(session, name);
    if (isNew) hostFirst(this.#inside, session, room.key, room.name);
    stays?.delete(room);
    if (session.rooms.size > before) announce(this.#registry, session, room);
    return room;
  }

  #leave(session: Session, room: Room, reason?: string): void {
    if (this.#closed) this.#registry.leave(session, room);
    else leave(this.#registry, session, room, reason);
  }
}

/**
 * The room that `ready` names: the one asked for, the first of those that were missed that can still
 * be had, or the default. Throws a {@linkcode Refusal} of `check` when there is none.
 */
function firstRoom({ room, resume }: Entrance, check: (room: string) => void): string {
  const missed = Object.keys(resume?.seq ?? {});
  for (const each of room === undefined ? missed : []) {
    try {
      check(each);
      return each;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  const last = room ?? DEFAULT_ROOM;
  check(last);
  return last;
}

function newSession(peer: Peer, name: string, key: string, entrance: Entrance): Session {
  const { classic, recalled, session } = entrance;
  const secret = recalled === true ? session : crypto.randomUUID();
  return new Session(peer, name, key, classic ? undefined : secret);
}
