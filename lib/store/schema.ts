/**
 * Opens the database, and upgrades one of an earlier version. The store folder knows files and SQLite.
 * It knows no sockets, no connections and no command-line flags.
 */

import { DatabaseSync } from "node:sqlite";
import { type Copy, copyAside } from "./copy_aside.ts";
import { explained, isNoDatabase, isNoRoom, StoreError } from "./faults.ts";
import { statIfThere } from "./private.ts";
import { migrate, SCHEMA_VERSION } from "./migrations.ts";

/** "chat" in ASCII, in `application_id`, by which we know our files from other SQLite databases. */
const APPLICATION_ID = 0x63686174;

/** When a commit returns: `full`, once it is on the disk; `normal`, once the operating system has it. */
export type Durability = "full" | "normal";

/** How a database is opened for writing. */
export interface OpenOptions {
  readonly path: string;
  readonly durability: Durability;
  /**
   * How many pages the log may hold before a commit writes them into the database. The default is
   * {@linkcode CHECKPOINT_PAGES}.
   */
  readonly autocheckpoint?: number;
  /** For tests: how many pages the database may have before SQLite says that the disk is full. */
  readonly maxPages?: number;
  /** The copy that {@linkcode beforeUpgrade} made. */
  readonly copy?: Copy | undefined;
  /** Called with each sentence about an upgrade: where the copy of the old data is, and what changed. */
  readonly onUpgrade?: ((text: string) => void) | undefined;
}

/**
 * 16 MiB. Writing the log into the database syncs the disk, which should be rare. But a start reads
 * the log, and should be fast.
 */
const CHECKPOINT_PAGES = 4_096;

/**
 * Opens the database for writing. Makes it if there is none, and upgrades it if it is of an earlier
 * version. Throws a {@linkcode StoreError} and leaves the file as it is if another program or a newer
 * version made it.
 */
export function openForWriting(options: OpenOptions): DatabaseSync {
  const { path, durability, autocheckpoint = CHECKPOINT_PAGES, maxPages } = options;
  const version = checkFile(path);
  const db = new DatabaseSync(path);
  try {
    // Comes first, since everything after it may have to wait for a reader.
    db.exec("PRAGMA busy_timeout = 5000");
    touch(db);
    // Readers can read during a commit, and a commit costs one fsync instead of several.
    db.exec("PRAGMA journal_mode = WAL");
    // FULL syncs the log before a commit returns. With NORMAL, a power cut can lose the last commits.
    // Neither can damage the database.
    db.exec(`PRAGMA synchronous = ${durability === "full" ? "FULL" : "NORMAL"}`);
    db.exec(`PRAGMA wal_autocheckpoint = ${autocheckpoint}`);
    // The log grows while a reader holds up a checkpoint, and shrinks to 64 MiB afterwards.
    db.exec("PRAGMA journal_size_limit = 67108864");
    // 16 MiB hold the upper levels of the indexes of many millions of messages.
    db.exec("PRAGMA cache_size = -16384");
    // A bad sector in a mapped file kills the process. Otherwise only one statement fails.
    db.exec("PRAGMA mmap_size = 0");
    // Sorts in memory instead of in temporary files.
    db.exec("PRAGMA temp_store = MEMORY");
    // A file that somebody else made can't run functions with side effects.
    db.exec("PRAGMA trusted_schema = OFF");
    // What is removed is overwritten, and not only marked as free.
    db.exec("PRAGMA secure_delete = ON");
    if (version < SCHEMA_VERSION) upgrade(db, version, options);
    // We insert rooms and names before the messages that refer to them. This finds our bugs.
    db.exec("PRAGMA foreign_keys = ON");
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);
    return db;
  } catch (error) {
    db.close();
    throw explained(error, path);
  }
}

/**
 * Opens an existing database for reading, even while it is in use. With `andCheckpoints` the
 * connection can also write the log into the database, so the file is not opened as read-only. `oldest`
 * is the oldest version of the tables that the caller can read. Throws a {@linkcode StoreError} if the
 * database is older, or not ours.
 */
