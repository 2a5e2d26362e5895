/** Opens the database of a data directory to look at it: nothing in it is changed. */

import { DatabaseSync } from "node:sqlite";
import { APPLICATION_ID, DATABASE_FILE, SCHEMA_VERSION } from "./schema.ts";

/** How long a look waits for a server that is just starting or stopping, in ms. */
const BUSY_MS = 5_000;
/** SQLite's words for a file that is not one of its own. */
const NOT_A_DATABASE = 26;

/** Thrown for a data directory that can't be used; its message is one line that says why. */
export class DataError extends Error {
  override readonly name = "DataError";
}

/** Where the database of a data directory is. */
export function databasePath(directory: string): string {
  return `${directory.replace(/[/\\]+$/, "")}/${DATABASE_FILE}`;
}

/**
 * Opens a database read-only; a server may be running on it. Throws a {@linkcode DataError} when
 * there is none, or it is another program's, a newer version's, or damaged.
 */
export function openReader(directory: string): DatabaseSync {
  const path = databasePath(directory);
  if (!exists(path)) {
    throw new DataError(`There is no ${path}; --data names the data directory of a server`);
  }
  try {
    const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
    try {
      checkIdentity(db, path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw explain(error as Error, path);
  }
}

/** Throws a {@linkcode DataError} for a database that is not of this version of this program. */
export function checkIdentity(db: DatabaseSync, path: string): void {
  const application = pragma(db, "application_id");
  const version = pragma(db, "user_version");
  if (application !== APPLICATION_ID) {
    throw new DataError(`${path} is a database of another program; it was left as it is`);
  }
  if (version > SCHEMA_VERSION) {
    throw new DataError(
      `${path} was made by a newer chatroom (schema ${version}; this one knows ` +
        `${SCHEMA_VERSION}); update this one`,
    );
  }
  if (version < SCHEMA_VERSION) {
    throw new DataError(
      `${path} is of an older chatroom (schema ${version}; this one needs ${SCHEMA_VERSION}); ` +
        "start the server on it once, which brings it up to date",
    );
  }
}

/** A number that SQLite keeps in a database's head. */
export function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** What SQLite said, as a {@linkcode DataError} that names the file. */
export function explain(error: Error, path: string): DataError {
  if (error instanceof DataError) return error;
  const { errcode } = error as Error & { errcode?: number };
  const why = errcode === NOT_A_DATABASE
    ? "it is no database of chatroom's"
    : `${error.message}; a damaged one is replaced from a backup`;
  return new DataError(`Can't read ${path}: ${why}`);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw new DataError(`Can't read ${path}: ${(error as Error).message}`);
  }
}
