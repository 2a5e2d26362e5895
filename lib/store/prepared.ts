/**
 * Statements that are prepared at their first use and kept with their connection. One that is prepared
 * for one use stays with SQLite until the collector happens upon it, and it sees only how small the
 * wrapper is: a few kilobytes each, and thousands of them while sessions come and go.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** The statement with this text, of which there may only be a few: what varies is bound. */
export function prepared(db: DatabaseSync, sql: string): StatementSync {
  let known = statements.get(db);
  if (known === undefined) statements.set(db, known = new Map());
  let statement = known.get(sql);
  if (statement === undefined) known.set(sql, statement = db.prepare(sql));
  return statement;
}
