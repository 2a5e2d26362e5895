/**
 * How somebody comes in: under which name, into which rooms, as a new session or as one that was here
 * before, and with what it missed meanwhile.
 */

import { DEFAULT_ROOM, type ResumePoint } from "../wire/event.ts";
import { catchUp, catchUpDirects } from "./catch_up.ts";
import { firstRoom } from "./first_room.ts";
import type { Inside } from "./inside.ts";
import type { Pass } from "./keeper.ts";
import { enterRoom, seqBefore } from "./membership.ts";
import { nameKey } from "./name.ts";
import { makeWay, type Naming } from "./naming.ts";
import { tellRenamed } from "./presence.ts";
import { Refusal } from "./refusal.ts";
import type { RoomState } from "./room_state.ts";
import { type Peer, Session } from "./session.ts";
import { namesLeft, openerOf, shareOf } from "./who_is.ts";

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
  /** A script that comes and goes: nobody is told, and it takes a number like a classic client. */
  readonly visitor?: boolean;
  /** A visitor that is refused instead where its name is in use. */
  readonly exact?: boolean;
  /** A classic client: keeps no session, and gets a number after a name that is taken. */
  readonly classic?: boolean;
  /** The session was looked for, and is kept from before this house was opened. */
  readonly recalled?: boolean;
  /** What {@linkcode House.admit} said of the passwords. */
  readonly pass?: Pass;
}

/** A room that a session is in and does not hear yet, and from where on it has to catch up. */
interface Missed {
  readonly room: RoomState;
  readonly seq: number;
  /** Of the seq; none for a room that is new to the session. */
  readonly epoch?: string;
}

/** What a client is told that comes back with a session that is not known. */
const LOST_SESSION = "The server does not know your client's earlier session any more. Direct " +
  "messages that had not come yet are gone, and what is sent again may be there twice.";

/** A room that was entered, from which seq on it is told, and the latest in it. */
interface Entered {
  readonly room: RoomState;
  readonly seq: number;
  readonly last: number;
}

/** What it takes. */
export interface ReceptionOptions {
  readonly inside: Inside;
  readonly naming: Naming;
  /** Takes a session out of a room that it is not in any more when it comes back. */
  readonly leave: (session: Session, room: RoomState) => void;
}

/** Lets people in. */
export class Reception {
  readonly #inside: Inside;
  readonly #naming: Naming;
  readonly #leave: (session: Session, room: RoomState) => void;
  readonly #missed = new WeakMap<Session, Missed[]>();

  constructor({ inside, naming, leave }: ReceptionOptions) {
    this.#inside = inside;
    this.#naming = naming;
    this.#leave = leave;
  }

