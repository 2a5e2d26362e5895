/**
 * Lists the rooms of a database, and removes rooms for good. A new room begins after the highest number
 * that any removed room had, so that no number is used twice within an epoch.
 */

import type { DatabaseSync } from "node:sqlite";
import { keyOf, type RoomLog, roomLog } from "../chat/messages/log_key.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";
import { ROOM } from "./columns.ts";
import { keepHighestId, metaOf, setMeta } from "./meta.ts";
import { getRow, getRows, runSql } from "./sql.ts";

/** A room in the database. */
export interface KeptRoom {
  readonly key: string;
  readonly name: string;
  readonly topic: string;
  readonly messages: number;
  /** The size of its texts, in bytes. */
  readonly bytes: number;
  /** The times of its first and last messages, in ms since 1970; `null` if it has none. */
  readonly first: number | null;
  readonly last: number | null;
  /** The accounts of its operators. */
  readonly hosts: readonly string[];
}

/** All rooms, sorted by key. */
export function listRooms(db: DatabaseSync): KeptRoom[] {
  const hosts = Map.groupBy(getRows(db, "SELECT room, account FROM host"), ({ room }) => room);
  const rows = getRows(
    db,
    "SELECT r.key, r.name, r.topic, count(m.id) AS messages, " +
      "ifnull(sum(length(CAST(m.text AS BLOB))), 0) AS bytes, min(m.at) AS first, max(m.at) AS last " +
      "FROM room r LEFT JOIN message m ON m.room = r.id WHERE r.kind = ? GROUP BY r.id ORDER BY r.key",
    ROOM,
  ) as unknown as Array<Omit<KeptRoom, "hosts">>;
  return rows.map((row) => {
    return { ...row, hosts: (hosts.get(row.key) ?? []).map(({ account }) => String(account)) };
  });
}

/** Rooms that have been removed, and the number after which a new room begins. */
export interface Removed {
  readonly rooms: readonly RoomLog[];
  readonly floor: number;
}

/** The number after which a new room begins. */
export function roomFloor(db: DatabaseSync): number {
  return Number(metaOf(db, "floor") ?? 0);
}

/** At most `limit` rooms without messages and topic. The default room is never one of them. */
export function emptyRooms(db: DatabaseSync, limit: number): RoomLog[] {
  return getRows(
    db,
    "SELECT key FROM room r WHERE kind = ? AND topic = '' AND key <> ? AND " +
      "NOT EXISTS (SELECT 1 FROM message WHERE room = r.id) ORDER BY id LIMIT ?",
    ...[ROOM, DEFAULT_ROOM, limit],
  ).map(({ key }) => roomLog(String(key)));
}

/** Removes rooms and their messages, in the caller's transaction. Skips rooms that do not exist. */
export function removeRooms(db: DatabaseSync, rooms: readonly RoomLog[]): Removed {
  let floor = roomFloor(db);
  if (rooms.length === 0) return { rooms, floor };
  keepHighestId(db);
  const gone = rooms.filter((log) => {
    const row = getRow(
      db,
      "SELECT id, last FROM room WHERE kind = ? AND key = ?",
      ROOM,
      keyOf(log),
    );
    if (row === undefined) return false;
    const id = Number(row["id"]);
    floor = Math.max(floor, Number(row["last"]));
    runSql(
      db,
      "DELETE FROM message_words WHERE rowid IN (SELECT id FROM message WHERE room = ?)",
      id,
    );
    runSql(db, "DELETE FROM message WHERE room = ?", id);
    runSql(db, "DELETE FROM room WHERE id = ?", id);
    return true;
  });
  setMeta(db, "floor", floor);
  return { rooms: gone, floor };
}

/** How many names {@linkcode someOf} lists. */
const MOST_TOLD = 20;

/** Lists the first names, and says how many more there are. */
export function someOf(all: readonly string[]): string {
  const more = all.length > MOST_TOLD ? ` and ${all.length - MOST_TOLD} more` : "";
  return `${all.slice(0, MOST_TOLD).join(", ")}${more}`;
}
