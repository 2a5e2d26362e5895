/** The answer to `who`: who is in a room, and who belongs there and is away. */

import type { EventOf } from "../../wire/events.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { idOf } from "../asked.ts";
import type { HouseParts } from "../house_parts.ts";
import type { HouseState } from "../house_state.ts";
import { readableRoom } from "../judge/checks.ts";
import type { Later } from "../later.ts";
import { fitting } from "../messages/fits.ts";
import { roomLog } from "../messages/log_key.ts";
import { byName } from "../names/by_name.ts";
import { checkBanOf } from "../people/sanction_text.ts";
import type { Account } from "../people/records.ts";
import { whoIs } from "../people/who_is.ts";
import type { RoomState } from "../rooms/room_state.ts";
import type { Session } from "../sessions/session.ts";

const MAX_MEMBERS_LISTED = 2_000;

/** Somebody in the list. */
type ListedPerson = NonNullable<EventOf<"members">["people"]>[number];

/** Lists who is in a room. */
export function who(house: HouseParts, session: Session, request: RequestOf<"who">): Later<void> {
  const { state } = house;
  const { key, name } = readableRoom(state, session, request.room);
  checkBanOf(state.people, whoIs(state.people, session), name);
  house.audiences.of(key)?.flush();
  const room = state.registry.room(key);
  const visitors = namesOf(room, true);
  session.deliver({
    type: "members",
    ...idOf(request),
    room: name,
    members: fitting(namesOf(room, false)),
    total: room?.announced ?? 0,
    ...(session.hasPeople ? { people: fitting(peopleOf(state, key)) } : {}),
    ...(visitors.length === 0 ? {} : { visitors: fitting(visitors) }),
  });
  // As with the rooms, the next request waits until the list has gone out.
  return session.peer?.drained();
}

/** The names of a room's visitors, or of its other people, each once, as far as they are listed. */
function namesOf(room: RoomState | undefined, visitors: boolean): string[] {
  const members = [...room?.members ?? []].filter(({ isVisitor }) => isVisitor === visitors);
  return [...new Set(members.map(({ name }) => name))]
    .sort(byName)
    .slice(0, MAX_MEMBERS_LISTED);
}

/** Each person once: those who are here, and then those who belong there and are away. */
function peopleOf(state: HouseState, key: string): ListedPerson[] {
  const { people, registry, rooms, lists } = state;
  const here = new Map<string, ListedPerson>();
  for (const session of registry.room(key)?.members ?? []) {
    const account = people.accountOf(session);
    const who = account?.id ?? session.person.who;
    // Whoever is also here as a visitor is more than that.
    if (session.isVisitor && here.has(who)) continue;
    const visitor = session.isVisitor ? { visitor: true } as const : {};
    const { away } = session.person;
    here.set(who, {
      ...personOf(state, key, session.name, account, true),
      ...(away === "" ? {} : { away }),
      ...visitor,
    });
  }
  const belonging = new Set([
    ...lists.accounts(roomLog(key)),
    ...rooms.access(key) === "invite" ? rooms.members(key).map(({ account }) => account) : [],
  ]);
  const away = [...belonging].filter((id) => !here.has(id)).flatMap((id) => {
    const account = people.accountWith(id);
    return account === undefined ? [] : personOf(state, key, account.name, account, false);
  });
  const byNames = (a: ListedPerson, b: ListedPerson): number => byName(a.name, b.name);
  return [...[...here.values()].sort(byNames), ...away.sort(byNames)].slice(0, MAX_MEMBERS_LISTED);
}

function personOf(
  { people }: HouseState,
  key: string,
  name: string,
  account: Account | undefined,
  here: boolean,
): ListedPerson {
  const role = people.roleIn(account, key);
  return {
    name,
    ...(account === undefined ? {} : { account: account.id }),
    ...(role === "member" ? {} : { role }),
    here,
  };
}