  /**
   * Lets a peer in and queues its `ready`. What it missed follows with {@linkcode resume}.
   * Throws a {@linkcode Refusal} and changes nothing when the name or the room can't be had.
   */
  enter(peer: Peer, entrance: Entrance): Session {
    const { keeper, registry, history } = this.#inside;
    const known = entrance.session === undefined ? undefined : registry.session(entrance.session);
    keeper.checkPass(entrance.pass);
    const account = entrance.pass?.account ?? (known && keeper.people.accountOf(known));
    const { classic, room: wanted = DEFAULT_ROOM } = entrance;
    keeper.checkEntrance(entrance.name, peer.address);
    const numbered = classic || entrance.visitor && !entrance.exact;
    const [name, key] = keeper.chooseName(entrance.name, known, account, numbered, wanted);
    const own = account?.key === key ? account : undefined;
    // What is said of a name holds for its session under another one, too.
    const left = known === undefined ? [] : namesLeft(keeper.people, known, key);
    const who = { name, key, address: peer.address, account: own, left };
    const first = firstRoom(entrance, (room) => {
      keeper.checkBan(who, room);
      const opener = openerOf(keeper.people, own, peer.address);
      if (registry.isNew(registry.checkJoin(known, room, opener))) keeper.checkMute(who);
    });
    const visits = known?.isVisitor ?? entrance.visitor ?? false;
    const shared = own !== undefined && makeWay(this.#naming, name, key, known, visits);
    const session = known ?? newSession(peer, name, key, entrance);
    this.#missed.delete(session);
    session.hearsDirects = entrance.resume?.direct === undefined;
    const stays = this.#staysIn(known);
    const before = session.name;
    session.peer = peer;
    session.account = own;
    session.password = entrance.pass?.password ?? session.password;
    session.left = left;
    // What ended its last connection says nothing of how this one will end.
    session.isDone = false;
    session.sentAway = undefined;
    registry.name(session, name, key, shared);
    registry.enter(session);
    if (stays !== undefined && before !== name) tellRenamed(this.#inside, session, before);
    // A visitor's is kept once something is stored under it.
    if (session.secret !== undefined && !visits) history.keepSession(session.secret);
    const isLost = entrance.session !== undefined && entrance.session !== session.secret;
    const entered = this.#enterFirst(session, first.room, entrance, stays);
    this.#welcome(session, entrance, entered, isLost);
    this.#enterMissed(session, entrance, stays, first.refused);
    return session;
  }

  /**
   * Delivers what a session missed, and what was said in a room that is new to it; resolves when it
   * hears its rooms live.
   */
  async resume(session: Session, point?: ResumePoint): Promise<void> {
    const { audiences, history } = this.#inside;
    const { peer } = session;
    const missed = this.#missed.get(session) ?? [];
    this.#missed.delete(session);
    if (peer === undefined) return;
    if (point?.direct !== undefined) {
      await catchUpDirects({ session, peer, history }, point.direct);
    }
    for (const each of missed) {
      const audience = audiences.of(each.room.key);
      if (audience === undefined || audience.hears(session)) continue;
      await catchUp({ session, peer, audience, history, ...each, isNew: each.epoch === undefined });
    }
  }

  /** Tells a session that it is in, and what it may not expect. */
  #welcome(
    session: Session,
    entrance: Entrance,
    { room, seq, last }: Entered,
    isLost: boolean,
  ): void {
    const { name } = session;
    session.deliver({
      type: "ready",
      ...(entrance.id === undefined ? {} : { id: entrance.id }),
      name,
      session: session.secret ?? "",
      room: room.name,
      seq,
      ...(seq === last ? {} : { last }),
      ...(room.topic === "" ? {} : { topic: room.topic }),
      direct: this.#inside.history.last(session.directLog),
      ...(isLost ? { lost: true } : {}),
    });
    const notice = (text: string): void => session.deliver({ type: "notice", text });
    if (isLost && !session.isVisitor) notice(LOST_SESSION);
    if (name !== entrance.name) {
      notice(`The name ${entrance.name} is in use here; you are ${name}.`);
    }
    if (entrance.pass?.isNobodys) {
      notice(`Nobody has reserved the name ${name}; /register PASSWORD does.`);
    }
  }

  /** The rooms that a session never left, having been cut off just now, or not yet. */
  #staysIn(known: Session | undefined): Set<RoomState> | undefined {
    if (known?.peer !== undefined) return this.#replacePeer(known);
    return known === undefined || known.rooms.size === 0
      ? undefined
      : new Set(this.#inside.registry.roomsOf(known));
  }

  /** Ends the connection that a session had before; the rooms that it was in stay its own. */
  #replacePeer(session: Session): Set<RoomState> {
    const { audiences, registry } = this.#inside;
    const stays = new Set(registry.roomsOf(session));
    const share = shareOf(this.#inside.keeper.people, session);
    audiences.unlisten(session);
    const old = session.peer;
    // From here on the old connection has no say in the session, whatever its end sets off.
    session.peer = undefined;
    registry.exit(session, Infinity, Infinity, share);
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
    stays?: Set<RoomState>,
  ): Entered {
    const { registry, audiences, history, scrollback } = this.#inside;
    const room = this.#enterRoom(session, first, stays);
    const last = history.last(room.log);
    const resumes = Object.keys(entrance.resume?.seq ?? {})
      .some((name) => registry.room(name) === room);
    if (resumes) return { room, seq: last, last };
    const wanted = entrance.classic ? 0 : entrance.scrollback;
    const seq = seqBefore(last, scrollback, wanted);
    if (seq === last) audiences.of(room.key)?.listen(session);
    else this.#missed.set(session, [{ room, seq }]);
    return { room, seq, last };
  }

  /** Enters the other rooms of a session that comes back, and tells it of those it can't have. */
  #enterMissed(
    session: Session,
    { resume, room: wanted = "" }: Entrance,
    stays?: Set<RoomState>,
    refused?: Refusal,
  ): void {
    const missed = this.#missed.get(session) ?? [];
    const seqs = Object.entries(resume?.seq ?? {});
    const isLeft = (room: string, { code: reason }: Refusal): void =>
      session.deliver({ type: "left", room, name: session.name, reason });
    const isSeen = seqs.some(([name]) => nameKey(name) === nameKey(wanted));
    if (refused !== undefined && !isSeen) isLeft(wanted, refused);
    for (const [name, seq] of seqs) {
      try {
        const room = this.#enterRoom(session, name, stays);
        missed.push({ room, seq, epoch: resume?.epoch ?? "" });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        isLeft(name, error);
      }
    }
    if (missed.length > 0) this.#missed.set(session, missed);
    for (const gone of stays ?? []) this.#leave(session, gone);
  }

  #enterRoom(session: Session, name: string, stays?: Set<RoomState>): RoomState {
    const room = enterRoom(this.#inside, session, name);
    stays?.delete(room);
    return room;
  }
}

function newSession(peer: Peer, name: string, key: string, entrance: Entrance): Session {
  const { classic, recalled, session } = entrance;
  const secret = recalled === true ? session : crypto.randomUUID();
  return new Session(peer, name, key, classic ? undefined : secret, entrance.visitor);
}
