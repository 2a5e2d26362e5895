/** The table `meta`: what there is one of in a database. */

import type { DatabaseSync } from "node:sqlite";
import { prepared } from "./prepared.ts";

/** The value of a key; `undefined`: there is none. */
export function metaOf(db: DatabaseSync, key: string): string | undefined {
  const row = prepared(db, "SELECT value FROM meta WHERE key = ?").get(key);
  return row === undefined ? undefined : String(row["value"]);
}

/** Sets the value of a key. */
export function setMeta(db: DatabaseSync, key: string, value: string | number): void {
  prepared(db, "INSERT OR REPLACE INTO meta VALUES (?, ?)").run(key, String(value));
}
