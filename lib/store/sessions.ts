/** How long sessions are kept in the database, and how they are removed. */

import type { DatabaseSync } from "node:sqlite";
import { noteSessionsMs } from "../chat/messages/history.ts";
import { type Device, MAX_DEVICES } from "../chat/people/records.ts";
import type { Hash } from "../chat/sessions/session.ts";
import { dropFiles } from "./files.ts";
import { keepHighestId } from "./meta.ts";
import { getNumber, getRow, getRows, runSql } from "./sql.ts";
import { INBOX } from "./columns.ts";

/** How long a device stays signed in after its last use by default, in ms: 90 days. */
export const DEVICE_MS = 90 * 86_400_000;

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

/** What of the sessions is kept: those of guests, and the devices of accounts. */
export interface SessionRules {
  /** A session of a guest that was used last before this time goes, in ms since 1970. */
  readonly guestsBefore: number;
  /** A device of an account that was used last before this time goes, in ms since 1970. */
  readonly devicesBefore: number;
  /** How many sessions of guests are kept. The devices of an account are counted by the account. */
  readonly most: number;
}

/** A session to remove, because it has not been used for long, or there are too many. */
export function overdueSession(
  db: DatabaseSync,
  { guestsBefore, devicesBefore, most }: SessionRules,
): number | undefined {
  // Two queries, as guests and devices each have an index by their last uses.
  const guests = "session WHERE account IS NULL";
  const devices = "session WHERE account IS NOT NULL";
  for (const [some, before] of [[guests, guestsBefore], [devices, devicesBefore]] as const) {
    const old = getRow(db, `SELECT id FROM ${some} AND used < ? ORDER BY used LIMIT 1`, before);
    if (old !== undefined) return Number(old["id"]);
  }
  if (getNumber(db, `SELECT count(*) AS n FROM ${guests}`) <= most) return undefined;
  return getNumber(db, `SELECT id AS n FROM ${guests} ORDER BY used LIMIT 1`);
}

/** The same for several: their hashes, `limit` at most. Those that are marked to be removed are none. */
export function overdueSessions(
  db: DatabaseSync,
  { guestsBefore, devicesBefore, most }: SessionRules,
  limit: number,
): Hash[] {
  const hashes = (where: string, ...values: number[]): Hash[] =>
    getRows(
      db,
      `SELECT hash FROM session WHERE ${where} AND used > ${FORGOTTEN} ORDER BY used LIMIT ?`,
      ...values,
    ).map(({ hash }) => (hash as Uint8Array).toHex());
  const old = [
    ...hashes("account IS NULL AND used < ?", guestsBefore, limit),
    ...hashes("account IS NOT NULL AND used < ?", devicesBefore, limit),
  ];
  if (old.length > 0) return old.slice(0, limit);
  const count = "SELECT count(*) AS n FROM session WHERE account IS NULL AND used > ?";
  const surplus = getNumber(db, count, FORGOTTEN) - most;
  return surplus <= 0
    ? []
    : hashes("account IS NULL AND used < ?", Infinity, Math.min(surplus, limit));
}

/**
 * The devices of an account that are too many once another one with this row is its own: those that were
 * unused for longest.
 */
export function surplusDevices(db: DatabaseSync, account: string, id: number): Hash[] {
  return getRows(
    db,
    "SELECT hash FROM session WHERE account = ? AND id <> ? ORDER BY used DESC LIMIT -1 OFFSET ?",
    ...[account, id, MAX_DEVICES - 1],
  ).map(({ hash }) => (hash as Uint8Array).toHex());
}

/** The devices of an account, the one that was used last first. */
export function devicesOf(db: DatabaseSync, account: string): Device[] {
  return getRows(
    db,
    "SELECT hash, label, door, since, used FROM session WHERE account = ? AND used > ? " +
      "ORDER BY used DESC",
    ...[account, FORGOTTEN],
  ).map(({ hash, label, door, since, used }) => ({
    hash: (hash as Uint8Array).toHex(),
    account,
    label: String(label),
    door: String(door),
    since: Number(since),
    used: Number(used),
  }));
}

/** Has messages count in an inbox no more, and removes it; false if there are more than `limit`. */
export function forgetInbox(db: DatabaseSync, inbox: number, limit: number): boolean {
  const some = "SELECT id FROM message WHERE inbox = ? LIMIT ?";
  const sql = `UPDATE message SET inbox = NULL, inbox_n = NULL WHERE id IN (${some})`;
  if (runSql(db, sql, inbox, limit) === limit) return false;
  runSql(db, "DELETE FROM room WHERE id = ?", inbox);
  return true;
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
    dropFiles(db, inbox);
    if (runSql(db, `DELETE FROM message WHERE id IN (${some})`, inbox, limit) === limit) {
      return false;
    }
    if (!forgetInbox(db, inbox, limit)) return false;
  }
  runSql(db, "DELETE FROM session WHERE id = ?", id);
  return true;
}
