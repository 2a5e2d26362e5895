/** The list of rooms, made once for many requests and cut to what fits into one event. */

import type { RoomSummary } from "../../wire/events.ts";
import { fitting } from "../messages/fits.ts";
import { roomLog } from "../messages/log_key.ts";
import { byName } from "../names/by_name.ts";
import type { Named } from "../names/name_tables.ts";
import type { Past, RoomRecords } from "./room_records.ts";
import type { RoomState } from "./room_state.ts";

/** The rooms of the list, and whether there are more. */
export interface RoomList {
  readonly rooms: readonly RoomSummary[];
  readonly more: boolean;
}

/** What a list is made of. */
interface AllRooms {
  readonly open: ReadonlyMap<string, RoomState>;
  /** The names of all that were ever there, and of others that are gone. */
  readonly names: Iterable<Named>;
  readonly past: Past;
  readonly records: RoomRecords;
}

/** A list of more rooms than this is made at most once in this many ms, since making it takes some. */
const FEW_ROOMS = 100;
const LIST_MS = 1_000;

/** How many rooms in which nobody is are looked at for a list. */
const MAX_EMPTY = 2_000;

/** Makes the list of rooms. */
export class RoomLists {
  /** The list of many rooms, when it was made, and by which records. */
  #list: RoomList & { readonly at: number; readonly version: number } | undefined;

  /**
   * The rooms that are listed for everybody, and those with the keys in `own`. Where they are many they
   * are as they were up to a second before `now`, but never longer than who may enter which.
   */
  of(rooms: AllRooms, own: ReadonlySet<string>, now: number): RoomList {
    const listed = this.#listed(rooms, now);
    if (own.size === 0) return listed;
    const others = [...own].flatMap((key) => summaryOf(rooms, key) ?? []);
    const list = listOf([...others, ...listed.rooms]);
    return { ...list, more: list.more || listed.more };
  }

  #listed(rooms: AllRooms, now: number): RoomList {
    const { version } = rooms.records;
    const last = this.#list;
    if (last !== undefined && last.version === version && now - last.at < LIST_MS) return last;
    const { all, more } = everybodys(rooms);
    const list = listOf(all);
    const made = { rooms: list.rooms, more: more || list.more, at: now, version };
    this.#list = all.length > FEW_ROOMS ? made : undefined;
    return made;
  }
}

/** The rooms that are listed for everybody. */
function everybodys(rooms: AllRooms): { readonly all: RoomSummary[]; readonly more: boolean } {
  const { open, names, past, records } = rooms;
  const isListed = (key: string): boolean => records.access(key) === "open";
  const all = [...open.values()].filter(({ key }) => isListed(key)).map(openSummary(records));
  let empty = 0;
  for (const { key, name } of names) {
    if (open.has(key) || !isListed(key) || !past.has(roomLog(key))) continue;
    if (++empty > MAX_EMPTY) return { all, more: true };
    all.push(emptySummary(rooms, { key, name }));
  }
  return { all, more: false };
}

/** The room with that key, if there is one. */
function summaryOf(rooms: AllRooms, key: string): RoomSummary | undefined {
  const room = rooms.open.get(key);
  if (room !== undefined) return openSummary(rooms.records)(room);
  const record = rooms.records.of(key);
  return record && emptySummary(rooms, record);
}

function openSummary(records: RoomRecords): (room: RoomState) => RoomSummary {
  return ({ key, name, announced, topic }) => summary(records, { key, name }, announced, topic);
}

function emptySummary({ past, records }: AllRooms, { key, name }: Named): RoomSummary {
  return summary(records, { key, name }, 0, past.topic(roomLog(key)));
}

function summary(
  records: RoomRecords,
  { key, name }: Named,
  members: number,
  topic: string,
): RoomSummary {
  const { title = "", access = "open" } = records.of(key) ?? {};
  return {
    room: name,
    members,
    ...(topic === "" ? {} : { topic }),
    ...(title === "" ? {} : { title }),
    ...(access === "open" ? {} : { access }),
  };
}

/** Where not all rooms fit, the list has those with the most members. */
function listOf(all: readonly RoomSummary[]): RoomList {
  const told = fitting(all.toSorted((a, b) => b.members - a.members));
  const rooms = told.toSorted((a, b) => byName(a.room, b.room));
  return { rooms, more: rooms.length < all.length };
}
