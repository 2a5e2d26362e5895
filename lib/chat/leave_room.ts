/** Takes a session out of a room. */

import type { HouseParts } from "./house_parts.ts";
import type { Later } from "./later.ts";
import type { LeaveReason } from "./log/fact.ts";
import { putThen } from "./put.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";

/** Takes `session` out of a room, which closes when nobody is left in it. */
export function leaveRoom(
  house: HouseParts,
  { hash }: Session,
  { key, name }: RoomState,
  why: LeaveReason = {},
): Later<void> {
  return putThen(house, { kind: "leave", session: hash, room: { name, key }, ...why }, () => {});
}
