/** Who is the first operator of a room. */

import type { HouseParts } from "./house_parts.ts";
import { putPeople } from "./put_people.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";

/** Makes the one who has opened a new room its operator, if the name is reserved and the room has none. */
export function hostFirst(
  house: HouseParts,
  session: Session,
  { key, name, founder }: RoomState,
): void {
  const { state: { people }, registry } = house;
  // Somebody else may have opened it a moment earlier.
  if (founder !== session.hash || people.accountOf(session) === undefined) return;
  // A room with a past belongs to the people who were there before.
  if (registry.hasPast(key)) return;
  putPeople(house, { kind: "host", room: { name, key } }, session.hash)
    .then(() => session.deliver({ type: "notice", text: `You are an operator of ${name} now.` }))
    .catch(() => {});
}
