/**
 * Whether the files of a store are still those that were opened. One that was removed, replaced or cut
 * under a running server takes what is written, and nobody gets it back.
 */

import type { DatabaseSync } from "node:sqlite";
import { reasonOf } from "./faults.ts";

const DATABASE = "chatroom.db";
/** Has all that was stored last. */
const LOG = `${DATABASE}-wal`;
/** Keep others' hands off. */
const BESIDE = ["boot", "lock"] as const;

interface Seen {
  readonly dev: number;
  readonly ino: number | null;
  readonly size: number;
}

/** Looks at the files of one directory. */
export class WatchedFiles {
  readonly #db: DatabaseSync;
  readonly #dir: string;
  readonly #seen = new Map<string, Seen>();

  /** Takes the files as they are now for those that were opened; `db` is the database among them. */
  constructor(db: DatabaseSync, dir: string) {
    this.#db = db;
    this.#dir = dir;
    this.all();
  }

  /**
   * What has become of the database and its log, in a sentence, if they are not as they were; some
   * microseconds' work. They are never opened: SQLite's locks on them would be gone when they are
   * closed.
   */
  database(): string | undefined {
    return this.#look(DATABASE) ?? this.#look(LOG);
  }

  /** The same of all files. */
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

  /** Whether a file that is shorter than it was should not be: the database never gets shorter. */
  #isCut(name: string, size: number): boolean {
    return name === DATABASE || name === LOG && !hasWholeLog(this.#db, size);
  }
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** The version from which on SQLite tells how much is in its log without doing anything to it. */
const TELLS_FROM = "3.51.0";
/** Before it: SQLite never makes a log shorter than this, our `journal_size_limit`. */
const LEAST_BYTES = 67_108_864;

/**
 * Whether a log of so many bytes has all that SQLite has put into it. SQLite itself shortens it at times,
 * when all of it is in the database; anybody else who does takes messages away.
 */
function hasWholeLog(db: DatabaseSync, bytes: number): boolean {
  const version = String(db.prepare("SELECT sqlite_version() AS v").get()?.["v"]);
  // An earlier one would take the word for another, and write what is left into the database.
  if (version.localeCompare(TELLS_FROM, "en", { numeric: true }) < 0) return bytes >= LEAST_BYTES;
  const frames = Number(db.prepare("PRAGMA wal_checkpoint(NOOP)").get()?.["log"]);
  const page = Number(db.prepare("PRAGMA page_size").get()?.["page_size"]);
  return frames <= 0 || bytes >= HEADER_BYTES + frames * (FRAME_HEADER_BYTES + page);
}
