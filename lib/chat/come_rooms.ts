/** The rooms of a client that comes in: those that it enters, and what it missed in them. */

import { catchUp, catchUpDirects } from "./catch_up.ts";
import type { Hello } from "./hello.ts";
import type { HouseParts } from "./house_parts.ts";
import { enterRoom, leaveRoom, seqBefore } from "./membership.ts";
import { nameKey } from "../words/names.js";
import type { Peer } from "./peer.ts";
import { Refusal } from "./refusal.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";

/** A room that was entered, from which seq on it is told, and the latest in it. */
export interface Entered {
  readonly room: RoomState;
  readonly seq: number;
  readonly last: number;
}

/** A room that a session is in and does not hear yet, and from where on it has to catch up. */
export interface Missed {
  readonly room: RoomState;
  readonly seq: number;
  /** Of the seq; none for a room that is new to the session. */
  readonly epoch?: string;
}

/** Enters the first room; the session hears it at once, unless there is something to tell it of. */
export function enterFirst(
  house: HouseParts,
  session: Session,
  { resume, scrollback: wanted }: Hello,
  name: string,
  stays: Set<RoomState> | undefined,
): Entered {
  const { registry, audiences, index, scrollback } = house;
  const room = enterOne(house, session, name, stays);
  const last = index.last(room.log);
  const resumes = Object.keys(resume?.seq ?? {}).some((each) => registry.room(each) === room);
  if (resumes) return { room, seq: last, last };
  const seq = seqBefore(last, scrollback, session.traits.scrollback ? wanted : 0);
  if (seq === last) audiences.of(room.key)?.listen(session);
  return { room, seq, last };
}

/**
 * Enters the other rooms of a session that comes back, tells it of those that it can't have, and takes
 * it out of those that it did not name again. Returns what is to be caught up on.
 */
export function enterOthers(
  house: HouseParts,
  session: Session,
  { resume, room: wanted = "" }: Hello,
  refused: Refusal | undefined,
  stays: Set<RoomState> | undefined,
): Missed[] {
  const missed: Missed[] = [];
  const seqs = Object.entries(resume?.seq ?? {});
  const isLeft = (room: string, { code: reason }: Refusal): void =>
    session.deliver({ type: "left", room, name: session.name, reason });
  const isSeen = seqs.some(([name]) => nameKey(name) === nameKey(wanted));
  if (refused !== undefined && !isSeen) isLeft(wanted, refused);
  for (const [name, seq] of seqs) {
    try {
      const room = enterOne(house, session, name, stays);
      missed.push({ room, seq, epoch: resume?.epoch ?? "" });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      isLeft(name, error);
    }
  }
  for (const gone of stays ?? []) leaveRoom(house, session, gone);
  return missed;
}

function enterOne(
  house: HouseParts,
  session: Session,
  name: string,
  stays: Set<RoomState> | undefined,
): RoomState {
  const room = enterRoom(house, session, name);
  stays?.delete(room);
  return room;
}

/** Delivers what a session missed, and what was said in a room that is new to it. */
export async function catchUpAll(
  { audiences, index }: HouseParts,
  peer: Peer,
  session: Session,
  missed: readonly Missed[],
  direct: number | undefined,
): Promise<void> {
  if (direct !== undefined) await catchUpDirects({ session, peer, index }, direct);
  for (const each of missed) {
    const audience = audiences.of(each.room.key);
    if (audience === undefined || audience.hears(session)) continue;
    await catchUp({ session, peer, audience, index, ...each, isNew: each.epoch === undefined });
  }
}
