/**
 * The database: its tables, how it is opened, and how one of an earlier version is brought up to
 * date. The store folder knows files and SQLite, and no sockets, sessions' peers or flags.
 */

import { DatabaseSync } from "node:sqlite";
import { type Copy, copyAside } from "./copy_aside.ts";
import { explained, isNoDatabase, isNoRoom, StoreError } from "./faults.ts";
import { statIfThere } from "./private.ts";
import { migrate, SCHEMA_VERSION } from "./migrations.ts";

/** "chat" in ASCII, in `application_id`: tells our files from other SQLite databases. */
const APPLICATION_ID = 0x63686174;

/** When a commit counts as done: once it is on the disk, or once the operating system has it. */
export type Durability = "full" | "normal";

/** How a database is opened for writing. */
export interface OpenOptions {
  readonly path: string;
  readonly durability: Durability;
  /** Pages in the log at which a commit writes them into the database; {@linkcode CHECKPOINT_PAGES} unless told. */
  readonly autocheckpoint?: number;
  /** Makes the disk full at so many pages, for tests. */
  readonly maxPages?: number;
  /** What {@linkcode beforeUpgrade} has kept. */
  readonly copy?: Copy | undefined;
  /** Told, in sentences, of an upgrade: where the copy is that was kept aside, and what has changed. */
  readonly onUpgrade?: ((text: string) => void) | undefined;
}

/** 16 MiB: writing the log into the database syncs, which should be rare; and to start should be fast. */
const CHECKPOINT_PAGES = 4_096;

/**
 * Opens the database for writing, makes it where there is none, and brings it up to date. Throws a
 * {@linkcode StoreError}, with the file untouched, when it is not ours or too new.
 */
export function openForWriting(options: OpenOptions): DatabaseSync {
  const { path, durability, autocheckpoint = CHECKPOINT_PAGES, maxPages } = options;
  const version = checkFile(path);
  const db = new DatabaseSync(path);
  try {
    // Sets how patient we are first, since all that follows may meet a reader.
    db.exec("PRAGMA busy_timeout = 5000");
    touch(db);
    // Readers go on while a commit is under way, and a commit is one fsync instead of several.
    db.exec("PRAGMA journal_mode = WAL");
    // FULL: the log is synced before a commit returns. NORMAL: only a power cut can lose the last
    // commits; the database stays sound either way.
    db.exec(`PRAGMA synchronous = ${durability === "full" ? "FULL" : "NORMAL"}`);
    db.exec(`PRAGMA wal_autocheckpoint = ${autocheckpoint}`);
    // After a reader held a checkpoint up, the log shrinks to this again.
    db.exec("PRAGMA journal_size_limit = 67108864");
    // 16 MiB hold the upper levels of the indexes of many millions of messages.
    db.exec("PRAGMA cache_size = -16384");
    // With a mapped file a bad sector kills the process; without, it is an error of one commit.
    db.exec("PRAGMA mmap_size = 0");
    // Sorting needs no files of its own.
    db.exec("PRAGMA temp_store = MEMORY");
    // Nothing in the file may run functions with side effects, whoever made it.
    db.exec("PRAGMA trusted_schema = OFF");
    if (version < SCHEMA_VERSION) upgrade(db, version, options);
    // Rooms and names are looked up in the same transaction; this finds a mistake of ours.
    db.exec("PRAGMA foreign_keys = ON");
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);
    return db;
  } catch (error) {
    db.close();
    throw explained(error, path);
  }
}

/**
 * Opens a database that is there for reading; it may be in use. With `andCheckpoints` it may also write
 * the log into the database, for which the file must not be opened as read-only. It is of this version
 * of the tables, or of the `oldest` that the caller can read. Throws a
 * {@linkcode StoreError}.
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
 * The version of what is in a file, 0 for none; looks only. It is SQLite that looks: on POSIX systems
 * a process that closes a file loses all its locks on it, whoever in the process has them. The server
 * may have the database open, and without its locks another process writes into it and removes its log.
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
 * Opens a file for reading. On a full disk there is no room for what those who have it open share;
 * then it is opened for us alone, and whoever else wants it waits, or is told that it is in use.
 * What a crash has left in the log is written into the file when that is closed, as a start does it.
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

/** Reads from a file that was opened: what is wrong is told with its code here, and by `exec` without. */
function touch(db: DatabaseSync): void {
  db.prepare("SELECT 1 FROM sqlite_schema").get();
}

/**
 * To be awaited before a database is opened for writing: keeps a copy aside of one that will be
 * upgraded. Rejects with a {@linkcode StoreError}.
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
    // What else is wrong with it is told when it is opened.
    return undefined;
  }
}

/** Makes the tables, or brings those that are there up to date, of which there must be a copy. */
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
        `it was is kept as ${copy.path} (${size}), which may be deleted when all is well`,
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

/** The number that a pragma returns. */
export function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
