/**
 * Notices when the database, or the file `boot` beside it, was replaced by a backup. Each holds
 * a counter, and the two go up together. The file also holds the id of the last stored message.
 * When the counters differ, or the database ends before that id, one of the two is older than the
 * other. Numbers of messages that clients have seen could then be given to other messages, so a new
 * epoch begins.
 *
 * The file is not synced for every message. A crash of the server loses nothing of it. A power cut
 * may lose the ids of the last 30 s, and then a backup from that time goes unnoticed. It never makes
 * the database look older than it is.
 */

import type { DatabaseSync } from "node:sqlite";

import { isDamage } from "./faults.ts";
import { highestId, metaOf, setMeta } from "./meta.ts";
import { writePrivate } from "./private.ts";
import { FORGOTTEN } from "./sessions.ts";
import { getNumber, transact } from "./sql.ts";

const FILE = "boot";

/** Digits of an id in the file: always as many, so that the next id can be written over it. */
const DIGITS = 16;

const encoder = new TextEncoder();

/** The epoch of an open database. */
export class Epoch implements Disposable {
  /** The epoch of the last start, or a new one. */
  readonly name: string;
  /** A sentence about messages that are missing, or files that do not match. */
  readonly lost: string | undefined;
  readonly #db: DatabaseSync;
  readonly #dir: string;
  readonly #file: Deno.FsFile;
  /** The offset of the id in the file, in bytes. */
  readonly #at: number;
  readonly #digits = new Uint8Array(DIGITS);

  /** Counts up in the database and in the file. */
  constructor(db: DatabaseSync, dir: string) {
    const noted = readBoot(dir);
    const before = Number(metaOf(db, "boot") ?? 0);
    this.lost = compareBoot(db, noted);
    const same = noted !== undefined && this.lost === undefined;
    this.name = same ? noted.epoch : crypto.randomUUID();
    this.#db = db;
    this.#dir = dir;
    // Sessions count their direct messages, and those numbers could be used twice as well. So all
    // sessions are to be removed.
    if (!same) db.prepare("UPDATE session SET used = ?").run(FORGOTTEN);
    this.#at = count(db, dir, this.name, before + 1);
    this.#file = Deno.openSync(`${dir}/${FILE}`, { write: true });
  }

  /** Writes the id of the last message that was stored into the file. Takes a few microseconds. */
  note(id: number): void {
    try {
      encoder.encodeInto(digits(id), this.#digits);
      this.#file.seekSync(this.#at, Deno.SeekMode.Start);
      this.#file.writeSync(this.#digits);
    } catch {
      // The next id that is written makes up for this one.
    }
  }

  /** Closes the file without counting up, for files that no longer belong to this database. */
  leave(): void {
    this.#file.close();
  }

  /**
   * Counts up once more, so that a copy from when the server was running differs from what it left
   * when it stopped.
   */
  [Symbol.dispose](): void {
    this.#file.close();
    count(this.#db, this.#dir, this.name, Number(metaOf(this.#db, "boot") ?? 0) + 1);
  }
}

/** The contents of the file `boot`. */
export interface Boot {
  readonly epoch: string;
  /** NaN if the file has something else there than a number. */
  readonly count: number;
  /** The id of the last message that was stored; 0 if an earlier version wrote the file without one. */
  readonly id: number;
}

/** Reads the file in a directory; `undefined` if there is none, or it is empty. */
export function readBoot(dir: string): Boot | undefined {
  const [epoch = "", count = "", id = "0"] = readFile(`${dir}/${FILE}`).trim().split(" ");
  return epoch === "" ? undefined : { epoch, count: Number(count || NaN), id: Number(id) };
}

/**
 * Compares a database with the file beside it. Returns a sentence about how they differ, or
 * `undefined` if they match or there is no file.
 */
export function compareBoot(db: DatabaseSync, boot: Boot | undefined): string | undefined {
  if (boot === undefined) return undefined;
  const last = highestId(db);
  if (last < boot.id) {
    return `messages are missing that had been stored: the last one had number ${boot.id} in all, as ` +
      `the file ${FILE} says, and the database ends at ${last}; it is damaged, or was put back`;
  }
  const behind = Number(metaOf(db, "boot") ?? 0) - boot.count;
  // The file is one behind if the process ended between the two writes.
  if (boot.epoch === metaOf(db, "epoch") && (behind === 0 || behind === 1)) return undefined;
  return `the file ${FILE} and the database are not of the same time: one of them was put back`;
}

/** Writes the count into the database and the file. Returns the offset of the id in the file. */
function count(db: DatabaseSync, dir: string, epoch: string, boot: number): number {
  const path = `${dir}/${FILE}`;
  const start = `${epoch} ${boot} `;
  transact(db, () => {
    setMeta(db, "epoch", epoch);
    setMeta(db, "boot", boot);
    // Written before the commit. The other way round, on a full disk, the database would get further
    // ahead of the file with every start.
    writePrivate(`${path}.new`, `${start}${digits(highestId(db))}\n`);
  });
  // Replaces the file in one step: half a file would begin a new epoch.
  Deno.renameSync(`${path}.new`, path);
  return encoder.encode(start).length;
}

function digits(id: number): string {
  return String(id).padStart(DIGITS, "0");
}

function readFile(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return "";
    throw error;
  }
}

/**
 * The highest id that a message has or had, from the database or the file, whichever is higher. If
 * damage makes the table unreadable, it asks the index.
 */
export function lastNumber(db: DatabaseSync, boot: Boot | undefined): number {
  const noted = boot?.id ?? 0;
  for (const ask of [highestId, highestInIndex]) {
    try {
      return Math.max(ask(db), noted);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return noted;
}

function highestInIndex(db: DatabaseSync): number {
  return getNumber(db, "SELECT max(rowid) AS n FROM message INDEXED BY message_by_seq");
}
