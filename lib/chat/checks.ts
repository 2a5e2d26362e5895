/** What is looked at before a request is granted. */

import type { HouseParts } from "./house_parts.ts";
import type { HouseState } from "./house_state.ts";
import { Refusal } from "./refusal.ts";
import type { RoomState } from "./room_state.ts";
import { checkMuteOf } from "./sanction_text.ts";
import type { Session } from "./session.ts";
import { whoIs } from "./who_is.ts";

/** The room that the session is in under that name; `advice` is what somebody else is told to do. */
export function roomOf(
  { registry }: Pick<HouseParts, "registry">,
  session: Session,
  name: string,
  advice?: string,
): RoomState {
  const room = registry.room(name);
  if (room !== undefined && room.members.has(session)) return room;
  throw notInRoom(name, advice);
}

/** Why somebody is told nothing of a room, and can say nothing in it. */
export function notInRoom(name: string, advice = `; /join ${name} first`): Refusal {
  return new Refusal("not-in-room", `You are not in ${name}${advice}`);
}

/** Throws a {@linkcode Refusal} (`muted`) for a session that may say nothing, or nothing in a room. */
export function checkMute(
  { people }: Pick<HouseState, "people">,
  session: Session,
  room?: string,
  at?: number,
): void {
  // Asked at every message, so that it should cost nothing where it can't be.
  if (people.isPeaceful) return;
  checkMuteOf(people, whoIs(people, session), room, at);
}
