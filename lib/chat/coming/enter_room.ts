/** Entering a room, and what follows for the first who does. */

import { nameKey } from "../../words/names.js";
import type { HouseParts } from "../house_parts.ts";
import { after, type Later } from "../later.ts";
import type { JoinFact } from "../log/fact.ts";
import { listerOf } from "../people/who_is.ts";
import { putThen } from "../put.ts";
import { putPeople } from "../put_people.ts";
import type { RoomState } from "../rooms/room_state.ts";
import type { Traits } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";

/** A room that a session is in and does not hear yet, and from where on it has to catch up. */
export interface Missed {
  readonly room: RoomState;
  readonly seq: number;
  /** Of the seq; none for a room that is new to the session. */
  readonly epoch?: string;
}

/** Makes the session that has opened a new room its host, if its name is reserved; settles when that is so, or not. */
export function hostFirst(
  house: HouseParts,
  session: Session,
  { key, name, founder }: RoomState,
): Later<void> {
  const { state: { people }, registry } = house;
  // Another session may have opened it a moment earlier.
  if (founder !== session.hash || people.accountOf(session) === undefined) return;
  // A room that has been there before belongs to the people who were in it.
  if (registry.hasPast(key)) return;
  return putPeople(house, { kind: "host", room: { name, key } }, session.hash)
    .then(() => session.deliver({ type: "notice", text: `You are a host of ${name} now.` }))
    .catch(() => {});
}

/**
 * Takes `session` into the room of that name, which is opened if there was none, tells the others, and
 * does what follows. Throws or rejects with a {@linkcode Refusal}, and has changed nothing then, when it
 * may not come in. It hears the room from when it listens to the audience. With `keeps` the list of its
 * account stays as it is.
 */
export function enterRoom<Result>(
  house: HouseParts,
  session: Session,
  name: string,
  then: (room: RoomState) => Later<Result>,
  keeps: boolean = false,
): Later<Result> {
  const { registry } = house;
  const key = nameKey(name);
  const wasOpen = registry.room(key) !== undefined;
  const fact: JoinFact = {
    kind: "join",
    session: session.hash,
    room: { name, key },
    ...(keeps ? { keeps } : {}),
  };
  return putThen(house, fact, () => {
    const room = registry.room(key);
    if (room === undefined) throw new Error(`The room ${key} is not open though it was joined`);
    const hosted = wasOpen ? undefined : hostFirst(house, session, room);
    house.keepList(listerOf(house.state.people, session)?.id);
    // Where those are listed who may act in it, as soon as one has come in, it must be known by then.
    return session.traits.accounts ? after(hosted, () => then(room)) : then(room);
  });
}

/** How many of the messages that were said in a room before it came a new member gets. */
export function earlierFor(
  { limits: { scrollback } }: Pick<HouseParts, "limits">,
  { scrollback: sees }: Traits,
  wanted: number = scrollback,
): number {
  return sees ? Math.min(scrollback, wanted) : 0;
}
