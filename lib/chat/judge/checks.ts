/** Checks that several requests share. */

import { nameKey } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import type { Named } from "../names/name_tables.ts";
import { checkMuteOf } from "../people/sanction_text.ts";
import type { Role } from "../people/permissions.ts";
import { whoIs } from "../people/who_is.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import type { RoomState } from "../rooms/room_state.ts";
import type { Session } from "../sessions/session.ts";
import { mayReadRoom, noSuchRoom } from "./may_read.ts";

/**
 * The room of that name, which the session is in. Throws a {@linkcode Refusal} (`not-in-room`) for others
 * that may read it, and (`no-such-room`) for those that may not, or where there is none.
 */
export function roomOf(
  state: Pick<HouseState, "registry" | "people" | "rooms">,
  session: Session,
  name: string,
): RoomState {
  const { key } = readableRoom(state, session, name);
  const room = state.registry.room(key);
  if (room !== undefined && room.members.has(session)) return room;
  throw notInRoom(name);
}

/** A room of that name that a session may read, be it open or not; `no-such-room` if there is none. */
export function readableRoom(
  state: Pick<HouseState, "registry" | "people" | "rooms">,
  session: Session,
  name: string,
): Named {
  const { registry } = state;
  const key = registry.room(name)?.key ?? nameKey(name);
  if (!registry.isThere(key) || !mayReadRoom(state, session, key)) throw noSuchRoom(name);
  return { key, name: registry.nameOf(key) };
}

/** What a session is in the room with that key. */
export function roleIn(
  { people }: Pick<HouseState, "people">,
  session: Session,
  room: string,
): Role {
  return people.roleIn(people.accountOf(session), room);
}

/** The refusal for a session that asks about a room that it is not in; `isAdvised`: it could go there first. */
export function notInRoom(name: string, isAdvised = true): Refusal {
  const advice = isAdvised ? sentence`; ${{ to: "join", room: name }} first` : "";
  return new Refusal("not-in-room", sentence`You are not in ${name}${advice}`);
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
