/** What is looked at before a request is granted. */

import type { HouseParts } from "./house_parts.ts";
import { Refusal } from "./refusal.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";
import { whoIs } from "./who_is.ts";

/** The room that the session is in under that name; `advice` is what somebody else is told to do. */
export function roomOf(
  house: HouseParts,
  session: Session,
  name: string,
  advice = `; /join ${name} first`,
): RoomState {
  const room = house.registry.room(name);
  if (room !== undefined && room.members.has(session)) return room;
  throw new Refusal("not-in-room", `You are not in ${name}${advice}`);
}

/** Throws a {@linkcode Refusal} (`muted`) for a session that may say nothing, or nothing in a room. */
export function checkMute({ keeper }: HouseParts, session: Session, room?: string): void {
  // Asked at every message, so that it should cost nothing where it can't be.
  if (keeper.people.isPeaceful) return;
  keeper.checkMute(whoIs(keeper.people, session), room);
}
