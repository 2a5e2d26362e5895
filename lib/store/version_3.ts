/**
 * Converts the rows of version 2 of the tables to version 3. In version 2, the direct messages to
 * classic clients and a room called `@` shared one log, messages had no checksums, and names had no
 * keys.
 */

import type { DatabaseSync } from "node:sqlite";
import { DEFAULT_ROOM } from "../wire/names.ts";
import { nameKey } from "../words/names.js";
import { sumOfRow } from "./message_row.ts";
import { eachRow, getNumber } from "./sql.ts";
import { keepHighestId, metaOf, setMeta } from "./meta.ts";
import { someOf } from "./rooms.ts";
import { INBOX, ROOM, textColumn } from "./columns.ts";

/** The name of the room that shared its log with direct messages. */
const SHARED = "@";

/** Converts all rows, in the caller's transaction. Returns sentences about what people should know. */
export function toVersion3(db: DatabaseSync): string[] {
  // The index of words is new, so it begins with the first message again.
  keepHighestId(db);
  db.exec("DELETE FROM meta WHERE key = 'indexed'");
  const separated = separate(db);
  const empty = removeEmpty(db);
  setKeys(db);
  setSums(db);
  return [
    ...separated === undefined ? [] : [separated],
    ...empty === 0 ? [] : [
      `${empty} ${empty === 1 ? "room" : "rooms"} of which nothing was kept are removed`,
    ],
    ...oddlyNamed(db),
  ];
}

/** Removes the rooms without messages and topic. Returns how many there were. */
function removeEmpty(db: DatabaseSync): number {
  const empty = `kind = ${ROOM} AND topic = '' AND key <> '${DEFAULT_ROOM}' AND ` +
    "NOT EXISTS (SELECT 1 FROM message m WHERE m.room = room.id)";
  const floor = getNumber(db, `SELECT max(last) AS n FROM room WHERE ${empty}`);
  const removed = db.prepare(`DELETE FROM room WHERE ${empty}`).run().changes;
  if (removed > 0) setMeta(db, "floor", Math.max(Number(metaOf(db, "floor") ?? 0), floor));
  return Number(removed);
}

interface Shared {
  readonly id: number;
  readonly kind: number;
  readonly name: string;
  readonly last: number;
}

/**
 * Separates the room `@` from the direct messages to classic clients. Only messages of `/me` are
 * surely the room's, so only these stay in it. All others may be private and become direct messages,
 * which nobody can read. Returns a sentence about it if there was something to separate.
 */
function separate(db: DatabaseSync): string | undefined {
  const found = db.prepare(
    "SELECT id, kind, name, last FROM room WHERE kind = ? AND key = ? OR kind = ? AND key = ''",
  ).get(ROOM, SHARED, INBOX) as unknown as Shared | undefined;
  if (found === undefined) return undefined;
  const actions = countOf(db, found.id, 1);
  const others = countOf(db, found.id, 0);
  const wasRoom = found.kind === ROOM;
  if (wasRoom ? others === 0 : actions === 0) {
    if (wasRoom || nameKey(found.name) !== SHARED) return undefined;
  } else split(db, found, actions, others);
  const text = "The room @ and the direct messages to classic clients were one log: " +
    `${actions} of its messages (/me) are the room's, and ${others}, which may be private, ` +
    "are kept among the direct messages, where nobody can read them";
  setMeta(db, "separated", text);
  return text;
}

/** What a check says of an older database in which the room `@` and direct messages share a log. */
export function sharedLog(db: DatabaseSync): string[] {
  const found = db.prepare("SELECT id, kind, name, last FROM room WHERE key = ?")
    .get(SHARED) as unknown as Shared | undefined;
  if (found === undefined) return [];
  const wasRoom = found.kind === ROOM;
  const isShared = wasRoom
    ? countOf(db, found.id, 0) > 0
    : countOf(db, found.id, 1) > 0 || nameKey(found.name) === SHARED;
  const text =
    "the room @ and the direct messages to classic clients are one log, so that either " +
    "may be taken for the other; an upgrade takes them apart";
  return isShared ? [text] : [];
}

