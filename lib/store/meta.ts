/** The table `meta`, for values of which a database has only one. */

import type { DatabaseSync } from "node:sqlite";
import { MAX_TIME } from "./columns.ts";
import { getNumber, getRow, runSql } from "./sql.ts";

/** The value of a key, or `undefined` if there is none. */
export function metaOf(db: DatabaseSync, key: string): string | undefined {
  const row = getRow(db, "SELECT value FROM meta WHERE key = ?", key);
  return row === undefined ? undefined : String(row["value"]);
}

/** Sets the value of a key. */
export function setMeta(db: DatabaseSync, key: string, value: string | number): void {
  runSql(db, "INSERT OR REPLACE INTO meta VALUES (?, ?)", key, String(value));
}

/** The key that hashes addresses in a database; it is made once and then kept. */
export function saltOf(db: DatabaseSync): string {
  db.exec("INSERT OR IGNORE INTO meta VALUES ('salt', lower(hex(randomblob(16))))");
  return String(metaOf(db, "salt"));
}

/**
 * The highest id that any message has or had. Ids count up over all logs, and none is used twice, even
 * after its message is gone. The index of words relies on that, and the ids show
 * whether a database is older than the file beside it.
 */
export function highestId(db: DatabaseSync): number {
  return getNumber(
    db,
    "SELECT max((SELECT ifnull(max(id), 0) FROM message), (SELECT ifnull(max(CAST(value AS " +
      "INTEGER)), 0) FROM meta WHERE key IN ('indexed', 'used'))) AS n",
  );
}

/** Call this before you remove messages, in the same transaction. */
export function keepHighestId(db: DatabaseSync): void {
  setMeta(db, "used", highestId(db));
}

/** When the last message was stored, in ms since 1970; 0 if there is none. */
export function lastTime(db: DatabaseSync): number {
  const sql = `SELECT at FROM message WHERE at BETWEEN 0 AND ${MAX_TIME} ORDER BY id DESC LIMIT 1`;
  return Number(db.prepare(sql).get()?.["at"] ?? 0);
}
