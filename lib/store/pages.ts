/** Reads pages of logs: what was said, with what has become of it. */

import type { DatabaseSync } from "node:sqlite";
import type { AskedBy, Page, PageRange, Stored } from "../chat/messages/history.ts";
import type { LogKey, RoomLog } from "../chat/messages/log_key.ts";
import { INBOX, PIN, REVISE } from "./columns.ts";
import { DamageError, isDamage } from "./faults.ts";
import {
  findLog,
  type InCommon,
  knownOf,
  type LogRow,
  type LogSelection,
  SELECTIONS,
  storedOf,
} from "./log_rows.ts";
import { nthAt, seqOfNth } from "./nth.ts";
import { getNumber, getRow, getRows, prepared, type SqlRow } from "./sql.ts";
import { newestInInbox, readable } from "./readable.ts";

/** The most text that a page holds, in UTF-16 code units; it always holds at least one message. */
export const PAGE_LENGTH = 262_144;

/** What is looked for: one more row than are wanted says that there is more. */
interface Wanted {
  readonly after: number | undefined;
  readonly before: number;
  readonly limit: number;
}

/** Rows in the order in which they were looked for. */
interface Rows {
  readonly rows: readonly SqlRow[];
  readonly more: boolean;
}

/** The queries for a page after a number, and before one, for each kind of log. */
export const AFTER = SELECTIONS.map((of) => pageOf(of, ">", ""));
const BEFORE = SELECTIONS.map((of) => pageOf(of, "<", "DESC"));

/**
 * The query for a page of a log: ?1 is its row, ?2 the number beyond which it is, ?3 the most rows. What the
 * first version kept is in the inbox itself; what came since is in conversations, and has a number in it.
 */
function pageOf(
  { kind, columns, from }: LogSelection,
  beyond: ">" | "<",
  direction: "" | "DESC",
): string {
  if (kind !== INBOX) {
    return `SELECT ${columns} FROM ${from} WHERE m.room = ?1 AND m.seq ${beyond} ?2 ` +
      `ORDER BY m.seq ${direction} LIMIT ?3`;
  }
  const part = (log: string, n: string): string =>
    `SELECT ${columns}, ${n} AS number FROM ${from} WHERE m.${log} = ?1 AND ${n} ${beyond} ?2`;
  return `${part("room", "m.seq")} UNION ALL ${part("inbox", "m.inbox_n")} ` +
    `ORDER BY number ${direction} LIMIT ?3`;
}

/** The queries for what is said from ?2 up to, but without, ?3. */
const SAID_AFTER = SELECTIONS.map((of) => saidIn(of, ""));
const SAID_BEFORE = SELECTIONS.map((of) => saidIn(of, "DESC"));

function saidIn({ columns, from }: LogSelection, direction: "" | "DESC"): string {
  return `SELECT ${columns} FROM ${from} WHERE m.room = ?1 AND m.seq >= ?2 AND m.seq < ?3 ` +
    `AND m.kind < ${REVISE} ORDER BY m.seq ${direction} LIMIT ?4`;
}

/** The queries for the last messages with files before a number. */
const WITH_FILES = SELECTIONS.map(({ columns, from }) =>
  `SELECT ${columns} FROM file x CROSS JOIN ${from} WHERE m.room = x.room AND m.seq = x.seq ` +
  "AND x.room = ?1 AND x.seq < ?2 ORDER BY x.seq DESC LIMIT ?3"
);

/** Prepares the queries that most pages need. */
export function preparePages(db: DatabaseSync): void {
  for (const sql of [...AFTER, ...BEFORE]) prepared(db, sql);
}

/** A page of a log. Throws if the database is damaged. */
export function readLogPage(db: DatabaseSync, log: LogKey, range: PageRange): Page {
  const { after, before = Number.MAX_SAFE_INTEGER, limit, files, session, asker } = range;
  const row = findLog(db, log);
  if (row === undefined) return { entries: [], more: false };
  const wanted = { after, before, limit };
  const { rows, more } = files
    ? filesBefore(db, row, wanted)
    : row.about === 0
    ? allRows(db, row, wanted)
    : saidRows(db, row, wanted);
  const known = knownOf(db, row, session);
  const found = rows.map((each) => newestInInbox(db, each, storedOf(each, known)));
  const entries = readable(db, row, after === undefined ? found.reverse() : found, asker);
  return { ...fittingPart(entries, more, after === undefined), upTo: row.last };
}

/** What of a page is no longer than {@linkcode PAGE_LENGTH}: edits may have made texts longer. */
function fittingPart(
  entries: readonly Stored[],
  more: boolean,
  isBackward: boolean,
): Pick<Page, "entries" | "more"> {
  let length = 0;
  const near = isBackward ? entries.toReversed() : entries;
  const end = near.findIndex(({ message }, n) => {
    length += message.text.length;
    return n > 0 && length > PAGE_LENGTH;
  });
  if (end < 0) return { entries, more };
  return { entries: isBackward ? near.slice(0, end).reverse() : near.slice(0, end), more: true };
}

/** Rows of a log of which every entry is a message. */
function allRows(db: DatabaseSync, { id, kind, last }: LogRow, wanted: Wanted): Rows {
  const { after, before, limit } = wanted;
  const query = (after === undefined ? BEFORE : AFTER)[kind] as string;
  const found: SqlRow[] = [];
  let length = 0;
  for (const row of rowsBeyond(db, query, { id, beyond: after ?? before, limit: limit + 1 })) {
    length += String(row["text"]).length;
    if (found.length === limit || (length > PAGE_LENGTH && found.length > 0)) {
      return { rows: found, more: true };
    }
    found.push(row);
  }
  checkEnd(db, kind, id, after ?? 0, Math.min(before, last + 1), found.length);
  return { rows: found, more: false };
}

