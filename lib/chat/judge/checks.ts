/** Checks that several requests share. */

import type { HouseState } from "../house_state.ts";
import { checkMuteOf } from "../people/sanction_text.ts";
import { whoIs } from "../people/who_is.ts";
import { Refusal } from "../refusal.ts";
import type { RoomState } from "../rooms/room_state.ts";
import type { Session } from "../sessions/session.ts";

/** The room of that name, which the session is in; for others `advice` ends the refusal. */
export function roomOf(
  { registry }: Pick<HouseState, "registry">,
  session: Session,
  name: string,
  advice?: string,
): RoomState {
  const room = registry.room(name);
  if (room !== undefined && room.members.has(session)) return room;
  throw notInRoom(name, advice);
}

/** The refusal for a session that asks about a room that it is not in. */
export function notInRoom(name: string, advice = `; /join ${name} first`): Refusal {
  return new Refusal("not-in-room", `You are not in ${name}${advice}`);
}

/** Throws a {@linkcode Refusal} (`muted`) for a session that is muted, everywhere or in the room. */
export function checkMute(
  { people }: Pick<HouseState, "people">,
  session: Session,
  room?: string,
  at?: number,
): void {
  // This runs for every message, so it should cost nothing while nobody is muted.
  if (people.isPeaceful) return;
  checkMuteOf(people, whoIs(people, session), room, at);
}
