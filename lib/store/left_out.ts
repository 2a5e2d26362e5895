/** Finds what an export can't print though the database says that it was stored, and mends its counts. */

import type { DatabaseSync } from "node:sqlite";
import { nameKey } from "../words/names.js";
import { GONE, ROOM } from "./columns.ts";
import { isDamage } from "./faults.ts";
import { getNumber, getRows, runSql, type SqlRow } from "./sql.ts";

/** How many rooms are told one by one. */
const MAX_TOLD = 20;

/**
 * What is left out of an export of `rooms` (all if empty): a sentence, without the full stop, for rows
 * that refer to nothing, and one for each room with numbers that no message has. Empty if nothing is.
 * Of a table that can't be read for damage it says nothing: whoever reads the messages is told that.
 */
export function leftOut(db: DatabaseSync, rooms: readonly string[] = []): string[] {
  return [strays, holes].flatMap((look) => {
    try {
      return look(db, rooms);
    } catch (error) {
      if (isDamage(error)) return [];
      throw error;
    }
  });
}

/** Messages whose room or sender is not there. Whose room is not there may be of any room. */
function strays(db: DatabaseSync, rooms: readonly string[]): string[] {
  const count = getNumber(
    db,
    `SELECT count(*) AS n FROM message m LEFT JOIN room r ON r.id = m.room
      WHERE r.id IS NULL OR r.kind = ${ROOM} AND (?1 OR r.key IN (SELECT value FROM json_each(?2)))
        AND NOT EXISTS (SELECT 1 FROM name WHERE id = m.sender)`,
    ...asked(rooms),
  );
  const what = count === 1 ? "1 message is" : `${count} messages are`;
  return count === 0
    ? []
    : [`${what} left out, because a room or a sender is not there; chatroom check tells which`];
}

/** Each room has a message for every number from its first to its last: what is removed is so from the front. */
function holes(db: DatabaseSync, rooms: readonly string[]): string[] {
  const found = getRows(
    db,
    `SELECT r.name, max(r.last - r.first + 1, 0) AS expected, r.first, r.last, count(m.seq) AS n
      FROM room r LEFT JOIN message m ON m.room = r.id AND m.seq BETWEEN r.first AND r.last
      WHERE r.kind = ${ROOM} AND (?1 OR r.key IN (SELECT value FROM json_each(?2)))
      GROUP BY r.id HAVING n < expected ORDER BY r.id`,
    ...asked(rooms),
  );
  const told = found.slice(0, MAX_TOLD).map(({ name, expected, first, last, n }) =>
    `Of room ${name} ${Number(expected) - Number(n)} of the messages ${first} to ${last} ` +
    "are not there; chatroom check tells where"
  );
  const more = found.length - told.length;
  return more > 0 ? [...told, `The same is so in ${more} more rooms`] : told;
}

/** Whether all rooms are asked for, and the keys of those that are. */
function asked(rooms: readonly string[]): [isAll: number, keys: string] {
  return [rooms.length === 0 ? 1 : 0, JSON.stringify(rooms.map(nameKey))];
}

/**
 * Raises the last number of each log to that of its last message: a log that says less would give numbers
 * again that are taken, so that nothing more could be stored in it. Tells which logs were wrong.
 */
export function raiseLasts(db: DatabaseSync, onProblem: (text: string) => void): void {
  const highest = "max(ifnull((SELECT max(seq) FROM message WHERE room = r.id), 0), " +
    "ifnull((SELECT max(inbox_n) FROM message WHERE inbox = r.id), 0))";
  let wrong: SqlRow[];
  try {
    wrong = getRows(
      db,
      `SELECT id, name, highest FROM (SELECT id, name, kind, last, ${highest} AS highest FROM room r)
        WHERE highest > last AND kind <> ${GONE}`,
    );
  } catch (error) {
    // What reads or stores messages tells of it.
    if (isDamage(error)) return;
    throw error;
  }
  for (const { id, highest } of wrong) {
    // How many entries are no messages is told by the place that the last one has among those.
    const about =
      "ifnull((SELECT seq - ifnull(nth, seq) FROM message WHERE room = room.id AND seq = ?), about)";
    const sql = `UPDATE room SET last = ?, about = ${about} WHERE id = ?`;
    runSql(db, sql, Number(highest), Number(highest), Number(id));
  }
  if (wrong.length === 0) return;
  const names = wrong.slice(0, MAX_TOLD).map(({ name }) => JSON.stringify(name)).join(", ");
  const more = wrong.length > MAX_TOLD ? ` and ${wrong.length - MAX_TOLD} more` : "";
  onProblem(
    `There are messages after the one that is noted as the last of ${names}${more}; that was ` +
      "corrected, and chatroom check tells what else may be wrong",
  );
}
