/**
 * Notices when somebody removes, replaces or cuts the files of a running server. Writes to such a file
 * still succeed, but what was written is lost.
 */

import type { DatabaseSync } from "node:sqlite";
import { reasonOf } from "./faults.ts";

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

/** Watches the files of one directory. */
export class WatchedFiles {
  readonly #db: DatabaseSync;
  readonly #dir: string;
  readonly #seen = new Map<string, Seen>();

  /** Compares later with the files as they are now. `db` is the open database. */
  constructor(db: DatabaseSync, dir: string) {
    this.#db = db;
    this.#dir = dir;
    this.all();
  }

  /**
   * A sentence about what happened to the database or its log, or `undefined` if they are all right.
   * Takes a few microseconds. It never opens them, since closing them would release SQLite's locks.
   */
  database(): string | undefined {
    return this.#look(DATABASE) ?? this.#look(LOG);
  }

  /** The same for all files. */
  all(): string | undefined {
    for (const name of [DATABASE, LOG, ...BESIDE]) {
      const trouble = this.#look(name);
      if (trouble !== undefined) return trouble;
    }
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
    if (before !== undefined && size < before.size && this.#isCut(name, size)) {
      return `${path} was cut from ${before.size} to ${size} bytes`;
    }
    this.#seen.set(name, { dev, ino, size });
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
