/** Who is the first operator of a room. */

import { DEFAULT_ROOM } from "../wire/names.ts";
import { auditLine } from "./audit_line.ts";
import type { HouseParts } from "./house_parts.ts";
import { MAX_HOSTED, type People } from "./people.ts";
import { putPeople } from "./put_people.ts";
import type { Account, Change } from "./records.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";

/** Makes the one who has opened a new room its operator, if the name is reserved and the room has none. */
export function hostFirst(
  house: HouseParts,
  session: Session,
  { key: room, name: title, founder }: RoomState,
): void {
  const { people } = house.keeper;
  const account = people.accountOf(session);
  // Somebody else may have opened it a moment earlier.
  if (founder !== session.hash) return;
  // A room with a past belongs to the people who were there before.
  if (house.registry.hasPast(room)) return;
  if (account === undefined || !mayHost(people, account, room)) return;
  const { name, key } = account;
  let isHost = false;
  putPeople(house, () => {
    const now = people.accountOf(session);
    isHost = now?.key === key && mayHost(people, now, room);
    const line = auditLine(people, { by: name, action: "op", target: name, room: title });
    const changes: Change[] = [{ type: "host", host: { room, key } }, { type: "audit", line }];
    return { changes: isHost ? changes : [] };
  }).then(() => {
    if (!isHost) return;
    session.deliver({ type: "notice", text: `You are an operator of ${title} now.` });
  }).catch(() => {});
}

/** Whether an account becomes an operator of a room that it opens. */
function mayHost(people: People, account: Account, room: string): boolean {
  return room !== DEFAULT_ROOM && account.role === "member" && !people.hasHosts(room) &&
    people.hosted(account.key) < MAX_HOSTED;
}
