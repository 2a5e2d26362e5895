/** A data directory: made and locked for a server, or opened from outside to look into it or add to it. */

import type { DatabaseSync } from "node:sqlite";
import { checkLength, cutShort } from "./cut_short.ts";
import { Epoch } from "./epoch.ts";
import { reasonOf } from "./faults.ts";
import { lockDirectory } from "./lock.ts";
import { closeToOthers, makePrivate, makePrivateDirectory } from "./private.ts";
import { beforeUpgrade, explained, openForReading, openForWriting, StoreError } from "./schema.ts";

/** The database's name in its directory. */
const DATABASE_FILE = "chatroom.db";

/** Where the database of a data directory is. */
export function databasePath(directory: string): string {
  return `${directory.replace(/(?<=.)[/\\]+$/, "")}/${DATABASE_FILE}`;
}

/**
 * Opens the database of a data directory for reading; a server may be running on it. `oldest` is the
 * oldest version of the tables that will do, this one unless told. Throws a
 * {@linkcode StoreError} when there is none, or it can't be used.
 */
export function openReader(directory: string, oldest?: number): DatabaseSync {
  const path = databasePath(directory);
  if (!hasDatabase(directory)) {
    throw new StoreError(`There is no ${path}; --data names the data directory of a server`);
  }
  try {
    return openForReading(path, false, oldest);
  } catch (error) {
    throw explained(error, path);
  }
}

/**
 * Opens the database of a data directory to read what is left of it. One that has lost its end is read
 * from a copy with empty pages in the place of those that are gone, which SQLite asks for. Throws a
 * {@linkcode StoreError} where there is nothing to be read.
 */
export function openForSalvage(directory: string): Opened {
  const path = databasePath(directory);
  const cut = cutShort(path);
  if (cut === undefined) {
    const db = openReader(directory);
    return { db, [Symbol.dispose]: () => db.close() };
  }
  using stack = new DisposableStack();
  const copy = Deno.makeTempDirSync({ prefix: "chatroom-salvage-" });
  stack.defer(() => Deno.removeSync(copy, { recursive: true }));
  try {
    Deno.copyFileSync(path, databasePath(copy));
    Deno.truncateSync(databasePath(copy), cut.whole);
  } catch (error) {
    throw explained(error, databasePath(copy));
  }
  const db = stack.use(openReader(copy));
  const opened = stack.move();
  return { db, [Symbol.dispose]: () => opened.dispose() };
}

/** A database that is nobody else's until it is disposed of. */
export interface Opened extends Disposable {
  readonly db: DatabaseSync;
}

/**
 * Opens the database of a data directory on which no server runs, for writing; makes what is not
 * there; `onUpgrade` is told in sentences of an upgrade of earlier data. Rejects with a
 * {@linkcode StoreError}.
 */
export async function openWriter(
  directory: string,
  onUpgrade?: (text: string) => void,
): Promise<Opened> {
  const path = databasePath(directory);
  using stack = new DisposableStack();
  // What can't be one is told by name, before SQLite does it without.
  hasDatabase(directory);
  try {
    stack.use((await lockPrivate(directory)).lock);
    checkLength(path);
    const copy = await beforeUpgrade(path);
    const db = stack.use(openForWriting({ path, durability: "full", copy, onUpgrade }));
    // What is added to a database that was put back must not hide that it was.
    const epoch = new Epoch(db, directory);
    stack.defer(() => close(epoch));
    const opened = stack.move();
    return { db, [Symbol.dispose]: () => opened.dispose() };
  } catch (error) {
    throw explained(error, path);
  }
}

/** Where this can't be written down, the next to open it takes it for a crash. */
function close(epoch: Epoch): void {
  try {
    epoch[Symbol.dispose]();
  } catch {
    // What was done to the database is stored, and has been told.
  }
}

/** Whether a data directory has a database. Throws a {@linkcode StoreError} for what can't be one. */
function hasDatabase(directory: string): boolean {
  if (kindOf(directory)?.isDirectory === false) {
    throw new StoreError(
      `${directory} is not a directory; name the directory that a server keeps messages in with --data`,
    );
  }
  const path = databasePath(directory);
  const kind = kindOf(path);
  if (kind === undefined || kind.isFile) return kind !== undefined;
  const what = kind.isDirectory ? "a directory" : "no file";
  throw new StoreError(
    `${path} is ${what}, so it can't be the database; move it away, or name another directory ` +
      "with --data",
  );
}

function kindOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw new StoreError(
      `${path} can't be looked at (${reasonOf(error)}); let this user read the directory`,
    );
  }
}

/**
 * Makes a directory where there is none, and locks it; `onProblem` is told when others can look into
 * it. Throws a {@linkcode StoreError}.
 */
export async function makeAndLock(
  dir: string,
  onProblem: (text: string) => void = () => {},
): Promise<Disposable> {
  hasDatabase(dir);
  try {
    const { lock, warning } = await lockPrivate(dir);
    if (warning !== undefined) onProblem(warning);
    return lock;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      `${dir} can't be used (${reasonOf(error)}); name another directory with --data, ` +
        "or keep nothing with --memory",
    );
  }
}

/** Locks a directory, made where there is none, and closes what is in it to other users. */
async function lockPrivate(
  dir: string,
): Promise<{ readonly lock: Disposable; readonly warning: string | undefined }> {
  const warning = makePrivateDirectory(dir);
  const lock = await lockDirectory(dir);
  try {
    const path = databasePath(dir);
    // Before SQLite makes it: the files beside it get the mode that it has.
    makePrivate(path);
    for (const suffix of ["-wal", "-shm", "-journal"]) closeToOthers(path + suffix);
    return { lock, warning };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
