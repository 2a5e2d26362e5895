/**
 * A transaction that pieces of work share, one after the other: a commit copies each page that was touched, and
 * small pieces touch the same ones. Only for work that can be done again after a crash.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** How long a commit waits for more work, in ms. */
const COMMIT_MS = 100;
/** For how long {@linkcode HeldCommit.aside} leaves others their turn, in ms. */
const ASIDE_MS = 50;

/** What committing needs of its surroundings. */
export interface HeldCommitOptions {
  /** Called in the transaction, just before it is committed. */
  readonly before: () => void;
  /** Told when what was done could not be committed. */
  readonly onFailed: (error: Error) => void;
  /** How long a commit waits, in ms; 0: not at all. */
  readonly waitMs?: number;
}

/** Commits what is done in a database, a moment later. */
export class HeldCommit implements Disposable {
  readonly #db: DatabaseSync;
  readonly #options: HeldCommitOptions;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #mark: StatementSync;
  readonly #keep: StatementSync;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asideUntil = -Infinity;
  #isWorking = false;
  /** Whether to commit at the end of the piece that is under way. */
  #isWanted = false;
  /** What is done after that. */
  #waiting: (() => void)[] = [];

  constructor(db: DatabaseSync, options: HeldCommitOptions) {
    this.#db = db;
    this.#options = options;
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#mark = db.prepare("SAVEPOINT piece");
    this.#keep = db.prepare("RELEASE piece");
  }

  /** Whether a piece is under way. */
  get isWorking(): boolean {
    return this.#isWorking;
  }

  /** Does a piece of work. If it throws, nothing of it is kept, and what was done before is committed. */
  within<T>(work: () => T): T {
    this.#isWorking = true;
    try {
      if (!this.#db.isTransaction) this.#begin.run();
      this.#mark.run();
      const done = work();
      this.#keep.run();
      this.#isWorking = false;
      return done;
    } catch (error) {
      this.#isWorking = false;
      // After some failures SQLite has already rolled back all of it.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK TO piece; RELEASE piece");
      this.now();
      throw error;
    }
  }

  /** Commits what was done: soon, or now if somebody waits for it. */
  soon(): void {
    const { waitMs = COMMIT_MS } = this.#options;
    const isNow = waitMs === 0 || this.#isWanted || performance.now() < this.#asideUntil;
    if (isNow) this.now();
    else this.#timer ??= setTimeout(() => this.now(), waitMs);
  }

  /**
   * Commits, and for a while each piece at once: another connection can empty the write-ahead log only while no
   * transaction is open.
   */
  aside(): void {
    this.#asideUntil = performance.now() + ASIDE_MS;
    this.now();
  }

  /** Does something once all is committed that was done by now: at once, or at the end of the piece. */
  then(next: () => void): void {
    this.#waiting.push(next);
    this.now();
  }

  /** Commits what was done; within a piece, at its end. */
  now(): void {
    this.#isWanted = this.#isWorking;
    if (this.#isWorking) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      if (this.#db.isTransaction) {
        this.#options.before();
        this.#commit.run();
      }
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#options.onFailed(error as Error);
    }
    for (const next of this.#waiting.splice(0)) next();
  }

  [Symbol.dispose](): void {
    this.now();
  }
}
