/** The rooms of a client that comes in: which it enters, and what it missed in them. */

import { nameKey } from "../../words/names.js";
import type { HouseParts } from "../house_parts.ts";
import { after, all, type Later, unlessRefused } from "../later.ts";
import { type RoomLog, roomLog } from "../messages/log_key.ts";
import { listerOf } from "../people/who_is.ts";
import { leaveRoom } from "../put.ts";
import type { Refusal } from "../refusal.ts";
import { stillListed } from "../rooms/first_room.ts";
import type { RoomState } from "../rooms/room_state.ts";
import type { Hello, Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";
import { catchUp } from "../catch_up.ts";
import { catchUpChats, catchUpDirects, type MissedChat } from "./catch_up_chats.ts";
import { enterListed, listedNow } from "./enter_listed.ts";
import { earlierFor, enterRoom, type Missed } from "./enter_room.ts";

/** A room that was entered, from which seq on it is told, and the latest in it. */
export interface Entered {
  readonly room: RoomState;
  readonly seq: number;
  readonly last: number;
}

/** Where in the rooms that a client may come into first what it gets begins. */
export type Beginnings = ReadonlyMap<RoomLog, number>;

/** How many of the rooms that are wanted are looked at: hardly ever is it another one. */
const LOOKED_AT = 3;

/** Finds where what a client gets of its first room begins. Ask before it comes in. */
export function beginningsOf(
  house: HouseParts,
  { traits }: Peer,
  { resume, scrollback }: Hello,
  rooms: readonly string[],
): Later<Beginnings> {
  const { index } = house;
  const limit = earlierFor(house, traits, scrollback);
  const resumed = new Set(Object.keys(resume?.seq ?? {}).map(nameKey));
  const keys = limit === 0 ? [] : rooms.slice(0, LOOKED_AT).map(nameKey);
  const logs = keys.filter((key) => !resumed.has(key)).map(roomLog);
  const begins = logs.map((log) =>
    unlessRefused(() => index.beforeLast(log, limit), () => index.last(log))
  );
  return after(all(begins), (seqs) => new Map(logs.map((log, at) => [log, seqs[at] ?? 0])));
}

/** The session listens to its first room at once, unless it has missed something there. */
export function hearFirst(
  house: HouseParts,
  session: Session,
  { resume, scrollback }: Hello,
  key: string,
  beginnings: Beginnings,
): Entered {
  const { registry, audiences, index } = house;
  const room = registry.room(key);
  if (room === undefined) throw new Error(`The room ${key} is not open though it was entered`);
  const last = index.last(room.log);
  const resumes = Object.keys(resume?.seq ?? {}).some((each) => registry.room(each) === room);
  if (resumes) return { room, seq: last, last };
  const begin = last - earlierFor(house, session.traits, scrollback);
  const seq = Math.max(0, beginnings.get(room.log) ?? begin);
  if (seq === last) audiences.of(room.key)?.listen(session);
  return { room, seq, last };
}

/**
 * Enters the other rooms of a session that comes back, tells it which of them it can't enter, or has left
 * by another device, and takes it out of those that it did not name again. `listed` are the rooms that
 * its account had listed before. Returns what it has to catch up on.
 */
export function enterOthers(
  house: HouseParts,
  session: Session,
  { resume, room: wanted = "" }: Hello,
  refused: Refusal | undefined,
  first: RoomState | undefined,
  listed: readonly string[],
): Later<readonly Missed[]> {
  const { registry, state: { people, lists } } = house;
  const account = listerOf(people, session)?.id ?? "";
  // A client that does not know of lists may name fewer rooms: its person has left none of the others.
  const isListed = ({ log }: RoomState): boolean => lists.get(account, log) !== undefined;
  const told = new Map(listedNow(house, session));
  if (first !== undefined) told.delete(first.log);
  const before = registry.roomsOf(session).filter((room) => room !== first);
  const named = Object.keys(resume?.seq ?? {});
  const knows = session.hasPeople && listed.length > 0;
  const still = knows ? stillListed(named, [...listed, wanted]) : named;
  const seqs = Object.entries(resume?.seq ?? {}).filter(([name]) => still.includes(name));
  for (const room of named) {
    if (!still.includes(room)) session.deliver({ type: "left", room, name: session.name });
  }
  const isLeft = (room: string, { code: reason }: Refusal): undefined =>
    void session.deliver({ type: "left", room, name: session.name, reason });
  const isSeen = seqs.some(([name]) => nameKey(name) === nameKey(wanted));
  if (refused !== undefined && !isSeen) isLeft(wanted, refused);
  const epoch = resume?.epoch ?? "";
  const entered = seqs.map(([name, seq]) =>
    unlessRefused<Missed | undefined>(
      () => enterRoom(house, session, name, (room) => ({ room, seq, epoch }), listed.length > 0),
      (refusal) => isLeft(name, refusal),
    )
  );
  return after(all(entered), (found) => {
    const missed = found.filter((each) => each !== undefined);
    const gone = before.filter((room) =>
      missed.every((each) => each.room !== room) && !(session.hasPeople && isListed(room))
    );
    const leave = (room: RoomState): Later<void> =>
      unlessRefused(() => leaveRoom(house, session, room, { keeps: true }), () => {});
    const left = gone.map(leave);
    for (const { room: { log } } of missed) told.delete(log);
    return after(
      after(all(left), () => enterListed(house, session, told)),
      (others) => [...missed, ...others],
    );
  });
}

/** All that a session has to catch up on. */
interface AllMissed {
  readonly resume: Hello["resume"] | undefined;
  readonly rooms: readonly Missed[];
  readonly chats: readonly MissedChat[];
  /** The last of its direct messages, for a client that counts them. */
  readonly direct: number | undefined;
}

/** Delivers what a session missed, and what was said in a room that is new to it. */
export async function catchUpAll(
  house: HouseParts,
  peer: Peer,
  session: Session,
  { rooms, chats, direct, resume }: AllMissed,
): Promise<void> {
  if (direct !== undefined) await catchUpDirects(house, { session, peer }, direct);
  if (chats.length > 0) await catchUpChats(house, { session, peer }, chats, resume?.epoch);
  for (const each of rooms) {
    const audience = house.audiences.of(each.room.key);
    if (audience === undefined || audience.hears(session)) continue;
    await catchUp(house, { session, peer, audience, ...each, isNew: each.epoch === undefined });
  }
}
