/**
 * Rooms that go for good. A room of the same name that is made later goes on after the highest number
 * that any removed room had, so that no number is used twice within an epoch.
 */

import type { DatabaseSync } from "node:sqlite";
import { keyOf, type RoomLog, roomLog } from "../chat/log_key.ts";
import { keepHighestId } from "./ids.ts";
import { metaOf, setMeta } from "./meta.ts";
import { prepared } from "./prepared.ts";
import { ROOM } from "./stored_log.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";

/** Rooms that are gone, and after which number a new room begins. */
export interface Removed {
  readonly rooms: readonly RoomLog[];
  readonly floor: number;
}

/** The number after which a room begins that is made now. */
export function roomFloor(db: DatabaseSync): number {
  return Number(metaOf(db, "floor") ?? 0);
}

/** Rooms of which nothing is kept, neither a message nor a topic; the default room is none of them. */
export function emptyRooms(db: DatabaseSync, limit: number): RoomLog[] {
  return prepared(
    db,
    "SELECT key FROM room r WHERE kind = ? AND topic = '' AND key <> ? AND " +
      "NOT EXISTS (SELECT 1 FROM message WHERE room = r.id) ORDER BY id LIMIT ?",
  ).all(ROOM, DEFAULT_ROOM, limit).map(({ key }) => roomLog(String(key)));
}

/** Removes rooms with all their messages, in the caller's transaction. Those that are not there are passed over. */
export function removeRooms(db: DatabaseSync, rooms: readonly RoomLog[]): Removed {
  let floor = roomFloor(db);
  if (rooms.length === 0) return { rooms, floor };
  keepHighestId(db);
  const gone = rooms.filter((log) => {
    const row = prepared(db, "SELECT id, last FROM room WHERE kind = ? AND key = ?")
      .get(ROOM, keyOf(log));
    if (row === undefined) return false;
    const id = Number(row["id"]);
    floor = Math.max(floor, Number(row["last"]));
    prepared(db, "DELETE FROM message_words WHERE rowid IN (SELECT id FROM message WHERE room = ?)")
      .run(id);
    prepared(db, "DELETE FROM message WHERE room = ?").run(id);
    prepared(db, "DELETE FROM room WHERE id = ?").run(id);
    return true;
  });
  setMeta(db, "floor", floor);
  return { rooms: gone, floor };
}
