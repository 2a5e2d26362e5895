/** Locks a data directory for a server, or opens its database for a command. */

import type { DatabaseSync } from "node:sqlite";
import { Epoch } from "./epoch.ts";
import { explained, StoreError } from "./faults.ts";
import { reasonOf } from "../wire/text.ts";
import { raiseLasts } from "./left_out.ts";
import { checkAlone, clusterOf } from "./of_cluster.ts";
import { closeToOthers, makePrivate, makePrivateDirectory, statIfThere } from "./private.ts";
import { beforeUpgrade, openForReading, openForWriting } from "./schema.ts";

/** The file name of the database. */
export const DATABASE_FILE = "chatroom.db";

/** The path of the database in a data directory. */
export function databasePath(directory: string): string {
  return `${directory.replace(/(?<=.)[/\\]+$/, "")}/${DATABASE_FILE}`;
}

/**
 * Opens the database of a data directory for reading, even while a server is running on it. `oldest` is
 * the oldest version of the tables that the caller can read; the default is the current one. Throws a
 * {@linkcode StoreError} if there is no database or it can't be used.
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
 * Opens the database of a data directory to read what is left of it. If the file has lost its end, this
 * reads from a copy with empty pages in place of the lost ones, since SQLite refuses a file that is too
 * short. Throws a {@linkcode StoreError} if there is nothing to read.
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

/** An open database, with all that has to be closed with it. */
export interface Opened extends Disposable {
  readonly db: DatabaseSync;
}

/** The same, of somebody who may have made it. */
export interface OpenedWriter extends Opened {
  /** Whether there was none before. */
  readonly isNew: boolean;
}

/**
 * Opens the database of a data directory for writing, while no server is running on it. Makes the
 * directory and the database if there are none. Calls `onUpgrade` with each sentence about an upgrade of
 * earlier data, or about what was corrected in it. Rejects with a {@linkcode StoreError}.
 */
export async function openWriter(
  directory: string,
  onUpgrade?: (text: string) => void,
): Promise<OpenedWriter> {
  const path = databasePath(directory);
  using stack = new DisposableStack();
  // Throws an error that names the file, before SQLite throws one that does not.
  hasDatabase(directory);
  try {
    const { lock, isNew } = lockPrivate(directory);
    stack.use(lock);
    checkLength(path);
    const copy = await beforeUpgrade(path);
    const db = stack.use(openForWriting({ path, durability: "full", copy, onUpgrade }));
    checkAlone(db);
    // Otherwise, new messages in a restored database could hide that it was restored.
    const epoch = new Epoch(db, directory);
    stack.defer(() => close(epoch));
    raiseLasts(db, onUpgrade ?? (() => {}));
    const opened = stack.move();
    return { db, isNew, [Symbol.dispose]: () => opened.dispose() };
  } catch (error) {
    throw explained(error, path);
  }
}

/**
 * Opens the database of a node that does not run for writing, for those who take it out of its cluster. Rejects
 * with a {@linkcode StoreError}, also where it is of no cluster.
 */
export async function openNodeWriter(
  directory: string,
  onUpgrade?: (text: string) => void,
): Promise<Opened> {
  const path = databasePath(directory);
  using stack = new DisposableStack();
  try {
    stack.use(lockPrivate(directory).lock);
    checkLength(path);
    const copy = await beforeUpgrade(path);
    const db = stack.use(openForWriting({ path, durability: "full", copy, onUpgrade }));
    if (clusterOf(db) === undefined) {
      throw new StoreError(
        `${path} is of no cluster; chatroom cluster init --data begins one with it`,
      );
    }
    const opened = stack.move();
    return { db, [Symbol.dispose]: () => opened.dispose() };
  } catch (error) {
    throw explained(error, path);
  }
}

/** Closes an epoch. If that fails, the next process that opens the database takes it for a crash. */
function close(epoch: Epoch): void {
  try {
    epoch[Symbol.dispose]();
  } catch {
    // The work on the database is stored, and the user has been told so.
  }
}

