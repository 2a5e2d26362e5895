/** Finds the messages that mention an account, or are for it alone. */

import type { DatabaseSync } from "node:sqlite";
import { type Mentioned, MOST_COUNTED, type Page } from "../chat/messages/history.ts";
import type { ReadLog } from "../chat/messages/log_key.ts";
import { wholeMoments } from "../chat/messages/memory_mentions.ts";
import { MAX_TIME, rowOf } from "./columns.ts";
import { FOUND_COLUMNS, foundIn } from "./found.ts";
import { getNumber, getRows } from "./sql.ts";

/** How often an account was mentioned in each log after a seq. */
export function mentionsIn(
  db: DatabaseSync,
  account: string,
  after: ReadonlyMap<ReadLog, number>,
): Map<ReadLog, number> {
  const author = authorOf(db, account);
  const count = ([log, seq]: readonly [ReadLog, number]): [ReadLog, number] => [
    log,
    getNumber(
      db,
      "SELECT count(*) AS n FROM (SELECT 1 FROM mention WHERE author = ? AND room = ? AND seq > ? " +
        "LIMIT ?)",
      ...[author, idOf(db, log), seq, MOST_COUNTED],
    ),
  ];
  return new Map(author === 0 ? [...after.keys()].map((log) => [log, 0]) : [...after].map(count));
}

/** The messages that mention an account, the newest first; those of one moment are on one page. */
export function mentionedIn(db: DatabaseSync, asked: Mentioned): Page {
  const { account, after, before = MAX_TIME, limit, asker } = asked;
  const marks = [...after].map(([log, seq]) => [idOf(db, log), seq]);
  const rows = getRows(
    db,
    `SELECT ${FOUND_COLUMNS} FROM json_each(?) mark
      CROSS JOIN mention x ON x.author = ? AND x.room = mark.value ->> 0 AND x.seq > mark.value ->> 1
      CROSS JOIN message m ON m.id = x.message
      JOIN name n ON n.id = m.sender JOIN room r ON r.id = m.room
      WHERE m.at < ?
      ORDER BY x.message DESC LIMIT ?`,
    ...[JSON.stringify(marks), authorOf(db, account), before, limit + 1],
  );
  const shown = wholeMoments(rows, limit, ({ at }) => at);
  return { entries: foundIn(db, shown, asker), more: rows.length > shown.length };
}

function authorOf(db: DatabaseSync, account: string): number {
  return getNumber(db, "SELECT id AS n FROM author WHERE account = ?", account);
}

/** The id of a log's row; 0 if there is none. */
function idOf(db: DatabaseSync, log: ReadLog): number {
  const { kind, key } = rowOf(log);
  return getNumber(db, "SELECT id AS n FROM room WHERE kind = ? AND key = ?", kind, key);
}
