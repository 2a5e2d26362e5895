/** Takes a name that is reserved now from the people who have it, and has sessions leave. */

import { become } from "./become.ts";
import type { HouseState } from "./house_state.ts";
import { otherName } from "./judge/choose_name.ts";
import { mayReadRoom, takesAlong } from "./judge/may_read.ts";
import type { Named } from "./names/name_tables.ts";
import type { Left, News } from "./news.ts";
import type { Account } from "./people/records.ts";
import { namesLeft } from "./people/who_is.ts";
import type { RoomState } from "./rooms/room_state.ts";
import type { LeaveReason, Person, Session } from "./sessions/session.ts";

/** The most people with a name or one that looks like it: one for each way to compare names. */
const MOST_HOLDERS = 3;

/** Who takes a name. */
interface Taking {
  /** The account's person; `undefined` if nobody here is that. */
  readonly person: Person | undefined;
  /** Sessions that become that person's, and so keep the name. */
  readonly sessions: readonly Session[];
}

/** Why others can't have it, as they are told. */
const RESERVED = "is reserved now";

/**
 * Takes a name, and those that look like it, from everybody but its account: they get another one. Rooms that are empty after
 * it stay open: whoever comes may go there; close them then.
 */
export function makeWay(
  state: HouseState,
  { name, key }: Named,
  { person, sessions }: Taking,
  at: number,
): News[] {
  const { registry, people } = state;
  const news: News[] = [];
  for (let count = 0; count < MOST_HOLDERS; count++) {
    const holder = registry.names.holder(name, key, person);
    if (holder === undefined) break;
    // It loses the name in any case.
    registry.names.releaseAll(holder);
    const others = [...holder.sessions].filter((each) => !sessions.includes(each));
    const here = others.filter((each) => registry.isPresent(each));
    for (const each of others) {
      if (!here.includes(each)) news.push(...leaveAll(state, each, each.ended));
    }
    const [first] = here;
    if (first === undefined) continue;
    const isWanted = first.key === key;
    const [other, otherKey] = otherName(state, first, at);
    for (const each of here) each.left = namesLeft(people, each, otherKey, at);
    const renamed = become(registry, here, holder, { name: other, key: otherKey });
    // This may be the owner, who has not shown the password here: see tellForced().
    const forced = { why: RESERVED, isWanted };
    news.push(
      ...renamed.map((each) => each.kind === "renamed" ? { ...each, forced } : each),
    );
  }
  return news;
}

/** Takes a session out of a room; nothing is new if it was not in it. */
export function leaveOne(
  { registry }: HouseState,
  session: Session,
  room: RoomState,
  why: LeaveReason,
  how: Pick<Left, "isOwn" | "isGone"> = {},
): News[] {
  if (!registry.leave(session, room)) return [];
  const isLast = !room.hasPerson(session.person);
  const { name } = session;
  return [{ kind: "left", session, name, room, announced: room.announced, isLast, why, ...how }];
}

/**
 * Takes a session that goes out of all its rooms. They are not closed, though nobody may be left in them. Its
 * person is gone with it, unless it is in rooms by another session.
 */
export function leaveAll(state: HouseState, session: Session, why: LeaveReason): News[] {
  const others = [...session.person.sessions].filter((each) => each !== session);
  const isHere = others.some(({ rooms, isVisitor }) => rooms.size > 0 && !isVisitor);
  const how = isHere ? {} : { isGone: true } as const;
  return state.registry.roomsOf(session)
    .flatMap((room) => leaveOne(state, session, room, why, how));
}

/** Takes a session that is about to go on as an account out of the rooms of the one before. */
export function leaveBehind(
  state: HouseState,
  session: Session,
  account: Account | undefined,
): News[] {
  return state.registry.roomsOf(session)
    .filter(({ key }) => !takesAlong(state, session, account, key))
    .flatMap((room) => leaveOne(state, session, room, {}, { isOwn: true }));
}

/** Takes a session that has become somebody else's out of the rooms that it may not read any longer. */
export function leaveUnreadable(state: HouseState, session: Session): News[] {
  return state.registry.roomsOf(session)
    .filter(({ key }) => !mayReadRoom(state, session, key))
    .flatMap((room) => leaveOne(state, session, room, { reason: "invite-only" }));
}

/** Closes the rooms that are empty of those that somebody has left, and adds that to the news. */
export function closeEmpty({ registry }: HouseState, news: News[]): News[] {
  for (const each of news) {
    const room = each.kind === "left" ? registry.close(each.room.key) : undefined;
    if (room !== undefined) news.push({ kind: "closed", room });
  }
  return news;
}
