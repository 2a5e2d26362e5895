/** The list of open rooms, as it is told: made once for many who ask, and no larger than an event may be. */

import type { RoomSummary } from "../wire/events.ts";
import { fitting } from "./fitting.ts";
import type { RoomState } from "./room_state.ts";

/** The rooms that are told of, and whether there are others. */
export interface RoomList {
  readonly rooms: readonly RoomSummary[];
  readonly more: boolean;
}

/** A list of more rooms than these is made once in so many ms: it takes a few of them. */
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

/** Where not all can be told, those with the most members are. */
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