export function openForReading(
  path: string,
  andCheckpoints = false,
  oldest: number = SCHEMA_VERSION,
): DatabaseSync {
  if (checkFile(path) < oldest) {
    throw new StoreError(`${path} holds no messages of this version yet; start the server on it`);
  }
  const db = andCheckpoints ? new DatabaseSync(path) : openToLook(path);
  db.exec("PRAGMA busy_timeout = 5000");
  db.exec("PRAGMA query_only = ON");
  db.exec("PRAGMA cache_size = -8192");
  db.exec("PRAGMA mmap_size = 0");
  db.exec("PRAGMA temp_store = MEMORY");
  db.exec("PRAGMA trusted_schema = OFF");
  return db;
}

/**
 * The version of the tables in a file, 0 if it has none. Changes nothing. It reads through SQLite and
 * not by itself: on POSIX systems a process that closes a file loses all its locks on it, also those of
 * its other connections. If the server had the database open, another process could then write into it
 * and remove its log.
 */
function checkFile(path: string): number {
  if (!statIfThere(path)?.size) return 0;
  let db: DatabaseSync | undefined;
  try {
    db = openToLook(path);
    const version = pragma(db, "user_version");
    const ours = pragma(db, "application_id") === APPLICATION_ID;
    const tables = Number(db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.["n"]);
    if (!ours && (version !== 0 || tables > 0)) {
      throw new StoreError(
        `${path} is a database of another program; move it away, or name another directory`,
      );
    }
    if (version > SCHEMA_VERSION) {
      throw new StoreError(
        `${path} was written by a newer chatroom (version ${version} of its tables; this one ` +
          `knows ${SCHEMA_VERSION}); use that one`,
      );
    }
    return version;
  } catch (error) {
    if (isNoDatabase(error)) {
      throw new StoreError(
        `${path} is not a database: it is damaged, or another program's file; ` +
          "put a backup back, move it away, or name another directory",
      );
    }
    throw explained(error, path);
  } finally {
    db?.close();
  }
}

/**
 * Opens a file for reading. On a full disk there is no room for the `-shm` file that connections share.
 * Then it opens the file for this connection alone, and others wait, or get an error that it is
 * in use. Closing such a connection writes what a crash has left in the log into the file, as a start of
 * the server does.
 */
function openToLook(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    touch(db);
    return db;
  } catch (error) {
    db.close();
    if (!isNoRoom(error)) throw error;
  }
  const alone = new DatabaseSync(path);
  alone.exec("PRAGMA busy_timeout = 5000; PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON");
  return alone;
}

/** Reads from a file that was just opened. Its errors have SQLite's code, and those of `exec` have none. */
function touch(db: DatabaseSync): void {
  db.prepare("SELECT 1 FROM sqlite_schema").get();
}

/**
 * Copies a database that is about to be upgraded. Await this before {@linkcode openForWriting}.
 * Rejects with a {@linkcode StoreError}.
 */
export async function beforeUpgrade(path: string): Promise<Copy | undefined> {
  try {
    const version = checkFile(path);
    return version === 0 || version === SCHEMA_VERSION
      ? undefined
      : await copyAside(path, SCHEMA_VERSION);
  } catch (error) {
    const told = explained(error, path);
    if (told instanceof StoreError) throw told;
    // openForWriting() will throw whatever else is wrong with it.
    return undefined;
  }
}

/** Makes the tables, or upgrades those of an earlier version, of which there must be a copy. */
function upgrade(
  db: DatabaseSync,
  from: number,
  { path, copy, onUpgrade = () => {} }: OpenOptions,
): void {
  if (from > 0) {
    if (copy === undefined) throw new Error("beforeUpgrade() was not called");
    const size = `${(copy.bytes / 1_048_576).toFixed(1)} MiB`;
    onUpgrade(
      `${path} is upgraded from version ${from} of its tables to ${SCHEMA_VERSION}; a copy of it as ` +
        `it was is kept as ${copy.path} (${size}) for 30 days; it may be deleted when all is well`,
    );
  }
  db.exec("PRAGMA foreign_keys = OFF");
  db.exec("BEGIN IMMEDIATE");
  const notes = migrate(db, from);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  db.exec("COMMIT");
  for (const note of from === 0 ? [] : notes) onUpgrade(note);
}

/** The number that a pragma of this name returns. */
export function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
