/** Runs statements and transactions, and reads large tables page by page. */

import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";

/** A row as SQLite returns it, by the names of its columns. */
export type SqlRow = Record<string, SQLOutputValue>;

const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/**
 * The statement with this text. It is prepared at its first use and kept as long as its connection, so
 * there may only be a few texts: bind the values that vary. A statement that is prepared for one use
 * keeps a few kilobytes until the garbage collector finds it. Thousands of them would pile up while
 * sessions come and go.
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

/** Runs a {@linkcode prepared} statement, with numbers rounded; returns how many rows it has changed. */
export function runSql(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): number {
  return Number(prepared(db, sql).run(...rounded(values)).changes);
}

/** Inserts a row by a {@linkcode prepared} statement, with numbers rounded; returns its id. */
export function insertRow(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): number {
  return Number(prepared(db, sql).run(...rounded(values)).lastInsertRowid);
}

/**
 * Rounds the numbers among the values, in place: all columns of numbers are of whole ones, and SQLite
 * would refuse the row otherwise. A difference of two clocks, for example, has fractions of a ms.
 */
function rounded(values: SQLInputValue[]): SQLInputValue[] {
  values.forEach((value, i) => {
    if (typeof value === "number") values[i] = Math.round(value);
  });
  return values;
}

/** The number in column `n` of the first row, or 0 if there is no row or it is NULL. */
export function getNumber(db: DatabaseSync, sql: string, ...values: SQLInputValue[]): number {
  return Number(prepared(db, sql).get(...values)?.["n"] ?? 0);
}

/** Does `work` in a transaction. If it throws, the transaction is rolled back. */
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

/**
 * Answers a question of which each statement sees the database as it was at the first one: a commit of
 * another connection in between would make an answer of two halves that never were together.
 */
export function snapshot<T>(db: DatabaseSync, question: () => T): T {
  prepared(db, "BEGIN").run();
  try {
    return question();
  } finally {
    // Nothing was written, and where a part could not be read for damage, a COMMIT would fail for it, too.
    // After some failures SQLite has already ended it.
    if (db.isTransaction) prepared(db, "ROLLBACK").run();
  }
}

/** How many rows {@linkcode eachRow} reads at once. */
export const PAGE_ROWS = 1_000;

/**
 * The rows of a query, read a page at a time so that others can write in between. The query's first
 * parameter must be an `id` to begin after, and it must order by `id`. It does not iterate over the
 * statement, because an iteration ends at a damaged page without an error.
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
