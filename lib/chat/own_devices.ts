/** Rooms are an account's: what one of its devices enters or leaves, the others enter and leave too. */

import { listRoom } from "./evolve_lists.ts";
import type { HouseState } from "./house_state.ts";
import { mayReadRoom } from "./judge/may_read.ts";
import type { JoinFact } from "./log/fact.ts";
import { leaveOne } from "./make_way.ts";
import { isRoomLog, keyOf } from "./messages/log_key.ts";
import type { Named } from "./names/name_tables.ts";
import type { Joined, News } from "./news.ts";
import { listerOf, openerOf, whoIs } from "./people/who_is.ts";
import type { LeaveReason, Session } from "./sessions/session.ts";

/** Takes a session into a room, which is opened if there was none; nothing is new if it was in it. */
function joinRoom(
  { registry, people }: HouseState,
  session: Session,
  named: Named,
  isOwn = false,
): News[] {
  const opener = openerOf(people, people.accountOf(session), session.address);
  const { room, isOpened, isNew, isFirst } = registry.join(session, named, opener);
  if (!isNew) return [];
  const { announced } = room;
  const own = isOwn ? { isOwn } as const : {};
  const joined: Joined = { kind: "joined", session, room, announced, isFirst, ...own };
  return isOpened ? [{ kind: "opened", room }, joined] : [joined];
}

/** Takes a session into a room, lists it for its account, and takes its other devices along. */
export function joinAs(
  state: HouseState,
  session: Session,
  room: Named,
  { keeps }: Pick<JoinFact, "keeps">,
  at: number,
): News[] {
  const news = joinRoom(state, session, room);
  if (keeps) return news;
  listRoom(state, session, room, at);
  return [...news, ...joinOthers(state, session, room, at)];
}

/** Takes the other devices of a person into a room, as far as they know that rooms are its account's. */
function joinOthers(
  state: HouseState,
  session: Session,
  named: Named,
  at: number,
): News[] {
  if (listerOf(state.people, session) === undefined) return [];
  return othersOf(session).flatMap((other) =>
    follows(state, other, named.key, at) ? joinRoom(state, other, named, true) : []
  );
}

/** Takes the sessions of a person, which may have come to its account just now, into all listed rooms. */
export function joinListed(state: HouseState, session: Session, at: number): News[] {
  const account = listerOf(state.people, session);
  if (account === undefined) return [];
  const listed = [...state.lists.of(account.id).values()].filter(({ log }) => isRoomLog(log));
  return [...session.person.sessions].flatMap((each) =>
    listed.flatMap(({ log, name }) => {
      const key = keyOf(log);
      return follows(state, each, key, at) ? joinRoom(state, each, { name, key }, true) : [];
    })
  );
}

/** Takes the other devices of a person out of a room that one of them has left. */
export function leaveOthers(
  state: HouseState,
  session: Session,
  key: string,
  why: LeaveReason,
): News[] {
  const room = state.registry.room(key);
  if (room === undefined || listerOf(state.people, session) === undefined) return [];
  return othersOf(session)
    .filter((other) => listerOf(state.people, other) !== undefined)
    .flatMap((other) => leaveOne(state, other, room, why, { isOwn: true }));
}

function othersOf(session: Session): readonly Session[] {
  return [...session.person.sessions].filter((other) => other !== session);
}

/** Whether a device goes where others of its person go: it is here, knows of that, and may be there. */
function follows(state: HouseState, session: Session, key: string, at: number): boolean {
  const { people, registry } = state;
  return session.hasPeople && registry.isPresent(session) &&
    listerOf(people, session) !== undefined &&
    mayReadRoom(state, session, key) &&
    people.sanction("ban", whoIs(people, session), key, at) === undefined;
}
