/** What is done to a database whole or not at all. */

import type { DatabaseSync } from "node:sqlite";

/** Does `work` in a transaction. What that throws is thrown, with nothing changed. */
export function transact<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // Some failures have rolled back by themselves.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
