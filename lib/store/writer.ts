/** Opens the database of a data directory to write to it while no server does. */

import { DatabaseSync } from "node:sqlite";
import { checkIdentity, databasePath, explain } from "./reader.ts";
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from "./schema.ts";

/** Opens it; makes what is not there. Throws a `DataError`. */
export function openWriter(directory: string): DatabaseSync {
  const path = databasePath(directory);
  try {
    Deno.mkdirSync(directory, { recursive: true });
    const db = new DatabaseSync(path);
    db.exec("PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON");
    if (db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.["n"] === 0) {
      db.exec(
        `BEGIN; PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${SCHEMA_VERSION};${SCHEMA}; COMMIT`,
      );
    }
    checkIdentity(db, path);
    return db;
  } catch (error) {
    throw explain(error as Error, path);
  }
}
