/** How many people and rooms there are, for doors whose clients are told that. Loaded by those; see `read` of house.ts. */

import type { HouseParts } from "../house_parts.ts";
import { mayList, mayMeet } from "../judge/may_read.ts";
import type { Person, Session } from "../sessions/session.ts";

/** What was counted: of that which a session may know, each person once and no visitors. */
export interface Census {
  /** People who are here, by whichever node. */
  readonly people: number;
  /** Those of them who are operators of the server, or own it. */
  readonly operators: number;
  /** Those of them who have come in by this node. */
  readonly own: number;
}

/** Counts the people that a session may know of. It looks at all of them. */
export function census({ registry, state }: HouseParts, session: Session): Census {
  const people = new Set<Person>();
  const own = new Set<Person>();
  let operators = 0;
  for (const each of registry.sessions.present) {
    const { isVisitor, person, peer } = each;
    if (isVisitor) continue;
    const isNew = !people.has(person);
    if (!isNew && (peer === undefined || own.has(person))) continue;
    if (!mayMeet(state, session, each)) continue;
    people.add(person);
    if (peer !== undefined) own.add(person);
    const { role = "member" } = state.people.accountOf(each) ?? {};
    if (isNew && role !== "member") operators++;
  }
  return { people: people.size, operators, own: own.size };
}

/** How many open rooms a list of rooms has for a session. It looks at all of them. */
export function countRooms({ registry, state }: HouseParts, session: Session): number {
  let rooms = 0;
  for (const { key } of registry.rooms) if (mayList(state, session, key)) rooms++;
  return rooms;
}
