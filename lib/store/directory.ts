/** A data directory: locked for a server, or opened to look into it or add to it. */

import type { DatabaseSync } from "node:sqlite";
import { Epoch } from "./epoch.ts";
import { explained, reasonOf, StoreError } from "./faults.ts";
import { closeToOthers, makePrivate, makePrivateDirectory } from "./private.ts";
import { beforeUpgrade, openForReading, openForWriting } from "./schema.ts";

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

/** Thrown for a directory that another process has. */
export class InUseError extends StoreError {}

/**
 * Locks a directory until it is disposed of or the process ends, however it ends. Reading the
 * database remains possible. Throws an {@linkcode InUseError} when another process has the lock.
 */
export async function lockDirectory(dir: string): Promise<Disposable> {
  const path = `${dir}/lock`;
  // Whoever can open it can hold it.
  makePrivate(path);
  const file = await Deno.open(path, { write: true });
  if (!await file.tryLock(true)) {
    file.close();
    throw new InUseError(
      `another program is using ${dir}, such as a server; stop it, or name another directory ` +
        "with --data",
    );
  }
  return { [Symbol.dispose]: () => file.close() };
}

const HEADER_BYTES = 100;
/** Where the header has the size of a page (1 stands for 65,536), the count of them, and two counters. */
const PAGE_SIZE_AT = 16;
const CHANGES_AT = 24;
const PAGES_AT = 28;
const VALID_FOR_AT = 92;

/**
 * Throws a {@linkcode StoreError} for a database that is shorter than it says. Only for a process that
 * has not opened the database yet: to close the file here would cost it the locks of SQLite.
 */
export function checkLength(path: string): void {
  const cut = cutShort(path);
  if (cut === undefined) return;
  throw new StoreError(
    `${path} has lost its end: it has ${cut.size} of ${cut.whole} bytes. Put a backup back; chatroom ` +
      "export --salvage prints what can still be read of it",
  );
}

/** The size that a database has, and that it says it has, where that is more; as above. */
export function cutShort(
  path: string,
): { readonly size: number; readonly whole: number } | undefined {
  // What is in the log may not have been written into the database yet.
  if (sizeOf(`${path}-wal`) > 0) return undefined;
  const size = sizeOf(path);
  if (size < HEADER_BYTES) return undefined;
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(HEADER_BYTES);
  if (file.readSync(bytes) !== HEADER_BYTES) return undefined;
  const header = new DataView(bytes.buffer);
  // Others than SQLite of today may not have kept the count.
  if (header.getUint32(CHANGES_AT) !== header.getUint32(VALID_FOR_AT)) return undefined;
  const noted = header.getUint16(PAGE_SIZE_AT);
  const pageSize = noted === 1 ? 65_536 : noted;
  // A header that is damaged itself tells nothing.
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
