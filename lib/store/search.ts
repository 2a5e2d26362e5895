/** Searches messages in the database by words, sender, room and time. */

import type { DatabaseSync } from "node:sqlite";
import type { Cursor, Page, Search } from "../chat/messages/history.ts";
import { keyOf, type RoomLog } from "../chat/messages/log_key.ts";
import { type LookedFor, lookedFor } from "../chat/messages/looked_for.ts";
import { MESSAGE_COLUMNS, messageOf } from "./message_row.ts";
import { getRow, getRows } from "./sql.ts";
import { ROOM } from "./columns.ts";
import type { Wanted } from "../words/search.js";

type Value = string | number;

const NAMES = "JOIN name n ON n.id = m.sender JOIN room r ON r.id = m.room";

/** Finds the messages that match, the newest first. Throws a `Refusal` (`bad-query`). */
export function searchStore(db: DatabaseSync, search: Search): Page {
  const looked = lookedFor(search);
  if (looked === undefined) return { entries: [], more: false };
  const { ignored, wanted } = looked;
  const told = ignored.length === 0 ? {} : { ignored };
  const conditions = conditionsOf(db, search, looked);
  if (conditions === undefined) return { entries: [], more: false, ...told };
  const { skip = 0, limit } = search;
  // SQLite reads the index backwards and stops as soon as it has enough rows.
  const [from, id] = wanted.length === 0
    ? [`message m ${NAMES}`, "m.id"]
    : [`message_words w CROSS JOIN message m ON m.id = w.rowid ${NAMES}`, "w.rowid"];
  const where = [...conditions.keys()].map((condition) => condition.replace("ID", id));
  const rows = getRows(
    db,
    `SELECT ${MESSAGE_COLUMNS} FROM ${from} WHERE ${where.join(" AND ")} ` +
      `ORDER BY ${id} DESC LIMIT ? OFFSET ?`,
    ...[...conditions.values(), limit + 1, skip],
  );
  const entries = rows.slice(0, limit).map((row) => ({ message: messageOf(row) }));
  return { entries, more: rows.length > limit, ...told };
}

/** The SQL conditions, each with its value, or `undefined` if no message can match. */
function conditionsOf(
  db: DatabaseSync,
  { before, cursor }: Search,
  { rooms, wanted, sender, since, until }: LookedFor,
): ReadonlyMap<string, Value> | undefined {
  const ids = rooms.flatMap((room) => idOf(db, room) ?? []);
  const senders = sender === undefined ? undefined : sendersOf(db, sender);
  if (ids.length === 0 || senders?.length === 0) return undefined;
  const conditions = new Map<string, Value>();
  const add = (condition: string, value: Value | undefined): void => {
    if (value !== undefined) conditions.set(condition, value);
  };
  add("message_words MATCH ?", wanted.length === 0 ? undefined : toMatch(wanted));
  add("ID < ?", cursor === undefined ? undefined : endOf(db, cursor));
  add("m.room IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
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

function idOf(db: DatabaseSync, log: RoomLog): number | undefined {
  const row = getRow(db, "SELECT id FROM room WHERE kind = ? AND key = ?", ROOM, keyOf(log));
  return row === undefined ? undefined : Number(row["id"]);
}

/** The ids of all spellings of a name. */
function sendersOf(db: DatabaseSync, key: string): number[] {
  return getRows(db, "SELECT id FROM name WHERE key = ?", key).map(({ id }) => Number(id));
}

/**
 * The expression for `MATCH` of SQLite's full-text index. Terms hold only letters, digits and signs
 * beyond ASCII, and are quoted strings of FTS5, so nothing in them is syntax. Strings side by side must
 * all occur.
 */
export function toMatch(wanted: readonly Wanted[]): string {
  const quoted = ({ terms, isPrefix }: Wanted): string =>
    `"${terms.join(" ")}"${isPrefix ? "*" : ""}`;
  return wanted.map(quoted).join(" ");
}
