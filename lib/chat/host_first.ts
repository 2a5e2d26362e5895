/** Makes the account that opens a room its operator. */

import type { HouseParts } from "./house_parts.ts";
import { putPeople } from "./put_people.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";

/** Makes the session that has opened a new room its operator, if its name is reserved. */
export function hostFirst(
  house: HouseParts,
  session: Session,
  { key, name, founder }: RoomState,
): void {
  const { state: { people }, registry } = house;
  // Another session may have opened it a moment earlier.
  if (founder !== session.hash || people.accountOf(session) === undefined) return;
  // A room that has been there before belongs to the people who were in it.
  if (registry.hasPast(key)) return;
  putPeople(house, { kind: "host", room: { name, key } }, session.hash)
    .then(() => session.deliver({ type: "notice", text: `You are an operator of ${name} now.` }))
    .catch(() => {});
}
