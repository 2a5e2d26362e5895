/** A data directory from outside the server: opened to look into it, or to add to it. */

import type { DatabaseSync } from "node:sqlite";
import { openForReading, openForWriting, StoreError } from "./schema.ts";

/** The database's name in its directory. */
const DATABASE_FILE = "chatroom.db";

/** Where the database of a data directory is. */
export function databasePath(directory: string): string {
  return `${directory.replace(/(?<=.)[/\\]+$/, "")}/${DATABASE_FILE}`;
}

/**
 * Opens the database of a data directory for reading; a server may be running on it. Throws a
 * {@linkcode StoreError} when there is none, or it can't be used.
 */
export function openReader(directory: string): DatabaseSync {
  const path = databasePath(directory);
  if (!isFile(path)) {
    throw new StoreError(`There is no ${path}; --data names the data directory of a server`);
  }
  return explained(path, () => openForReading(path));
}

/**
 * Opens the database of a data directory on which no server runs, for writing; makes what is not
 * there. Throws a {@linkcode StoreError}.
 */
export function openWriter(directory: string): DatabaseSync {
  const path = databasePath(directory);
  return explained(path, () => {
    Deno.mkdirSync(directory, { recursive: true });
    return openForWriting({ path, durability: "full" });
  });
}

/** What SQLite and Deno throw, as an error that names the file. */
export function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreError || !(error instanceof Error)) throw error;
    throw new StoreError(`Can't use ${path}: ${error.message.replace(/ \(os error.*/s, "")}`);
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return false;
    throw new StoreError(`Can't read ${path}: ${(error as Error).message}`);
  }
}
