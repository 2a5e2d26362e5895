/** Reads what a database holds, message by message in the order in which it was stored. */

import type { DatabaseSync } from "node:sqlite";
import { nameKey } from "../words/names.js";
import type { Message } from "../wire/events.ts";
import { eachRow, PAGE_ROWS } from "./each_row.ts";
import { MESSAGE_COLUMNS, messageOf, type MessageRow } from "./message_row.ts";
import { type Lost, salvageRows } from "./salvage.ts";
import { ROOM } from "./stored_log.ts";

/** What to read. Everything unless told. */
export interface ExportOptions {
  /** Rooms as people write them; all if empty. */
  readonly rooms?: readonly string[];
  /** Messages of that time or later, in ms since 1970. */
  readonly since?: number | undefined;
  /** Messages before that time. */
  readonly until?: number | undefined;
  /** Goes on after what can't be read, up to the message with the number `last`. */
  readonly salvage?: { readonly lost: Lost; readonly last: number };
}

/** The names of the rooms in a database, by key. Direct messages are none. */
export function roomNames(db: DatabaseSync): Map<string, string> {
  const rows = db.prepare("SELECT key, name FROM room WHERE kind = ? ORDER BY key")
    .all(ROOM);
  return new Map(rows.map(({ key, name }) => [String(key), String(name)]));
}

/**
 * The messages of rooms that were stored when the reading began, a page in memory at a time. Direct
 * messages are left out. In the place of one that is damaged comes what `withheld` says of it.
 */
export function* exportMessages(
  db: DatabaseSync,
  { rooms = [], since, until, salvage }: ExportOptions = {},
): Generator<Message> {
  const query = `
    SELECT m.id, ${MESSAGE_COLUMNS}
    FROM message m CROSS JOIN room r ON r.id = m.room CROSS JOIN name n ON n.id = m.sender
    WHERE m.id > ? AND m.id <= ? AND r.kind = ${ROOM}
      ${since === undefined ? "" : "AND m.at >= ?"} ${until === undefined ? "" : "AND m.at < ?"}
      ${rooms.length === 0 ? "" : "AND r.key IN (SELECT value FROM json_each(?))"}
    ORDER BY m.id`;
  const last = salvage?.last ??
    Number(db.prepare("SELECT max(id) AS id FROM message").get()?.["id"] ?? 0);
  const wanted = [
    ...(since === undefined ? [] : [since]),
    ...(until === undefined ? [] : [until]),
    ...(rooms.length === 0 ? [] : [JSON.stringify(rooms.map(nameKey))]),
  ];
  if (salvage === undefined) {
    for (const row of eachRow(db, query, last, ...wanted)) yield messageOf(row);
    return;
  }
  const page = db.prepare(query);
  const read = (after: number, upTo: number): MessageRow[] => page.all(after, upTo, ...wanted);
  for (let id = 0; id < last; id += PAGE_ROWS) {
    const rows = salvageRows(read, id, Math.min(id + PAGE_ROWS, last), salvage.lost);
    for (const row of rows) yield messageOf(row);
  }
}