function split(db: DatabaseSync, found: Shared, actions: number, others: number): void {
  const make = db.prepare(
    "INSERT INTO room (kind, key, name, first, last) VALUES (?, ?, ?, ?, ?)",
  );
  // The room keeps its last number, so that new messages go on after it. No client has seen numbers of
  // the direct messages, so they begin at 1.
  const first = found.last - actions + 1;
  if (found.kind === ROOM) {
    const id = Number(make.run(INBOX, "", found.name, 1, others).lastInsertRowid);
    renumber(db, found.id, id, 0, 1);
    renumber(db, found.id, found.id, 1, found.last, true);
    db.prepare("UPDATE room SET first = ?, name = ? WHERE id = ?").run(first, SHARED, found.id);
  } else {
    const id = Number(make.run(ROOM, SHARED, SHARED, first, found.last).lastInsertRowid);
    renumber(db, found.id, id, 1, found.last, true);
    renumber(db, found.id, found.id, 0, 1);
    db.prepare("UPDATE room SET first = 1, last = ? WHERE id = ?").run(others, found.id);
  }
}

/** Moves the messages with this `action` to another log and numbers them from `seq` on, up or down. */
function renumber(
  db: DatabaseSync,
  from: number,
  to: number,
  action: number,
  seq: number,
  down = false,
): void {
  const rows = db.prepare(
    `SELECT id FROM message WHERE room = ? AND action = ? ORDER BY seq ${down ? "DESC" : ""}`,
  ).all(from, action);
  const move = db.prepare("UPDATE message SET room = ?, seq = ? WHERE id = ?");
  rows.forEach(({ id }, n) => move.run(to, down ? seq - n : seq + n, Number(id)));
}

function countOf(db: DatabaseSync, room: number, action: number): number {
  const sql = "SELECT count(*) AS n FROM message WHERE room = ? AND action = ?";
  return getNumber(db, sql, room, action);
}

function setKeys(db: DatabaseSync): void {
  const set = db.prepare("UPDATE name SET key = ? WHERE id = ?");
  for (const { id, name } of db.prepare("SELECT id, name FROM name").all()) {
    set.run(nameKey(String(name)), Number(id));
  }
}

/**
 * Sets the checksums of all messages, except those with numbers that are too large for JavaScript,
 * which no reader could read. `action` is what the column is called.
 */
export function setSums(db: DatabaseSync, action: "action" | "kind" = "action"): void {
  const rows = eachRow(
    db,
    `SELECT m.id, r.kind, r.key, m.seq, m.at, m.${action} AS action, n.name AS sender,
      ${action === "kind" ? "(SELECT account FROM author WHERE id = m.author)" : "NULL"} AS author,
      ${textColumn("m.text", "text")}
    FROM message m CROSS JOIN room r ON r.id = m.room CROSS JOIN name n ON n.id = m.sender
    WHERE m.id > ? AND abs(m.at) <= ${Number.MAX_SAFE_INTEGER}
      AND abs(m.seq) <= ${Number.MAX_SAFE_INTEGER}
    ORDER BY m.id`,
  );
  const set = db.prepare("UPDATE message SET sum = ? WHERE id = ?");
  for (const row of rows) set.run(sumOfRow(row), Number(row["id"]));
}

/** A sentence about rooms whose names begin with `#`, the sign that people write before a room's name. */
function oddlyNamed(db: DatabaseSync): string[] {
  const names = db.prepare("SELECT name FROM room WHERE kind = ? AND key LIKE '#%' ORDER BY key")
    .all(ROOM).map(({ name }) => String(name));
  if (names.length === 0) return [];
  return [
    `The names of some rooms begin with #: ${someOf(names)}; the room #dev is reached as ##dev`,
  ];
}
