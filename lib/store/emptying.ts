/**
 * Empties what was removed: the row stays, so that its number and what it was sent under are not used
 * again, and nothing of what it said does. SQLite overwrites what is freed, see schema.ts; what the
 * write-ahead log still has of it goes with the next checkpoint that empties that.
 */

import type { DatabaseSync } from "node:sqlite";
import { ANSWER, OFF_PIN, OFF_REACT, PIN, REACT, REMOVE, REVISE, TAKEN_BACK } from "./columns.ts";
import { dropFiles } from "./files.ts";
import type { LogRow } from "./log_rows.ts";
import { ROOM_COLUMNS, sumOfRow } from "./message_row.ts";
import { getRow, getRows, runSql, type SqlRow } from "./sql.ts";
import { indexEmpty, removalCost, unindex } from "./unindex.ts";

type Log = Pick<LogRow, "id" | "sum">;

const ROWS = `SELECT m.id, ${ROOM_COLUMNS} FROM message m JOIN name n ON n.id = m.sender`;

/** Empties a message, its edits and the answers to it, in the caller's transaction; what holds of it no longer does. */
export function emptyMessage(db: DatabaseSync, log: Log, seq: number): void {
  const row = getRow(
    db,
    `${ROWS} WHERE m.room = ? AND m.seq = ? AND m.kind < ?`,
    log.id,
    seq,
    REVISE,
  );
  if (row === undefined) return;
  // First, since the terms that are taken out are those of the texts.
  unindex(db, log.id, seq, seq);
  indexEmpty(db, Number(row["id"]));
  runSql(db, "DELETE FROM mention WHERE room = ? AND seq = ?", log.id, seq);
  dropFiles(db, log.id, seq, seq);
  emptyRow(db, log, { ...row, file: null });
  emptyEdits(db, log, seq, seq);
  dropLife(db, log.id, seq, seq);
}

/** Empties the edits of, and the answers to, the messages from one number to another, in the caller's transaction. */
export function emptyEdits(db: DatabaseSync, log: Log, first: number, last: number): void {
  const edits = getRows(
    db,
    `${ROWS} WHERE m.room = ? AND m.re BETWEEN ? AND ? AND m.kind = ${REVISE} AND m.text <> ''`,
    ...[log.id, first, last],
  );
  const answers = getRows(
    db,
    `${ROWS} WHERE m.room = ? AND m.re BETWEEN ? AND ? AND m.kind = ${ANSWER} AND m.extra IS NOT NULL`,
    ...[log.id, first, last],
  );
  for (const row of [...edits, ...answers]) emptyRow(db, log, row);
}

/** What goes with messages, as far as it was looked at. */
export interface GoesAlong {
  /** How much that takes for each message, as {@linkcode removalCost} counts it; nothing where none is there. */
  readonly costs: ReadonlyMap<number, number>;
  /** Up to which message it was looked at. */
  readonly upTo: number;
}

/**
 * What {@linkcode emptyEdits} and {@linkcode dropLife} have to do about the messages from one number to
 * another. Where there is more than `limit` of a kind it is looked at no further.
 */
export function goesAlong(
  db: DatabaseSync,
  room: number,
  first: number,
  last: number,
  limit: number,
): GoesAlong {
  const costs = new Map<number, number>();
  let upTo = last;
  const look = (rows: readonly SqlRow[], cost: (row: SqlRow) => number): void => {
    for (const row of rows) {
      const re = Number(row["re"]);
      costs.set(re, (costs.get(re) ?? 0) + cost(row));
    }
    if (rows.length === limit) upTo = Math.min(upTo, Number(rows.at(-1)?.["re"]));
  };
  const edits =
    `SELECT re, octet_length(text) AS size FROM message WHERE room = ? AND kind = ${REVISE} ` +
    "AND re BETWEEN ? AND ? AND text <> '' ORDER BY re LIMIT ?";
  // The text of one of them is in the index of words, and to be taken out of it.
  let [before, longest] = [0, 0];
  look(getRows(db, edits, room, first, last, limit), ({ re, size }) => {
    if (re !== before) [before, longest] = [Number(re), 0];
    const longer = Math.max(longest, Number(size));
    const cost = 1 + removalCost(longer) - removalCost(longest);
    longest = longer;
    return cost;
  });
  for (const kind of LIFE_KINDS) {
    const sql = "SELECT re FROM life WHERE room = ? AND kind = ? AND re BETWEEN ? AND ? " +
      "ORDER BY re LIMIT ?";
    look(getRows(db, sql, room, kind, first, last, limit), () => 1);
  }
  return { costs, upTo };
}

const LIFE_KINDS = [REVISE, REMOVE, REACT, PIN, OFF_REACT, OFF_PIN, TAKEN_BACK, ANSWER] as const;

/** Forgets what holds of the messages from one number to another, in the caller's transaction. */
export function dropLife(
  db: DatabaseSync,
  room: number,
  first = 0,
  last: number = Number.MAX_SAFE_INTEGER,
): void {
  for (const kind of LIFE_KINDS) {
    const sql = "DELETE FROM life WHERE room = ? AND kind = ? AND re BETWEEN ? AND ?";
    runSql(db, sql, room, kind, first, last);
  }
}

function emptyRow(db: DatabaseSync, { sum }: Log, row: SqlRow): void {
  runSql(
    db,
    "UPDATE message SET text = '', file = NULL, extra = NULL, sum = ? WHERE id = ?",
    ...[sumOfRow({ ...row, text: "", extra: null }, sum), Number(row["id"])],
  );
}
