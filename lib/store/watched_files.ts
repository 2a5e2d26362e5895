/**
 * Notices when somebody removes, replaces or cuts the files of a running server. Writes to such a file
 * still succeed, but what was written is lost.
 *
 * Around each commit it does not ask for the times of SQLite's log, as `stat` does. Linux (from 6.13)
 * then gives the next write a time of its own, and the commit waits for that too: a quarter longer.
 */

import type { DatabaseSync } from "node:sqlite";
import { reasonOf } from "../wire/text.ts";

const DATABASE = "chatroom.db";
/** SQLite's log, which has the latest commits. */
const LOG = `${DATABASE}-wal`;
/** Files that protect the database: `boot` against old backups, `lock` against other servers. */
const BESIDE = ["boot", "lock"] as const;

interface Seen {
  readonly dev: number;
  readonly ino: number | null;
  readonly size: number;
}

/** A directory, and when a name in it was last added, removed or given to another file, in ms. */
interface Folder {
  readonly dev: number;
  readonly ino: number | null;
  readonly changed: number;
}

/**
 * Another change this soon after the last one may be given the same time, in ms: the clock of FAT, the
 * coarsest, has 2 s.
 */
const SAME_TIME_MS = 2_500;

/** Whether any change from now on will show in the time of the last one. */
function isLongAgo(folder: Folder | undefined): boolean {
  return folder !== undefined && Date.now() - folder.changed > SAME_TIME_MS;
}

/** Whether nothing has happened to it; where that can't be known, something has. */
function isSame(before: Folder | undefined, now: Folder | undefined): boolean {
  return before !== undefined && before.dev === now?.dev && before.ino === now.ino &&
    before.changed === now.changed;
}

/** Watches the files of one directory. */
export class WatchedFiles implements Disposable {
  readonly #db: DatabaseSync;
  readonly #dir: string;
  readonly #seen = new Map<string, Seen>();
  /** SQLite's log, to learn how long it is. */
  #log: Deno.FsFile | undefined;
  /** The directory as it was when all was looked at. */
  #folder: Folder | undefined;

  /** Compares later with the files as they are now. `db` is the open database. */
  constructor(db: DatabaseSync, dir: string) {
    this.#db = db;
    this.#dir = dir;
    this.all();
  }

  /**
   * A sentence about what happened to the database, or to the length of its log; `undefined` if they are
   * all right. Takes a few microseconds, as {@linkcode afterCommit} does.
   */
  beforeCommit(): string | undefined {
    return this.#look(DATABASE) ?? this.#lookAtLength();
  }

  /** The same about a file that is no longer in the directory, or the length of the log. */
  afterCommit(): string | undefined {
    // A file can't be removed or replaced without a trace in the directory.
    return isSame(this.#folder, this.#lookAtFolder()) ? this.#lookAtLength() : this.all();
  }

  /** The same for all files, whatever happened to them. */
  all(): string | undefined {
    // Looked at first: what changes meanwhile is noticed the next time.
    const folder = this.#lookAtFolder();
    for (const name of [DATABASE, LOG, ...BESIDE]) {
      const trouble = this.#look(name);
      if (trouble !== undefined) return trouble;
    }
    this.#folder = isLongAgo(folder) ? folder : undefined;
    return undefined;
  }

  /** Call this before the database is closed, which removes the log. */
  [Symbol.dispose](): void {
    this.#log?.close();
    this.#log = undefined;
  }

  #lookAtFolder(): Folder | undefined {
    try {
      const { dev, ino, mtime } = Deno.statSync(this.#dir);
      return mtime === null ? undefined : { dev, ino, changed: mtime.getTime() };
    } catch {
      return undefined;
    }
  }

  #lookAtLength(): string | undefined {
    this.#log ??= this.#openLog();
    const before = this.#seen.get(LOG);
    if (this.#log === undefined || before === undefined) return this.#look(LOG);
    return this.#noteLength(LOG, before, this.#log.seekSync(0, Deno.SeekMode.End));
  }

  /**
   * Opens the log that was seen, if it can be. Never open the database like that: to close it would
   * release SQLite's locks, of which the log has none.
   */
  #openLog(): Deno.FsFile | undefined {
    let file: Deno.FsFile | undefined;
    try {
      file = Deno.openSync(`${this.#dir}/${LOG}`);
      const { dev, ino } = file.statSync();
      const seen = this.#seen.get(LOG);
      if (seen?.dev === dev && seen.ino === ino) return file;
    } catch {
      // It is looked at by its name then.
    }
    file?.close();
    return undefined;
  }

  #look(name: string): string | undefined {
    const path = `${this.#dir}/${name}`;
    const before = this.#seen.get(name);
    let now: Deno.FileInfo;
    try {
      now = Deno.statSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        return `${path} can't be looked at (${reasonOf(error)})`;
      }
      return before === undefined ? undefined : `${path} was removed`;
    }
    const { dev, ino, size } = now;
    if (before !== undefined && (before.dev !== dev || before.ino !== ino)) {
      return `${path} was replaced by another file`;
    }
    return this.#noteLength(name, before ?? { dev, ino, size }, size);
  }

  #noteLength(name: string, before: Seen, size: number): string | undefined {
    if (size < before.size && this.#isCut(name, size)) {
      return `${this.#dir}/${name} was cut from ${before.size} to ${size} bytes`;
    }
    if (size !== before.size || !this.#seen.has(name)) this.#seen.set(name, { ...before, size });
    return undefined;
  }

  /** Whether somebody else made a file shorter. The database never gets shorter by itself. */
  #isCut(name: string, size: number): boolean {
    return name === DATABASE || name === LOG && !hasWholeLog(this.#db, size);
  }
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** The first version of SQLite that can tell the length of its log without a checkpoint. */
const TELLS_FROM = "3.51.0";
/** For earlier versions: SQLite never makes a log shorter than our `journal_size_limit`, 64 MiB. */
const LEAST_BYTES = 67_108_864;

/**
 * Whether a log of so many bytes has everything that SQLite has written into it. SQLite itself shortens
 * the log at times, when all of it is in the database. If anybody else does, messages are lost.
 */
function hasWholeLog(db: DatabaseSync, bytes: number): boolean {
  const version = String(db.prepare("SELECT sqlite_version() AS v").get()?.["v"]);
  // An earlier version does not know NOOP and would do a checkpoint instead.
  if (version.localeCompare(TELLS_FROM, "en", { numeric: true }) < 0) return bytes >= LEAST_BYTES;
  const frames = Number(db.prepare("PRAGMA wal_checkpoint(NOOP)").get()?.["log"]);
  const page = Number(db.prepare("PRAGMA page_size").get()?.["page_size"]);
  return frames <= 0 || bytes >= HEADER_BYTES + frames * (FRAME_HEADER_BYTES + page);
}
