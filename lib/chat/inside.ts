/** What the answers to requests have in common. */

import type { AuditLine } from "../wire/event.ts";
import type { Audience } from "./audience.ts";
import type { Audiences } from "./audiences.ts";
import type { Chance } from "./chance.ts";
import type { History } from "./history.ts";
import type { Keeper } from "./keeper.ts";
import type { Peer } from "./peer.ts";
import { costOf, opensAt, type Rate, spend } from "./rate.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";
import type { Turns } from "./turns.ts";
import { whoIs } from "./who_is.ts";

/** What an answer may look at and change. */
export interface Inside {
  readonly registry: Registry;
  readonly audiences: Audiences;
  readonly history: History;
  /** Whose search is next. */
  readonly searches: Turns;
  /** A clock that never goes back, in ms. */
  readonly now: () => number;
  readonly chance: Chance;
  /** Messages that a new member of a room gets from before it came. */
  readonly scrollback: number;
  /** How much may be said in one round before its speakers wait, in UTF-16 code units. */
  readonly roundLength: number;
  /** A room with more members is not told who comes and goes. */
  readonly presenceMembers: number;
  /** How fast a room may be spoken in. */
  readonly roomRate: Rate;
  /** Messages in one page at most. */
  readonly pageMessages: number;
  /** The largest event that a client takes, in bytes. */
  readonly messageBytes: number;
  /** Settles at a time of the clock; `undefined`: it is that late already. */
  readonly until: Until;
  /** Knows people, passwords, bans. */
  readonly keeper: Keeper;
  /** Names that can be reserved. */
  readonly maxAccounts: number;
  /** What a text means as an address, in the form of a peer's `address`; `undefined`: none. */
  readonly addressKey: (text: string) => string | undefined;
  /** Told of what one person did to another. */
  readonly onModerated: (line: AuditLine) => void;
  /** Peers that are coming in, while what they have shown is looked at. */
  readonly coming: Set<Peer>;
  /** The sessions of the peers that have come in; one that has gone is its session's peer no more. */
  readonly sessions: WeakMap<Peer, Session>;
  /** Takes a session out of a room, and tells the others, unless the house is closing. */
  leave(session: Session, room: RoomState): void;
  /** Takes a session without a peer, whose name somebody else gets, out of its rooms. */
  missing(session: Session): void;
  /** Ends what a peer that somebody else takes the place of had of its session. */
  replaced(peer: Peer): void;
}

/** Waits for a time in ms of the clock. */
export type Until = (time: number) => Promise<void> | undefined;

/**
 * Counts what a whole room is told, with `length` UTF-16 code units of somebody's own in it. A
 * promise means that its speaker should wait before it says more: the room has had more than its
 * rate.
 */
export function countSpeech(
  { roomRate, now, until }: Inside,
  audience: Audience | undefined,
  length: number,
): Promise<void> | undefined {
  if (audience === undefined) return undefined;
  const at = now();
  audience.due = spend(roomRate, audience.due, costOf(length), at);
  const time = opensAt(roomRate, audience.due);
  return time > at ? until(time) : undefined;
}

/** The room that the session is in under that name; `advice` is what somebody else is told to do. */
export function roomOf(
  house: Inside,
  session: Session,
  name: string,
  advice = `; /join ${name} first`,
): RoomState {
  const room = house.registry.room(name);
  if (room !== undefined && room.members.has(session)) return room;
  throw new Refusal("not-in-room", `You are not in ${name}${advice}`);
}

/** Who opened a room, for what is stored of it first. */
export function openedBy({ opener }: RoomState): { opener?: string } {
  return opener === undefined ? {} : { opener };
}

/** The id of a request, for its answer. */
export function idOf({ id }: { readonly id?: string }): { id?: string } {
  return id === undefined ? {} : { id };
}

/** Tells a session that its request can't be granted, when that has turned out later. */
export function refuse(
  session: Session,
  request: { id?: string },
  { code, message, retryAfterMs }: Refusal,
): void {
  const again = retryAfterMs === undefined ? {} : { retryAfterMs };
  session.deliver({ type: "error", ...idOf(request), code, text: message, ...again });
}

/** Throws a {@linkcode Refusal} (`muted`) for a session that may say nothing, or nothing in a room. */
export function checkMute({ keeper }: Inside, session: Session, room?: string): void {
  // Asked at every message, so that it should cost nothing where it can't be.
  if (keeper.people.isPeaceful) return;
  keeper.checkMute(whoIs(keeper.people, session), room);
}
