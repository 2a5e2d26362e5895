/** Reads all messages of a database in the order in which they were stored, or what damage has left of them. */

import type { DatabaseSync } from "node:sqlite";
import { nameKey } from "../words/names.js";
import type { Message } from "../wire/events.ts";
import { eachRow, getNumber, PAGE_ROWS, type SqlRow } from "./sql.ts";
import { MESSAGE_COLUMNS, messageOf } from "./message_row.ts";
import { ROOM } from "./columns.ts";
import { isDamage } from "./faults.ts";

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
  const last = salvage?.last ?? getNumber(db, "SELECT max(id) AS n FROM message");
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
  const read = (after: number, upTo: number): SqlRow[] => page.all(after, upTo, ...wanted);
  for (let id = 0; id < last; id += PAGE_ROWS) {
    const rows = salvageRows(read, id, Math.min(id + PAGE_ROWS, last), salvage.lost);
    for (const row of rows) yield messageOf(row);
  }
}

/** Numbers of messages, over all rooms, that could not be read: pairs of the first and the last. */
export class Lost {
  readonly #runs: Array<[first: number, last: number]> = [];

  /** Takes the next number. */
  add(id: number): void {
    const run = this.#runs.at(-1);
    if (run !== undefined && run[1] === id - 1) run[1] = id;
    else this.#runs.push([id, id]);
  }

  get count(): number {
    return this.#runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  /** The first runs, as a person reads them. */
  describe(most = 20): string {
    const shown = this.#runs.slice(0, most).map(([first, last]) =>
      first === last ? `${first}` : `${first} to ${last}`
    );
    const more = this.#runs.length - shown.length;
    return shown.join(", ") + (more > 0 ? ` and ${more} more runs` : "");
  }
}

/** Reads the rows of messages after one number and up to another. */
export type ReadRows = (after: number, upTo: number) => SqlRow[];

/**
 * The rows between two numbers; a run that can't be read is halved until what is left of it is what is
 * lost. Throws what is no damage.
 */
export function* salvageRows(
  read: ReadRows,
  after: number,
  upTo: number,
  lost: Lost,
): Generator<SqlRow> {
  let rows: SqlRow[];
  try {
    rows = read(after, upTo);
  } catch (error) {
    if (!isDamage(error)) throw error;
    if (upTo - after <= 1) return lost.add(upTo);
    const middle = Math.floor((after + upTo) / 2);
    yield* salvageRows(read, after, middle, lost);
    yield* salvageRows(read, middle, upTo, lost);
    return;
  }
  yield* rows;
}