/** So many rows are read at once: one by one they take twice as long, and all together may be too much. */
const ROWS_AT_ONCE = 32;

/** The rows that {@linkcode AFTER} or {@linkcode BEFORE} finds beyond a number, for as long as they are taken. */
export function* rowsBeyond(
  db: DatabaseSync,
  query: string,
  { id, beyond, limit }: { readonly id: number; readonly beyond: number; readonly limit: number },
): Generator<SqlRow> {
  for (let [from, left] = [beyond, limit]; left > 0; left -= ROWS_AT_ONCE) {
    const most = Math.min(left, ROWS_AT_ONCE);
    let count = 0;
    for (const row of rowsOrFirst(db, query, [id, from, most])) {
      yield row;
      count++;
      from = Number(row["number"] ?? row["seq"]);
    }
    if (count < most) return;
  }
}

/** The rows that a query finds; where the database is damaged, those before that. */
function rowsOrFirst(
  db: DatabaseSync,
  query: string,
  values: readonly [id: number, beyond: number, limit: number],
): Iterable<SqlRow> {
  try {
    return getRows(db, query, ...values);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return prepared(db, query).iterate(...values);
  }
}

/**
 * Rows of a log in which many entries may be no messages. It looks at some numbers at a time, and where
 * none of them is a message, it goes on at the next one that is.
 */
function saidRows(db: DatabaseSync, log: LogRow, { after, before, limit }: Wanted): Rows {
  const found: SqlRow[] = [];
  const width = 2 * limit + 32;
  let [low, high] = [Math.max(log.first, (after ?? 0) + 1), Math.min(before, log.last + 1)];
  while (low < high) {
    const part = after === undefined
      ? { from: Math.max(low, high - width), to: high }
      : { from: low, to: Math.min(high, low + width) };
    const query = (after === undefined ? SAID_BEFORE : SAID_AFTER)[log.kind] as string;
    const most = limit + 1 - found.length;
    const rows = getRows(db, query, log.id, part.from, part.to, most);
    found.push(...rows);
    if (found.length > limit) return { rows: found.slice(0, limit), more: true };
    checkSaid(db, log.id, part, rows.length);
    if (after === undefined) high = rows.length > 0 ? part.from : endOfSaid(db, log, part.from);
    else low = rows.length > 0 ? part.to : startOfSaid(db, log, part.to);
  }
  return { rows: found, more: false };
}

/** The number after that of the last message before `seq`. */
function endOfSaid(db: DatabaseSync, { id, first, last }: LogRow, seq: number): number {
  return seqOfNth(db, id, nthAt(db, id, seq - 1), first - 1, last) + 1;
}

/** The number of the next message from `seq` on. */
function startOfSaid(db: DatabaseSync, { id, last }: LogRow, seq: number): number {
  return seqOfNth(db, id, nthAt(db, id, seq - 1) + 1, seq, last);
}

function filesBefore(db: DatabaseSync, { id, kind }: LogRow, { before, limit }: Wanted): Rows {
  const rows = getRows(db, WITH_FILES[kind] as string, id, before, limit + 1);
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

/**
 * Throws if a page has fewer messages than the index has: a query that meets a damaged database
 * page ends as if there were no more rows.
 */
export function checkEnd(
  db: DatabaseSync,
  kind: number,
  room: number,
  after: number,
  before: number,
  found: number,
): void {
  const inRoom = "SELECT 1 FROM message INDEXED BY message_by_seq " +
    "WHERE room = ?1 AND seq > ?2 AND seq < ?3";
  const inInbox = "SELECT 1 FROM message INDEXED BY message_by_inbox " +
    "WHERE inbox = ?1 AND inbox_n > ?2 AND inbox_n < ?3";
  const rows = kind === INBOX ? `${inRoom} UNION ALL ${inInbox}` : inRoom;
  const there = getNumber(
    db,
    `SELECT count(*) AS n FROM (${rows} LIMIT ?4)`,
    ...[room, after, before, found + 1],
  );
  if (there > found) throw new DamageError("the database is damaged");
}

/** The same for a part of a log in which some entries are no messages. */
function checkSaid(
  db: DatabaseSync,
  room: number,
  { from, to }: { readonly from: number; readonly to: number },
  found: number,
): void {
  const others = getNumber(
    db,
    `SELECT count(*) AS n FROM message WHERE room = ? AND seq >= ? AND seq < ? AND kind >= ${REVISE}`,
    ...[room, from, to],
  );
  checkEnd(db, 0, room, from - 1, to, found + others);
}

/** The messages that are pinned in a room, the one that was pinned last at the end. */
export function readPins(db: DatabaseSync, log: RoomLog, { session, asker }: AskedBy): Page {
  const row = findLog(db, log);
  if (row === undefined) return { entries: [], more: false };
  const known = knownOf(db, row, session);
  const pins = getRows(
    db,
    "SELECT re FROM life WHERE room = ? AND kind = ? ORDER BY seq",
    ...[row.id, PIN],
  );
  const found = pins.flatMap(({ re }) => saidAt(db, row, Number(re), known) ?? []);
  return { entries: readable(db, row, found, asker), more: false, upTo: row.last };
}

/** The message with a number, as it was said; `undefined` if there is none. */
function saidAt(db: DatabaseSync, log: LogRow, seq: number, known: InCommon): Stored | undefined {
  const row = getRow(db, SAID_AFTER[log.kind] as string, log.id, seq, seq + 1, 1);
  return row === undefined ? undefined : storedOf(row, known);
}
