/** The answers to `rooms` and `who`: which rooms are open, and who is in one. */

import type { RequestOf } from "../wire/requests.ts";
import { fitting } from "./fitting.ts";
import type { HouseParts } from "./house_parts.ts";
import { Refusal } from "./refusal.ts";
import { idOf } from "./reply.ts";
import type { RoomState } from "./room_state.ts";
import { checkBanOf } from "./sanction_text.ts";
import type { Session } from "./session.ts";
import { whoIs } from "./who_is.ts";

const MAX_MEMBERS_LISTED = 2_000;

/** One collator for all names: `localeCompare` makes one for each call, and takes ten times as long. */
const byName = new Intl.Collator().compare;

/** Lists the open rooms. */
export function rooms(
  house: HouseParts,
  session: Session,
  request: RequestOf<"rooms">,
): void | Promise<void> {
  const { rooms, more } = house.registry.summaries(house.now());
  session.deliver({ type: "rooms", ...idOf(request), rooms, ...(more ? { more } : {}) });
  // The next request waits until the list has gone out: a client can ask faster than it reads.
  return session.peer?.drained();
}

/** Lists who is in a room. */
export function who(
  house: HouseParts,
  session: Session,
  request: RequestOf<"who">,
): void | Promise<void> {
  const room = house.registry.room(request.room);
  if (room === undefined) {
    throw new Refusal("no-such-room", `There is no room ${request.room}; /rooms lists them`);
  }
  checkBanOf(house.keeper.people, whoIs(house.keeper.people, session), room.name);
  house.audiences.of(room.key)?.flush();
  const members = namesOf(room, false);
  const visitors = namesOf(room, true);
  session.deliver({
    type: "members",
    ...idOf(request),
    room: room.name,
    members: fitting(members),
    total: room.announced,
    ...(visitors.length === 0 ? {} : { visitors: fitting(visitors) }),
  });
  // As with the rooms, the next request waits until the list has gone out.
  return session.peer?.drained();
}

/** The names of a room's visitors, or of its other members, as far as they are listed. */
function namesOf(room: RoomState, visitors: boolean): string[] {
  return [...room.members]
    .filter(({ isVisitor }) => isVisitor === visitors)
    .map(({ name }) => name)
    .sort(byName)
    .slice(0, MAX_MEMBERS_LISTED);
}
