/** How long sessions are kept in the database, and how they are removed. */

import type { DatabaseSync } from "node:sqlite";
import { noteSessionsMs } from "../chat/messages/history.ts";
import { keepHighestId } from "./meta.ts";
import { getNumber, getRow, runSql } from "./sql.ts";
import { INBOX } from "./columns.ts";

/** The last use that marks a session as one to be removed. */
export const FORGOTTEN = 0;

/**
 * The time, in ms since 1970, before which a session must have been used last to be removed. It allows
 * for uses being noted only now and then.
 */
export function usedBefore(sessionMs: number, now: number): number {
  return Math.max(FORGOTTEN + 1, now - sessionMs - 2 * noteSessionsMs(sessionMs));
}

/**
 * Corrects the last uses of sessions after the clock was set by `leap` ms to `now`, although no time had
 * passed. It also moves uses that are later than `now` to `now`. With a leap of 0 it does only that.
 */
export function shiftUses(db: DatabaseSync, leap: number, now: number): void {
  const after = leap > 0 ? FORGOTTEN : Math.max(now, FORGOTTEN);
  const sql = "UPDATE session SET used = max(?, min(used + ?, ?)) WHERE used > ?";
  runSql(db, sql, FORGOTTEN + 1, leap, now, after);
}

/** A session to remove, because it was used last before `before`, or there are more than `most`. */
export function overdueSession(db: DatabaseSync, before: number, most: number): number | undefined {
  const row = getRow(db, "SELECT id FROM session WHERE used < ? LIMIT 1", before);
  if (row !== undefined) return Number(row["id"]);
  if (getNumber(db, "SELECT count(*) AS n FROM session") <= most) return undefined;
  return getNumber(db, "SELECT id AS n FROM session ORDER BY used LIMIT 1");
}

/**
 * Removes a session with the ids of its requests and its direct messages, at most `limit` of each.
 * Returns false if there are more. The session's row goes last, since another session may get its id.
 */
export function purgeSession(db: DatabaseSync, id: number, limit: number): boolean {
  const forgotten = runSql(
    db,
    "UPDATE message SET session = NULL, request = NULL WHERE id IN " +
      "(SELECT id FROM message WHERE session = ? AND request IS NOT NULL LIMIT ?)",
    ...[id, limit],
  );
  if (forgotten === limit) return false;
  const session = getRow(db, "SELECT hash FROM session WHERE id = ?", id);
  if (session === undefined) return true;
  const key = (session["hash"] as Uint8Array).toHex();
  const inbox = getNumber(db, "SELECT id AS n FROM room WHERE kind = ? AND key = ?", INBOX, key);
  if (inbox !== 0) {
    keepHighestId(db);
    const some = "SELECT id FROM message WHERE room = ? LIMIT ?";
    if (runSql(db, `DELETE FROM message WHERE id IN (${some})`, inbox, limit) === limit) {
      return false;
    }
    runSql(db, "DELETE FROM room WHERE id = ?", inbox);
  }
  runSql(db, "DELETE FROM session WHERE id = ?", id);
  return true;
}
