/** The bans and mutes of a room alone, for doors whose clients ask for those. Loaded by those; see `read` of house.ts. */

import type { HouseParts } from "../house_parts.ts";
import type { HouseState } from "../house_state.ts";
import { maySee } from "../judge/may_read.ts";
import { check } from "../judge/mod_action.ts";
import type { Sanction } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";

/** Bans and mutes in one answer. */
const MOST = 200;

/** Whether a session may list the bans and mutes of a room. */
function mayList(state: HouseState, session: Session, room: string): boolean {
  try {
    check(state, session, "bans", room);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
}

/** Whether a session may see a ban or a mute of a room. */
export function maySeeBan(state: HouseState, session: Session, sanction: Sanction): boolean {
  return mayList(state, session, sanction.room) && maySee(state, session, sanction);
}

/**
 * The bans and mutes that hold in the room with that key and nowhere else, the newest first, and 200 of them at
 * most; none for a session that may not list them.
 */
export function bansIn(house: HouseParts, session: Session, room: string): readonly Sanction[] {
  const { state } = house;
  if (!mayList(state, session, room)) return [];
  return state.people.sanctions(room)
    .filter((sanction) => maySee(state, session, sanction)).slice(0, MOST);
}
