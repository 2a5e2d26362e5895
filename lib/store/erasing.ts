/**
 * Empties the write-ahead log after something was removed: SQLite overwrites that in the database, but the
 * log still has the pages as they were before.
 */

import type { DatabaseSync } from "node:sqlite";

/** How long what is removed waits for more, so that the log is emptied once for all of it, in ms. */
const GATHER_MS = 50;
/** When to try again while somebody reads, and how often the log is emptied at most, in ms. */
const AGAIN_MS = 500;
/** How long emptying waits for those who read or write, in ms: it holds up whoever writes. */
const BUSY_MS = 20;

/** Has the log emptied, soon after something was removed. */
export class Erasing {
  readonly #empty: () => Promise<boolean>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWanted = false;
  #isEmptying = false;
  #notBefore = 0;
  #isClosed = false;

  /** `empty` empties the log as far as that can be done now; resolves with whether it could. */
  constructor(empty: () => Promise<boolean>) {
    this.#empty = empty;
  }

  /** Something was removed. */
  begin(): void {
    this.#isWanted = true;
    this.#schedule(GATHER_MS);
  }

  /** Leaves the rest to whoever closes the database. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    if (this.#timer !== undefined || this.#isEmptying || this.#isClosed) return;
    const wait = Math.max(ms, this.#notBefore - performance.now());
    this.#timer = setTimeout(() => void this.#run(), wait);
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#isWanted = false;
    this.#isEmptying = true;
    const isEmpty = await this.#empty().catch(() => false);
    this.#isEmptying = false;
    this.#notBefore = performance.now() + AGAIN_MS;
    if (!isEmpty || this.#isWanted) this.begin();
  }
}

/**
 * Writes the log into the database and empties it; false if somebody is in the way. What it writes first
 * holds nobody up, so that little is left to do while others can't write.
 */
export function emptyLog(db: DatabaseSync): boolean {
  db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  try {
    return db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.["busy"] === 0;
  } finally {
    db.exec("PRAGMA busy_timeout = 5000");
  }
}
