/** Statements, transactions and large tables: how the rest of the store asks SQLite. */

import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";

/** A row as SQLite returns it, by the names of its columns. */
export type SqlRow = Record<string, SQLOutputValue>;

const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/**
 * The statement with this text, prepared at its first use and kept with its connection. There may only
 * be a few texts, so bind what varies. A statement that is prepared for a single use keeps a few
 * kilobytes until the garbage collector finds it, and thousands would pile up while sessions come and
 * go.
 */
export function prepared(db: DatabaseSync, sql: string): StatementSync {
  let known = statements.get(db);
  if (known === undefined) statements.set(db, known = new Map());
  let statement = known.get(sql);
  if (statement === undefined) known.set(sql, statement = db.prepare(sql));
  return statement;
}

/** The first row that a {@linkcode prepared} statement finds. */
export function getRow(
  db: DatabaseSync,
  sql: string,
  ...values: SQLInputValue[]
): SqlRow | undefined {
  return prepared(db, sql).get(...values);
}

/** All rows that a {@linkcode prepared} statement finds. */
export function getRows(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): SqlRow[] {
  return prepared(db, sql).all(...values);
}

/** Runs a {@linkcode prepared} statement; returns how many rows it has changed. */
export function runSql(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): number {
  return Number(prepared(db, sql).run(...values).changes);
}

/** Inserts a row by a {@linkcode prepared} statement; returns its id. */
export function insertRow(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): number {
  return Number(prepared(db, sql).run(...values).lastInsertRowid);
}

/** The number that a statement finds in its column `n`; 0 for none. */
export function getNumber(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): number {
  return Number(prepared(db, sql).get(...values)?.["n"] ?? 0);
}

/** Does `work` in a transaction. If it throws, nothing is changed. */
export function transact<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // After some failures SQLite has already rolled back.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** How many rows {@linkcode eachRow} reads at once. */
export const PAGE_ROWS = 1_000;

/**
 * The rows of a query whose first parameter and first order is an `id` to begin after, a page at a
 * time. That lets others write in between. And a statement that is iterated over ends at a damaged page
 * without an error.
 */
export function* eachRow(
  db: DatabaseSync,
  query: string,
  ...values: readonly SQLInputValue[]
): Generator<SqlRow> {
  const page = db.prepare(`${query} LIMIT ${PAGE_ROWS}`);
  for (let id = 0;;) {
    const rows = page.all(id, ...values);
    yield* rows;
    if (rows.length < PAGE_ROWS) return;
    id = Number(rows.at(-1)?.["id"]);
  }
}
