/** Has sessions go on as another person, or under another name, and finds what others see of that. */

import type { HouseState } from "./house_state.ts";
import type { Named } from "./names/name_tables.ts";
import type { Identified, Renamed } from "./news.ts";
import type { Registry } from "./rooms/registry.ts";
import type { RoomState } from "./rooms/room_state.ts";
import { accountIn } from "./sessions/persons.ts";
import { Person, type Session } from "./sessions/session.ts";

/** The person that a session is one of, with the account that it has shown or without any. */
export function personOf(
  { people, persons }: Pick<HouseState, "people" | "persons">,
  { person, hash }: Session,
  shown: Session["account"],
): Person {
  const account = people.accountOf({ account: shown });
  if (account !== undefined) return persons.forAccount(account.id);
  return accountIn(person) === undefined ? person : new Person(`guest ${hash}`);
}

/**
 * The sessions that go along when `session` becomes one of another person, or gets another name: all of a
 * guest's, and all of an account's as long as it is the same account. It comes first.
 */
export function goingAlong(session: Session, person: Person): readonly Session[] {
  const { person: before } = session;
  const isAlone = before !== person && accountIn(before) !== undefined;
  return isAlone ? [session] : [...new Set([session, ...before.sessions])];
}

/**
 * Makes sessions of one person those of `person`, under a name that is free for it. In a room where that
 * person was before, others are told that somebody has left; where others of the sessions' person stay,
 * that somebody has come; and elsewhere of the new name.
 */
export function become(
  registry: Registry,
  sessions: readonly Session[],
  person: Person,
  named: Named,
): Array<Renamed | Identified> {
  const [session, ...others] = sessions;
  if (session === undefined) return [];
  const { person: before, name: from } = session;
  const rooms = [...new Set(sessions.flatMap((each) => registry.roomsOf(each)))];
  const met = new Set(before === person ? [] : rooms.filter((room) => room.hasPerson(person)));
  for (const each of sessions) registry.name(each, person, named);
  const account = accountIn(person);
  const identified: Identified[] = account === accountIn(before)
    ? []
    : [{ kind: "identified", session, rooms, account }];
  if (from === named.name) return identified;
  const stays = (room: RoomState): boolean => before !== person && room.hasPerson(before);
  return [{
    kind: "renamed",
    session,
    others,
    from,
    rooms: rooms.filter((room) => !met.has(room) && !stays(room)),
    left: rooms.filter((room) => met.has(room) && !stays(room)),
    joined: rooms.filter((room) => !met.has(room) && stays(room)),
  }, ...identified];
}
