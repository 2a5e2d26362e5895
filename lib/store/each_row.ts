/** Reading a large table. */

import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";

/** Rows that are read at once. */
export const PAGE_ROWS = 1_000;

/**
 * The rows that a query finds above an `id`, its first parameter and first order, a page at a time:
 * others write in between, and a statement that is iterated over ends without an error where the file
 * is damaged.
 */
export function* eachRow(
  db: DatabaseSync,
  query: string,
  ...values: readonly SQLInputValue[]
): Generator<Record<string, SQLOutputValue>> {
  const page = db.prepare(`${query} LIMIT ${PAGE_ROWS}`);
  for (let id = 0;;) {
    const rows = page.all(id, ...values);
    yield* rows;
    if (rows.length < PAGE_ROWS) return;
    id = Number(rows.at(-1)?.["id"]);
  }
}
