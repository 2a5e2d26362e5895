/** Searches messages in the database by words, sender, room and time. */

import type { DatabaseSync } from "node:sqlite";
import type { Cursor, Page, Search } from "../chat/messages/history.ts";
import type { ReadLog } from "../chat/messages/log_key.ts";
import { type LookedFor, lookedFor } from "../chat/messages/looked_for.ts";
import { REVISE, rowOf } from "./columns.ts";
import { FOUND_COLUMNS, foundIn } from "./found.ts";
import { getRow, getRows } from "./sql.ts";
import { toMatch } from "./word_index.ts";

type Value = string | number;

/** How many words one expression may have in all, each of them in each of the logs. */
const MOST_WORDS = 1_000;

/** Finds the messages that match, the newest first. Throws a `Refusal` (`bad-query`). */
export function searchStore(db: DatabaseSync, search: Search): Page {
  const looked = lookedFor(search);
  if (looked === undefined) return { entries: [], more: false };
  const { ignored } = looked;
  const told = ignored.length === 0 ? {} : { ignored };
  const { limit } = search;
  const ids = matching(db, search, looked);
  const rows = getRows(
    db,
    `SELECT ${FOUND_COLUMNS} FROM message m JOIN name n ON n.id = m.sender ` +
      "JOIN room r ON r.id = m.room WHERE m.id IN (SELECT value FROM json_each(?)) " +
      "ORDER BY m.id DESC",
    JSON.stringify(ids.slice(0, limit)),
  );
  return { entries: foundIn(db, rows, search.asker), more: ids.length > limit, ...told };
}

/** The ids of the messages that match, the newest first: one more than are wanted, if there are. */
function matching(db: DatabaseSync, search: Search, looked: LookedFor): number[] {
  const { logs, wanted, sender } = looked;
  const { skip = 0, limit } = search;
  const rooms = logs.flatMap((log) => idOf(db, log) ?? []);
  const senders = sender === undefined ? undefined : sendersOf(db, sender);
  if (rooms.length === 0 || senders?.length === 0) return [];
  const conditions = conditionsOf(db, search, looked, senders);
  if (wanted.length === 0) {
    // Nobody finds what was removed, and what was done about messages is none.
    const said = `m.kind < ${REVISE} AND m.text <> ''`;
    conditions.set(`${said} AND m.room IN (SELECT value FROM json_each(?))`, JSON.stringify(rooms));
    return idsOf(db, "message m", "m.id", conditions, limit + 1, skip);
  }
  const from = "message_words w CROSS JOIN message m ON m.id = w.rowid";
  const some = Math.max(1, Math.floor(MOST_WORDS / wanted.length));
  // Asked once: for each message that matches, it takes as long as the rest of the search.
  const isLeaving = getRow(db, "SELECT 1 FROM leaving LIMIT 1") !== undefined;
  const match = "message_words MATCH ?" +
    (isLeaving ? " AND w.rowid NOT IN (SELECT id FROM leaving)" : "");
  const find = (rooms: readonly number[], most: number, skip: number): number[] => {
    const all = new Map<string, Value>([[match, toMatch(rooms, wanted)], ...conditions]);
    return idsOf(db, from, "w.rowid", all, most, skip);
  };
  if (rooms.length <= some) return find(rooms, limit + 1, skip);
  const found: number[] = [];
  for (let at = 0; at < rooms.length; at += some) {
    found.push(...find(rooms.slice(at, at + some), skip + limit + 1, 0));
  }
  return found.sort((a, b) => b - a).slice(skip, skip + limit + 1);
}

/** SQLite reads the index backwards, and stops as soon as it has enough rows. */
function idsOf(
  db: DatabaseSync,
  from: string,
  id: string,
  conditions: ReadonlyMap<string, Value>,
  most: number,
  skip: number,
): number[] {
  const where = [...conditions.keys()].map((condition) => condition.replace("ID", id));
  return getRows(
    db,
    `SELECT ${id} AS id FROM ${from} WHERE ${where.join(" AND ")} ` +
      `ORDER BY ${id} DESC LIMIT ? OFFSET ?`,
    ...[...conditions.values(), most, skip],
  ).map(({ id }) => Number(id));
}

/** The SQL conditions besides the words and the logs, each with its value. */
function conditionsOf(
  db: DatabaseSync,
  { before, cursor }: Search,
  { since, until }: LookedFor,
  senders: readonly number[] | undefined,
): Map<string, Value> {
  const conditions = new Map<string, Value>();
  const add = (condition: string, value: Value | undefined): void => {
    if (value !== undefined) conditions.set(condition, value);
  };
  add("ID < ?", cursor === undefined ? undefined : endOf(db, cursor));
  add("m.sender IN (SELECT value FROM json_each(?))", senders && JSON.stringify(senders));
  add("m.seq < ?", before);
  add("m.at < ?", until);
  add("m.at >= ?", since);
  return conditions;
}

/**
 * The id below which a search goes on after the message at `cursor`, even if that message has been
 * removed.
 */
function endOf(db: DatabaseSync, { log, seq }: Cursor): number | undefined {
  const room = idOf(db, log);
  if (room === undefined) return undefined;
  const sql = "SELECT id, seq FROM message WHERE room = ? AND seq <= ? ORDER BY seq DESC LIMIT 1";
  const at = getRow(db, sql, room, seq);
  if (at !== undefined) return Number(at["id"]) + (at["seq"] === seq ? 0 : 1);
  const next = getRow(db, "SELECT id FROM message WHERE room = ? ORDER BY seq LIMIT 1", room);
  return next === undefined ? undefined : Number(next["id"]);
}

function idOf(db: DatabaseSync, log: ReadLog): number | undefined {
  const { kind, key } = rowOf(log);
  const row = getRow(db, "SELECT id FROM room WHERE kind = ? AND key = ?", kind, key);
  return row === undefined ? undefined : Number(row["id"]);
}

/** The ids of all spellings of a name. */
function sendersOf(db: DatabaseSync, key: string): number[] {
  return getRows(db, "SELECT id FROM name WHERE key = ?", key).map(({ id }) => Number(id));
}
