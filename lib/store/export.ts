/** Reads all that is in the rooms of a database in the order in which it was stored, even from a damaged one. */

import type { DatabaseSync } from "node:sqlite";
import { nameKey } from "../words/names.js";
import type { EventOf, Message } from "../wire/events.ts";
import { ANSWER, PIN, REACT, REMOVE, REVISE, ROOM, textOf } from "./columns.ts";
import { isDamage } from "./faults.ts";
import { FOUND_COLUMNS, foundIn } from "./found.ts";
import { authorOf, isIntact, messageOf, reOf } from "./message_row.ts";
import { restOf, timeOf } from "./readable.ts";
import { eachRow, getNumber, PAGE_ROWS, type SqlRow } from "./sql.ts";

/** Which messages to read. The default is all of them. */
export interface ExportOptions {
  /** The names of rooms as people write them. All rooms if empty. */
  readonly rooms?: readonly string[];
  /** Only messages of this time or later, in ms since 1970. */
  readonly since?: number | undefined;
  /** Only messages before this time, in ms since 1970. */
  readonly until?: number | undefined;
  /** Messages as people read them, and not each entry as it was written. */
  readonly folded?: boolean;
  /** Skips messages that can't be read and adds their ids to `lost`. `last` is the last id to try. */
  readonly salvage?: { readonly lost: Lost; readonly last: number };
}

/** The names of the rooms in a database, by key. */
export function roomNames(db: DatabaseSync): Map<string, string> {
  const rows = db.prepare("SELECT key, name FROM room WHERE kind = ? ORDER BY key")
    .all(ROOM);
  return new Map(rows.map(({ key, name }) => [String(key), String(name)]));
}

/** A line of an export: a message, or what was done about one, as an event of that tells it. */
export type ExportLine = Message | AboutLine;

/** What was done about a message. Of whom a guest's reaction or answer is, `who` says in hidden form. */
export type AboutLine = AboutOf<"revised"> | CountedLine | AboutOf<"removed"> | AboutOf<"pinned">;

type AboutOf<Type extends "revised" | "removed" | "reacted" | "pinned" | "answered"> =
  & Omit<EventOf<Type>, "chat" | "own">
  & { readonly room: string };

type CountedLine = (AboutOf<"reacted"> | AboutOf<"answered">) & { readonly who?: string };

/**
 * What had been stored of rooms when the reading began: each entry as it was written, or, with `folded`,
 * messages as people read them. It holds one page of them in memory at a time. Direct messages are left out.
 * What is damaged is replaced by a stub (see `withheld`). A message that was removed has an empty text, and so
 * has an edit of it.
 */
export function* exportLines(
  db: DatabaseSync,
  options: ExportOptions = {},
): Generator<ExportLine> {
  for (const row of exportRows(db, options)) {
    if (Number(row["action"]) < REVISE) {
      yield options.folded ? foldedIn(db, row) : messageOf(row);
      continue;
    }
    if (options.folded) continue;
    const line = isIntact(row) ? aboutOf(row) : messageOf(row);
    if (line !== undefined) yield line;
  }
}

function foldedIn(db: DatabaseSync, row: SqlRow): Message {
  const [stored] = foundIn(db, [row], undefined);
  return stored?.message ?? messageOf(row);
}

function aboutOf(row: SqlRow): AboutLine | undefined {
  const by = authorOf(row);
  const about = {
    room: String(row["room"]),
    seq: Number(row["seq"]),
    re: reOf(row) ?? 0,
    from: String(row["sender"]),
    at: timeOf(row),
    ...(by === undefined ? {} : { by }),
  };
  const { key = "", who = "", reason, off, choice } = restOf(row);
  const taken = off ? { off } : {};
  const counted = by === undefined ? { who } : {};
  switch (row["action"]) {
    case REVISE:
      return { type: "revised", ...about, text: textOf(row["text"]) };
    case REMOVE:
      return { type: "removed", ...about, ...(reason === undefined ? {} : { reason }) };
    case REACT:
      return { type: "reacted", ...about, key, ...counted, ...taken };
    case PIN:
      return { type: "pinned", ...about, ...taken };
    case ANSWER:
      // Of an answer to what was removed nothing is left but its number.
      return { type: "answered", ...about, choice: choice ?? "", ...counted };
    default:
      return undefined;
  }
}

function* exportRows(
  db: DatabaseSync,
  { rooms = [], since, until, salvage }: ExportOptions,
): Generator<SqlRow> {
  const query = `
    SELECT m.id, ${FOUND_COLUMNS}
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
  if (salvage === undefined) return yield* eachRow(db, query, last, ...wanted);
  const page = db.prepare(query);
  const read = (after: number, upTo: number): SqlRow[] => page.all(after, upTo, ...wanted);
  for (let id = 0; id < last; id += PAGE_ROWS) {
    yield* salvageRows(read, id, Math.min(id + PAGE_ROWS, last), salvage.lost);
  }
}

/** The ids of messages that can't be read, in runs from a first to a last id. */
export class Lost {
  readonly #runs: Array<[first: number, last: number]> = [];

  /** Adds an id. Ids must come in ascending order. */
  add(id: number): void {
    const run = this.#runs.at(-1);
    if (run !== undefined && run[1] === id - 1) run[1] = id;
    else this.#runs.push([id, id]);
  }

  get count(): number {
    return this.#runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  /** The first runs, in words. */
  describe(most = 20): string {
    const shown = this.#runs.slice(0, most).map(([first, last]) =>
      first === last ? `${first}` : `${first} to ${last}`
    );
    const more = this.#runs.length - shown.length;
    return shown.join(", ") + (more > 0 ? ` and ${more} more runs` : "");
  }
}

/** Reads the rows of messages with ids above `after` and up to `upTo`. */
export type ReadRows = (after: number, upTo: number) => SqlRow[];

/**
 * The rows with ids above `after` and up to `upTo`. A run that can't be read is halved until only the
 * messages that are lost remain. Throws errors that are not about damage.
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
