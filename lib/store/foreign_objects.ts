/** What somebody else has put into the tables that would be run by whoever reads them. */

import type { DatabaseSync } from "node:sqlite";

/**
 * A sentence for each trigger and view, of which we have none: a view may have the name of a table, and never
 * end. To be asked before anything else is read of a database that is from elsewhere.
 */
export function foreignObjects(db: DatabaseSync): string[] {
  const rows = db.prepare(
    "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')",
  ).all();
  return rows.map(({ type, name }) =>
    `there is a ${type} ${JSON.stringify(name)}, which is not ours`
  );
}
