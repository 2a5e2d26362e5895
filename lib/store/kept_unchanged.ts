/**
 * Remembers requests that changed nothing in the database. Where several machines store the same facts,
 * each by itself, all have to remember the same, also one that has been started again meanwhile.
 */

import type { DatabaseSync } from "node:sqlite";
import {
  MOST_UNCHANGED,
  type Unchanged,
  unchangedKey,
  unchangedWhat,
} from "../chat/log/unchanged_ids.ts";
import type { LifeFact } from "../chat/log/life_facts.ts";
import type { Again } from "../chat/log/receipt.ts";
import { getRow, runSql } from "./sql.ts";

/** Its table, which only stores of a cluster have. */
const TABLE = "CREATE TABLE IF NOT EXISTS unchanged (" +
  "n INTEGER PRIMARY KEY, asked TEXT NOT NULL UNIQUE, what TEXT NOT NULL, again TEXT NOT NULL)";

/** Remembers them as long as the database is kept: those that came last. */
export class KeptUnchanged implements Unchanged {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(TABLE);
  }

  find(fact: LifeFact): Again | undefined {
    const key = unchangedKey(fact);
    if (key === undefined) return undefined;
    const row = getRow(this.#db, "SELECT what, again FROM unchanged WHERE asked = ?", key);
    return row?.["what"] === unchangedWhat(fact) ? JSON.parse(String(row["again"])) : undefined;
  }

  note(fact: LifeFact, again: Again): void {
    const key = unchangedKey(fact);
    if (key === undefined) return;
    runSql(
      this.#db,
      "INSERT OR REPLACE INTO unchanged VALUES ((SELECT ifnull(max(n), 0) + 1 FROM unchanged), ?, ?, ?)",
      ...[key, unchangedWhat(fact), JSON.stringify(again)],
    );
    const sql = "DELETE FROM unchanged WHERE n <= (SELECT max(n) FROM unchanged) - ?";
    runSql(this.#db, sql, MOST_UNCHANGED);
  }

  /** What was noted went with the transaction. */
  clear(): void {}
}
