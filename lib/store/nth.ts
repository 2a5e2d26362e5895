/**
 * Counts messages of a log, of which every entry has a number. Each entry notes its place among the messages
 * (`nth`) where that is not its number, so nothing has to be read to count what lies between two of them.
 */

import type { DatabaseSync } from "node:sqlite";
import { MOST_COUNTED } from "../chat/messages/history.ts";
import { REVISE } from "./columns.ts";
import { getNumber, getRow, type SqlRow } from "./sql.ts";

/**
 * How many messages a log, whose row has this id, has had up to a number. Only the difference of two such
 * counts means something.
 */
export function nthAt(db: DatabaseSync, room: number, seq: number): number {
  const sql = "SELECT seq, nth FROM message WHERE room = ? AND seq <= ? ORDER BY seq DESC LIMIT 1";
  const row = getRow(db, sql, room, seq);
  if (row !== undefined) return nthOf(row);
  const first = getRow(
    db,
    "SELECT seq, nth, kind FROM message WHERE room = ? ORDER BY seq LIMIT 1",
    room,
  );
  if (first === undefined) return 0;
  return nthOf(first) - (Number(first["kind"]) < REVISE ? 1 : 0);
}

/** The place of an entry among the messages: that of the last one up to it. */
export function nthOf({ seq, nth }: SqlRow): number {
  return Number(nth ?? seq);
}

/** The first number from `low` to `high` with a place of at least `nth`; `high + 1` if there is none. */
export function seqOfNth(
  db: DatabaseSync,
  room: number,
  nth: number,
  low: number,
  high: number,
): number {
  let end = high + 1;
  while (low < end) {
    const middle = Math.floor((low + end) / 2);
    if (nthAt(db, room, middle) < nth) low = middle + 1;
    else end = middle;
  }
  return low;
}

/** How many messages come after the number `seq`, up to `last`; {@linkcode MOST_COUNTED} at most. */
export function countAfter(db: DatabaseSync, room: number, seq: number, last: number): number {
  if (seq >= last) return 0;
  const count = nthAt(db, room, last) - nthAt(db, room, seq);
  return Math.min(MOST_COUNTED, Math.max(0, count));
}

/** How many messages of that kind an account has said. */
export function countOwn(
  db: DatabaseSync,
  room: number,
  { after, last, account }: {
    readonly after: number;
    readonly last: number;
    readonly account: string;
  },
): number {
  const sql = "SELECT count(*) AS n FROM message WHERE room = ? AND seq > ? AND seq <= ? " +
    "AND kind < ? AND author = (SELECT id FROM author WHERE account = ?)";
  return getNumber(db, sql, room, after, last, REVISE, account);
}

/** The number after which the last `limit` messages up to `last` come; `first` is that of the first entry. */
export function beforeLast(
  db: DatabaseSync,
  room: number,
  { first, last, limit }: { readonly first: number; readonly last: number; readonly limit: number },
): number {
  const nth = nthAt(db, room, last) - limit;
  if (nth <= nthAt(db, room, first - 1)) return first - 1;
  return seqOfNth(db, room, nth + 1, first, last) - 1;
}
