/**
 * Whether the data is what was there when the server stopped. A counter in the database and one in
 * a file beside it go up together, and the file has the id of the last message that was stored.
 * When the counters differ, or the database has not come as far as that, the one or the other was
 * put back, and numbers that clients have seen may come to stand for other messages: a new epoch
 * begins.
 *
 * The file is not synced for every message. A crash of the server loses nothing of it. A power cut
 * may take what was noted in the last half minute, and then a backup of that time is not told from
 * what it left; it never takes the database for older than it is.
 */

import type { DatabaseSync } from "node:sqlite";

import { isDamage } from "./faults.ts";
import { highestId, metaOf, setMeta } from "./meta.ts";
import { writePrivate } from "./private.ts";
import { FORGOTTEN } from "./sessions.ts";
import { getNumber, transact } from "./sql.ts";

const FILE = "boot";

/** Digits of an id, always as many: it is written over in one piece. */
const DIGITS = 16;

const encoder = new TextEncoder();

/** The epoch of a database that is open. */
export class Epoch implements Disposable {
  /** The epoch to go on with. */
  readonly name: string;
  /** What is missing of what had been stored, in a sentence. */
  readonly lost: string | undefined;
  readonly #db: DatabaseSync;
  readonly #dir: string;
  readonly #file: Deno.FsFile;
  /** Where in the file the id is. */
  readonly #at: number;
  readonly #digits = new Uint8Array(DIGITS);

  /** Counts up, in the database first. */
  constructor(db: DatabaseSync, dir: string) {
    const noted = readBoot(dir);
    const before = Number(metaOf(db, "boot") ?? 0);
    this.lost = compareBoot(db, noted);
    const same = noted !== undefined && this.lost === undefined;
    this.name = same ? noted.epoch : crypto.randomUUID();
    this.#db = db;
    this.#dir = dir;
    // Sessions count their direct messages, and those numbers would be used anew as well.
    if (!same) db.prepare("UPDATE session SET used = ?").run(FORGOTTEN);
    this.#at = count(db, dir, this.name, before + 1);
    this.#file = Deno.openSync(`${dir}/${FILE}`, { write: true });
  }

  /** Notes the id of the last message that was stored, a few microseconds' work. */
  note(id: number): void {
    try {
      encoder.encodeInto(digits(id), this.#digits);
      this.#file.seekSync(this.#at, Deno.SeekMode.Start);
      this.#file.writeSync(this.#digits);
    } catch {
      // What is noted next says this as well.
    }
  }

  /** Lets go of the file without a word, where it is no longer the database's. */
  leave(): void {
    this.#file.close();
  }

  /** Counts up once more, so that a copy from while the server ran is told from what it left. */
  [Symbol.dispose](): void {
    this.#file.close();
    count(this.#db, this.#dir, this.name, Number(metaOf(this.#db, "boot") ?? 0) + 1);
  }
}

/** What the file beside the database says. */
export interface Boot {
  readonly epoch: string;
  /** NaN for what is no number. */
  readonly count: number;
  /** The id of the last message that was stored; 0 where an earlier version has noted none. */
  readonly id: number;
}

/** What is noted in a directory; `undefined`: there is no file, or nothing in it. */
export function readBoot(dir: string): Boot | undefined {
  const [epoch = "", count = "", id = "0"] = readFile(`${dir}/${FILE}`).trim().split(" ");
  return epoch === "" ? undefined : { epoch, count: Number(count || NaN), id: Number(id) };
}

/** How a database lags behind what was noted beside it, or the other way round, in a sentence. */
export function compareBoot(db: DatabaseSync, boot: Boot | undefined): string | undefined {
  if (boot === undefined) return undefined;
  const last = highestId(db);
  if (last < boot.id) {
    return `messages are missing that had been stored: the last one had number ${boot.id} in all, as ` +
      `the file ${FILE} says, and the database ends at ${last}; it is damaged, or was put back`;
  }
  const behind = Number(metaOf(db, "boot") ?? 0) - boot.count;
  // One behind: the process ended between the two writes.
  if (boot.epoch === metaOf(db, "epoch") && (behind === 0 || behind === 1)) return undefined;
  return `the file ${FILE} and the database are not of the same time: one of them was put back`;
}

/** Writes down the count in both places; returns where in the file the id is. */
function count(db: DatabaseSync, dir: string, epoch: string, boot: number): number {
  const path = `${dir}/${FILE}`;
  const start = `${epoch} ${boot} `;
  transact(db, () => {
    setMeta(db, "epoch", epoch);
    setMeta(db, "boot", boot);
    // Before the database is ahead of it: on a full disk it would fall behind more with every start.
    writePrivate(`${path}.new`, `${start}${digits(highestId(db))}\n`);
  });
  // In one step: a half of it would begin a new epoch.
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

/** The number of the last message in all that there is, or was: as far as the one or the other tells. */
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
