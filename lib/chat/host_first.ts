/** Who is the first operator of a room. */

import { auditLine } from "./audit_line.ts";
import type { HouseParts } from "./house_parts.ts";
import { putPeople } from "./put_people.ts";
import type { Change } from "./records.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";

/** Makes the one who opens a new room its operator, if the name is reserved and the room has none. */
export function hostFirst(
  house: HouseParts,
  session: Session,
  { key: room, name: title }: RoomState,
): void {
  const { people } = house.keeper;
  const account = people.accountOf(session);
  // A room with a past belongs to the people who were there before.
  if (house.registry.hasPast(room)) return;
  if (account === undefined || !house.keeper.mayHost(account, room)) return;
  const { name, key } = account;
  let isHost = false;
  putPeople(house, () => {
    const now = people.accountOf(session);
    isHost = now?.key === key && house.keeper.mayHost(now, room);
    const line = auditLine(people, { by: name, action: "op", target: name, room: title });
    const changes: Change[] = [{ type: "host", host: { room, key } }, { type: "audit", line }];
    return { changes: isHost ? changes : [] };
  }).then(() => {
    if (!isHost) return;
    session.deliver({ type: "notice", text: `You are an operator of ${title} now.` });
  }).catch(() => {});
}
