/** The list of open rooms, made once for many requests and cut to what fits into one event. */

import type { RoomSummary } from "../../wire/events.ts";
import { fitting } from "../messages/fits.ts";
import type { RoomState } from "./room_state.ts";

/** The rooms of the list, and whether there are more. */
export interface RoomList {
  readonly rooms: readonly RoomSummary[];
  readonly more: boolean;
}

/** A list of more rooms than this is made at most once in this many ms, since making it takes some. */
const FEW_ROOMS = 100;
const LIST_MS = 1_000;

/** Makes the list of rooms. */
export class RoomLists {
  /** The list of many rooms, and when it was made. */
  #list: RoomList & { readonly at: number } | undefined;

  /** The rooms by name; where they are many, as they were up to a second before `now`. */
  of(rooms: ReadonlyMap<string, RoomState>, now: number): RoomList {
    if (rooms.size <= FEW_ROOMS) return listOf(rooms);
    if (this.#list === undefined || now - this.#list.at >= LIST_MS) {
      this.#list = { ...listOf(rooms), at: now };
    }
    return this.#list;
  }
}

/** Where not all rooms fit, the list has those with the most members. */
function listOf(open: ReadonlyMap<string, RoomState>): RoomList {
  const all = [...open.values()].map(({ name, announced, topic }): RoomSummary => ({
    room: name,
    members: announced,
    ...(topic === "" ? {} : { topic }),
  }));
  const told = fitting(all.sort((a, b) => b.members - a.members));
  const rooms = told.toSorted((a, b) => a.room.localeCompare(b.room));
  return { rooms, more: rooms.length < all.length };
}
