/**
 * The ids of messages, which count up over all rooms: none is used twice, though its message is
 * gone. The index of words goes by them, and so does whether a database is older than another.
 */

import type { DatabaseSync } from "node:sqlite";
import { setMeta } from "./meta.ts";
import { prepared } from "./prepared.ts";

/** The highest id that a message has, or had. */
export function highestId(db: DatabaseSync): number {
  const row = prepared(
    db,
    "SELECT max((SELECT ifnull(max(id), 0) FROM message), (SELECT ifnull(max(CAST(value AS " +
      "INTEGER)), 0) FROM meta WHERE key IN ('indexed', 'used'))) AS id",
  ).get();
  return Number(row?.["id"]);
}

/** To be called in the transaction of whoever removes messages, before it does. */
export function keepHighestId(db: DatabaseSync): void {
  setMeta(db, "used", highestId(db));
}