/** Whether a data directory has a database. Throws a {@linkcode StoreError} if it can't have one. */
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
 * Makes a directory if there is none, and locks it. Calls `onProblem` if other users can look into it.
 * Throws a {@linkcode StoreError}.
 */
export function makeAndLock(
  dir: string,
  onProblem: (text: string) => void = () => {},
): Disposable {
  hasDatabase(dir);
  try {
    const { lock, warning } = lockPrivate(dir);
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

/**
 * Makes a directory if there is none, locks it, and makes its files private. `isNew`: nobody had made its database,
 * and nobody else does while it is locked.
 */
function lockPrivate(dir: string): {
  readonly lock: Disposable;
  readonly warning: string | undefined;
  readonly isNew: boolean;
} {
  const warning = makePrivateDirectory(dir);
  const lock = lockDirectory(dir);
  try {
    const path = databasePath(dir);
    const isNew = (statIfThere(path)?.size ?? 0) === 0;
    // Must come before SQLite makes it. SQLite gives the files beside it the same mode.
    makePrivate(path);
    for (const suffix of ["-wal", "-shm", "-journal"]) closeToOthers(path + suffix);
    return { lock, warning, isNew };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** Thrown when another process has locked the directory. */
export class InUseError extends StoreError {}

/**
 * Locks a directory until the lock is disposed of, or the process ends in any way. Other processes can
 * still read the database. Throws an {@linkcode InUseError} if another process has the lock.
 */
export function lockDirectory(dir: string): Disposable {
  const path = `${dir}/lock`;
  // Anybody who can open the file can lock it.
  makePrivate(path);
  const file = Deno.openSync(path, { write: true });
  if (!file.tryLockSync(true)) {
    file.close();
    throw new InUseError(
      `another program is using ${dir}, such as a server; stop it, or name another directory ` +
        "with --data",
    );
  }
  return { [Symbol.dispose]: () => file.close() };
}

const HEADER_BYTES = 100;
/** Offsets in the header: the size of a page (1 means 65,536 bytes), the count of pages, two counters. */
const PAGE_SIZE_AT = 16;
const CHANGES_AT = 24;
const PAGES_AT = 28;
const VALID_FOR_AT = 92;

/**
 * Throws a {@linkcode StoreError} if a database is shorter than its header says. Call this only before
 * the process opens the database: closing the file here would release SQLite's locks on it.
 */
export function checkLength(path: string): void {
  const cut = cutShort(path);
  if (cut === undefined) return;
  throw new StoreError(
    `${path} has lost its end: it has ${cut.size} of ${cut.whole} bytes. Put a backup back; chatroom ` +
      "export --salvage prints what can still be read of it",
  );
}

/**
 * The size of a database and the size in its header, if the second one is larger. Call this only before
 * the process opens the database, as {@linkcode checkLength}.
 */
export function cutShort(
  path: string,
): { readonly size: number; readonly whole: number } | undefined {
  // The missing pages may still be in the log.
  if (sizeOf(`${path}-wal`) > 0) return undefined;
  const size = sizeOf(path);
  if (size < HEADER_BYTES) return undefined;
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(HEADER_BYTES);
  if (file.readSync(bytes) !== HEADER_BYTES) return undefined;
  const header = new DataView(bytes.buffer);
  // If these two differ, a very old SQLite has written the file and not updated the count of pages.
  if (header.getUint32(CHANGES_AT) !== header.getUint32(VALID_FOR_AT)) return undefined;
  const noted = header.getUint16(PAGE_SIZE_AT);
  const pageSize = noted === 1 ? 65_536 : noted;
  // The header itself is damaged.
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) return undefined;
  const whole = header.getUint32(PAGES_AT) * pageSize;
  return size < whole ? { size, whole } : undefined;
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
