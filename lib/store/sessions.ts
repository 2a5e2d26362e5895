/** Sessions on disk: how long they are kept, and how they go. */

import type { DatabaseSync } from "node:sqlite";
import { noteSessionsMs } from "../chat/messages/history.ts";
import { INBOX } from "./columns.ts";
import { keepHighestId } from "./meta.ts";
import { prepared } from "./sql.ts";

/** The last use of a session that is to be removed. */
export const FORGOTTEN = 0;

/**
 * The last use of sessions that may go, in ms since 1970. Uses are noted only now and then, and a note
 * that is not older than that is not written anew.
 */
export function usedBefore(sessionMs: number, now: number): number {
  return Math.max(FORGOTTEN + 1, now - sessionMs - 2 * noteSessionsMs(sessionMs));
}

/**
 * Puts the last uses of sessions right after the clock was set by `leap` ms, and is `now`: a leap is no
 * lapse of time, and no use is later than now. With 0 it does the latter alone.
 */
export function shiftUses(db: DatabaseSync, leap: number, now: number): void {
  prepared(db, "UPDATE session SET used = max(?, min(used + ?, ?)) WHERE used > ?")
    .run(FORGOTTEN + 1, leap, now, leap > 0 ? FORGOTTEN : Math.max(now, FORGOTTEN));
}

/** A session that is to go because its time is over, or because there are too many. */
export function overdueSession(
  db: DatabaseSync,
  before: number,
  most: number,
): number | undefined {
  const row = prepared(db, "SELECT id FROM session WHERE used < ? LIMIT 1").get(before);
  if (row !== undefined) return Number(row["id"]);
  const { n } = prepared(db, "SELECT count(*) AS n FROM session").get() as { n: number };
  if (n <= most) return undefined;
  return Number(prepared(db, "SELECT id FROM session ORDER BY used LIMIT 1").get()?.["id"]);
}

/**
 * Removes a session with its ids and its direct messages, at most `limit` of each; false when there
 * are more. Its id goes last: it may be given to another session afterwards.
 */
export function purgeSession(db: DatabaseSync, id: number, limit: number): boolean {
  const { changes } = prepared(
    db,
    "UPDATE message SET session = NULL, request = NULL WHERE id IN " +
      "(SELECT id FROM message WHERE session = ? AND request IS NOT NULL LIMIT ?)",
  ).run(id, limit);
  if (changes === limit) return false;
  const session = prepared(db, "SELECT hash FROM session WHERE id = ?").get(id);
  if (session === undefined) return true;
  const room = prepared(db, "SELECT id FROM room WHERE kind = ? AND key = ?")
    .get(INBOX, (session["hash"] as Uint8Array).toHex());
  if (room !== undefined) {
    keepHighestId(db);
    const gone = prepared(
      db,
      "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE room = ? LIMIT ?)",
    ).run(Number(room["id"]), limit);
    if (gone.changes === limit) return false;
    prepared(db, "DELETE FROM room WHERE id = ?").run(Number(room["id"]));
  }
  prepared(db, "DELETE FROM session WHERE id = ?").run(id);
  return true;
}
