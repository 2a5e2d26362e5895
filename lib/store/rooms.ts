/**
 * Lists the rooms of a database, and removes rooms for good. A new room begins after the highest number
 * that any removed room had, so that no number is used twice within an epoch.
 */

import type { DatabaseSync } from "node:sqlite";
import { keyOf, type ReadLog, type RoomLog, roomLog } from "../chat/messages/log_key.ts";
import { DEFAULT_ROOM } from "../wire/names.ts";
import { GONE, REVISE, ROOM, rowOf } from "./columns.ts";
import { dropLife, goesAlong } from "./emptying.ts";
import { dropFiles } from "./files.ts";
import { keepHighestId, metaOf, setMeta } from "./meta.ts";
import { getRow, getRows, runSql, type SqlRow } from "./sql.ts";
import { removalCost, stepLength, unindex } from "./unindex.ts";

/** A room in the database. */
export interface KeptRoom {
  readonly key: string;
  readonly name: string;
  readonly topic: string;
  /** What it is called, for people; empty: nothing else. */
  readonly title: string;
  /** Who may enter it. */
  readonly access: string;
  /** How many are invited to it. */
  readonly members: number;
  readonly messages: number;
  /** The size of its texts, in bytes. */
  readonly bytes: number;
  /** How many of its messages have brought a file, and the size of those, in bytes. */
  readonly files: number;
  readonly fileBytes: number;
  /** The times of its first and last messages, in ms since 1970; `null` if it has none. */
  readonly first: number | null;
  readonly last: number | null;
  /** The accounts of its hosts. */
  readonly hosts: readonly string[];
}

/** All rooms, sorted by key. */
export function listRooms(db: DatabaseSync): KeptRoom[] {
  const hosts = Map.groupBy(getRows(db, "SELECT room, account FROM host"), ({ room }) => room);
  const rows = getRows(
    db,
    "SELECT r.key, r.name, r.topic, r.title, r.access, " +
      "(SELECT count(*) FROM file WHERE room = r.id) AS files, " +
      "(SELECT ifnull(sum(size), 0) FROM file JOIN blob ON sha = blob WHERE room = r.id) AS fileBytes, " +
      "(SELECT count(*) FROM member WHERE room = r.key) AS members, count(m.id) AS messages, " +
      "ifnull(sum(length(CAST(m.text AS BLOB))), 0) AS bytes, min(m.at) AS first, max(m.at) AS last " +
      `FROM room r LEFT JOIN message m ON m.room = r.id AND m.kind < ${REVISE} ` +
      "WHERE r.kind = ? GROUP BY r.id ORDER BY r.key",
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

/**
 * At most `limit` rooms without messages, topic, members of record, links and hooks. The default room is never
 * one of them.
 */
export function emptyRooms(db: DatabaseSync, limit: number): RoomLog[] {
  return getRows(
    db,
    "SELECT key FROM room r WHERE kind = ? AND topic = '' AND key <> ? AND " +
      "NOT EXISTS (SELECT 1 FROM message WHERE room = r.id) AND " +
      "NOT EXISTS (SELECT 1 FROM member WHERE room = r.key) AND " +
      "NOT EXISTS (SELECT 1 FROM invitation WHERE room = r.key) AND " +
      "NOT EXISTS (SELECT 1 FROM hook WHERE room = r.key) ORDER BY id LIMIT ?",
    ...[ROOM, DEFAULT_ROOM, limit],
  ).map(({ key }) => roomLog(String(key)));
}

/**
 * Removes a log, in the caller's transaction. It is nobody's from then on; what was said in it is removed
 * later, step by step: see {@linkcode purgeGone}.
 */
export function dropLog(db: DatabaseSync, log: ReadLog): void {
  const { kind, key } = rowOf(log);
  const row = getRow(db, "SELECT id, last FROM room WHERE kind = ? AND key = ?", kind, key);
  if (row === undefined) return;
  if (kind === ROOM) setMeta(db, "floor", Math.max(roomFloor(db), Number(row["last"])));
  const id = Number(row["id"]);
  runSql(db, "UPDATE room SET kind = ?, key = ? WHERE id = ?", GONE, `${kind} ${key} ${id}`, id);
}

/** Deletes the members of record of a room, its links and hooks, and its places in lists. */
export function forgetRoom(db: DatabaseSync, key: string): void {
  runSql(db, "DELETE FROM member WHERE room = ?", key);
  runSql(db, "DELETE FROM invitation WHERE room = ?", key);
  runSql(db, "DELETE FROM hook WHERE room = ?", key);
  runSql(db, "DELETE FROM listed WHERE kind = ? AND key = ?", ROOM, key);
}

/** The id of a log that has been dropped, and of which something is still there. */
export function goneLog(db: DatabaseSync): number | undefined {
  const row = getRow(db, "SELECT id FROM room WHERE kind = ? LIMIT 1", GONE);
  return row === undefined ? undefined : Number(row["id"]);
}

/**
 * Removes what was said in a log that has been dropped, at most `limit` messages of it, in the caller's
 * transaction.
 */
export function purgeGone(db: DatabaseSync, room: number, limit: number): void {
  const last = lastToPurge(db, room, limit);
  if (last === undefined) {
    dropLife(db, room);
    return void runSql(db, "DELETE FROM room WHERE id = ?", room);
  }
  keepHighestId(db);
  unindex(db, room, 0, last);
  runSql(db, "DELETE FROM mention WHERE room = ? AND seq <= ?", room, last);
  dropFiles(db, room, 0, last);
  dropLife(db, room, 0, last);
  runSql(db, "DELETE FROM message WHERE room = ? AND seq <= ?", room, last);
}

/** The number up to which a step purges a log: at most `limit` entries, of long ones fewer. */
function lastToPurge(db: DatabaseSync, room: number, limit: number): number | undefined {
  const sql =
    "SELECT seq, octet_length(text) AS size FROM message WHERE room = ? ORDER BY seq LIMIT ?";
  const rows = getRows(db, sql, room, limit);
  const [first] = rows;
  if (first === undefined) return undefined;
  const seqs = rows.map(({ seq }) => Number(seq));
  const { costs, upTo } = goesAlong(db, room, seqs[0] ?? 0, seqs.at(-1) ?? 0, limit);
  const cost = ({ seq, size }: SqlRow): number =>
    Number(seq) > upTo ? limit : removalCost(Number(size)) + (costs.get(Number(seq)) ?? 0);
  const last = rows[stepLength(rows.map(cost), limit) - 1];
  return last === undefined ? undefined : Number(last["seq"]);
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
    unindex(db, id);
    dropLife(db, id);
    dropFiles(db, id);
    runSql(db, "DELETE FROM message WHERE room = ?", id);
    runSql(db, "DELETE FROM mention WHERE room = ?", id);
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
