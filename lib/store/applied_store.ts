/**
 * A store that is applied to: several machines read one order of facts, and each stores it by itself. What
 * messages of that order come to is committed in one transaction with the place of the last of them, on the
 * server's thread, so that each is decided, stored and told in one step. The order is the authority: what a
 * crash or a power cut takes of this store is read there again, so a commit does not wait for the disk, and
 * waits for what is read next.
 */

import type { DatabaseSync } from "node:sqlite";
import type { Cut, Entry, StayingFact } from "../chat/log/fact.ts";
import type { Kept } from "../chat/people/records.ts";
import { Refusal } from "../chat/refusal.ts";
import type { Hash } from "../chat/sessions/session.ts";
import { AppliedNotes, type LogPlace } from "./applied_notes.ts";
import type { FromWriter, OpenedStore } from "./calls.ts";
import type { Clocks } from "./clock.ts";
import { checkLength, databasePath, makeAndLock } from "./directory.ts";
import { explained, StoreError } from "./faults.ts";
import { HeldCommit } from "./held_commit.ts";
import { KeptUnchanged } from "./kept_unchanged.ts";
import { LocalIndex } from "./local_index.ts";
import { type LocalLogOptions, SESSION_MS } from "./local_log_options.ts";
import { Log } from "./log.ts";
import type { Shared } from "./of_cluster.ts";
import { Packer } from "./packing.ts";
import { readPeople } from "./people.ts";
import { statIfThere } from "./private.ts";
import { Reader } from "./read.ts";
import { Retention } from "./retention.ts";
import { roomFloor } from "./rooms.ts";
import { beforeUpgrade, openForWriting } from "./schema.ts";
import { DEVICE_MS, overdueSessions, usedBefore } from "./sessions.ts";
import { entriesOf } from "./stored_entries.ts";
import { Upkeep } from "./upkeep.ts";
import { UpkeepPauses } from "./upkeep_pauses.ts";
import { WatchedFiles } from "./watched_files.ts";
import type { IndexedWriter } from "./writing.ts";

/** How a store is opened; what is removed with time is found by {@linkcode AppliedStore.dues}. */
export interface AppliedOptions extends Omit<LocalLogOptions, "durability">, Shared {}

/** A step of upkeep on the server's thread deals with so many rows: about 1 ms of work. */
const STEP_ROWS = 100;
/** A commit copies the write-ahead log into the database after all at so many pages (64 MiB). */
const MOST_LOG_PAGES = 16_384;
/**
 * How often it is looked whether the files are still there, in ms: what is lost with them until then, the order
 * has. Each look takes a fifth of the time of a message.
 */
const LOOK_MS = 100;
/** After so many messages of the order the write-ahead log is copied by the thread that reads. */
const SHORTEN_EVERY = 512;

/** An open store. When {@linkcode apply} has thrown, nothing can be applied to it any more. */
export class AppliedStore implements AsyncDisposable {
  readonly index: LocalIndex;
  /** What was kept of people when it was opened. */
  readonly people: Kept;
  /** What the caller keeps beside what is stored, in the same transactions. */
  readonly notes: AppliedNotes;
  readonly #db: DatabaseSync;
  readonly #commit: HeldCommit;
  readonly #log: Log;
  readonly #upkeep: Upkeep;
  readonly #retention: Retention;
  readonly #pauses: UpkeepPauses;
  readonly #files: WatchedFiles;
  readonly #lock: Disposable;
  readonly #options: AppliedOptions;
  #place: LogPlace | undefined;
  #trouble: string | undefined;
  #hasErased = false;
  #applied = 0;
  #lookedAt = -Infinity;

  private constructor(
    options: AppliedOptions,
    db: DatabaseSync,
    lock: Disposable,
    opened: OpenedStore,
  ) {
    const { dir, sessionMs = SESSION_MS, maxRooms } = options;
    this.#options = options;
    this.#db = db;
    this.#lock = lock;
    this.people = opened.people;
    this.notes = new AppliedNotes(db, options);
    this.#place = this.notes.place();
    this.#commit = new HeldCommit(db, {
      before: () => this.#place === undefined || this.notes.stand(this.#place),
      onFailed: ({ message }) => this.#trouble ??= `what was agreed can't be stored (${message})`,
    });
    this.#log = new Log(db, { sessionMs, maxRooms, unchanged: new KeptUnchanged(db) });
    const kept = { sessionMs: Infinity, deviceMs: Infinity, sessions: Infinity };
    const clocks = steadyClocks(this.#place?.at ?? 0);
    this.#upkeep = new Upkeep(db, kept, () => this.#log.refresh(), STEP_ROWS, clocks);
    this.#retention = new Retention(db, options);
    this.#files = new WatchedFiles(db, dir);
    this.#pauses = new UpkeepPauses(
      () => {
        this.#commit.now();
        return this.trouble === undefined ? this.#upkeep.step() : undefined;
      },
      (message) => this.#tell(message),
    );
    this.index = new LocalIndex(options, opened, this.#indexedWriter());
    if (opened.hadLog) this.index.erased();
  }

  /**
   * Opens the data in a directory. Rejects with a `StoreError` when it is in use, is not ours, can't be read
   * and written, or is not of this cluster.
   */
  static async open(options: AppliedOptions): Promise<AppliedStore> {
    const { dir, onProblem, maxPages } = options;
    const path = databasePath(dir);
    await using opening = new AsyncDisposableStack();
    const lock = opening.use(makeAndLock(dir, onProblem));
    try {
      checkLength(path);
      const copy = await beforeUpgrade(path);
      const hadLog = (statIfThere(`${path}-wal`)?.size ?? 0) > 0;
      const upgrade: string[] = [];
      const db = opening.adopt(
        openForWriting({
          ...{ path, copy, durability: "normal", autocheckpoint: MOST_LOG_PAGES },
          onUpgrade: (text) => void upgrade.push(text),
          ...(maxPages === undefined ? {} : { maxPages }),
        }),
        (db) => db.close(),
      );
      const store = new AppliedStore(options, db, lock, {
        type: "opened",
        epoch: options.epoch,
        logs: new Reader(db).logs(),
        floor: roomFloor(db),
        salt: options.salt,
        people: readPeople(db),
        hadLog,
        upgrade,
      });
      opening.move();
      for (const text of upgrade) options.onUpgrade?.(text);
      return store;
    } catch (error) {
      throw explained(error, path);
    }
  }

  /** The place in the order up to which all is stored; `undefined` for a store that holds nothing yet. */
  get place(): LogPlace | undefined {
    return this.#place;
  }

  /** Why nothing can be applied any more, in a sentence. */
  get trouble(): string | undefined {
    return this.#trouble ??= this.#look();
  }

  /**
   * Does `work`, which may call {@linkcode store} and write {@linkcode notes}; all of it is committed together
   * with the place that it comes to, a moment later. Throws when the disk does not take it, or did not take
   * what came before; the store is of no use then until it has been opened anew.
   */
  apply(work: () => LogPlace): LogPlace {
    try {
      if (this.trouble !== undefined) throw new StoreError(this.trouble);
      this.#place = this.#commit.within(work);
    } catch (error) {
      this.#trouble ??= `what was agreed can't be stored (${(error as Error).message})`;
      throw error;
    }
    this.#commit.soon();
    if (this.#hasErased) this.index.erased();
    this.#hasErased = false;
    if (++this.#applied % SHORTEN_EVERY === 0) this.index.shortenLog();
    this.#pauses.taken();
    return this.#place;
  }

  /**
   * Stores facts at a time in ms since 1970, within {@linkcode apply}. Returns the entry of each by its place
   * among them: the index holds it when it was asked for, so ask in order.
   */
  store(facts: readonly StayingFact[], at: number): (place: number) => Entry {
    const packer = new Packer();
    for (const fact of facts) packer.add(fact, this.index.hiddenIn(fact));
    const receipts = this.#log.within(packer.pack(), at);
    this.#hasErased ||= this.#log.hasErased;
    return entriesOf(facts, receipts, this.index, failedWith);
  }

  /** What is to go at a time, in ms since 1970, and is still there: of each log at most `limit` entries. */
  dueCuts(at: number, limit: number): Cut[] {
    this.#retention.begin(at);
    return this.#retention.find(limit);
  }

  /** The sessions that nobody has used for too long at a time, or that are too many: at most `limit`. */
  dueSessions(at: number, limit: number): Hash[] {
    const { sessionMs = SESSION_MS, deviceMs = DEVICE_MS, sessions: most = 100_000 } =
      this.#options;
    const [guestsBefore, devicesBefore] = [usedBefore(sessionMs, at), usedBefore(deviceMs, at)];
    return overdueSessions(this.#db, { guestsBefore, devicesBefore, most }, limit);
  }

  /** Closes the database, and unlocks the directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pauses[Symbol.dispose]();
    this.#commit[Symbol.dispose]();
    await this.index.close();
    this.#trouble ??= "the server is stopping";
    // What was removed or replaced is not ours to write to.
    if (this.#files.all() === undefined) {
      try {
        this.#db.exec("PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE)");
      } catch {
        // The next start does it.
      }
      this.#db.close();
    }
    this.#lock[Symbol.dispose]();
  }

  #indexedWriter(): IndexedWriter {
    const trouble = (): string | undefined => this.#trouble;
    return {
      settled: () => undefined,
      beforeReading: (question, ask) => {
        if (question === "emptyLog") this.#commit.aside();
        this.#commit.then(ask);
      },
      index: () => this.#indexed(),
      get trouble() {
        return trouble();
      },
    };
  }

  /** Looks at the files, now and then. */
  #look(): string | undefined {
    const now = performance.now();
    if (this.#commit.isWorking || now - this.#lookedAt < LOOK_MS) return undefined;
    this.#lookedAt = now;
    // A look asks SQLite how long its log is, which it does not say within a transaction.
    this.#commit.now();
    return this.#trouble ?? this.#files.beforeCommit() ?? this.#files.afterCommit();
  }

  /** Brings the index of words up to date, in steps, so that others have their turn in between. */
  async #indexed(): Promise<void> {
    try {
      for (;;) {
        this.#commit.now();
        if (this.trouble !== undefined || !this.#upkeep.index() || this.#upkeep.isIndexed) return;
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    } catch {
      // A search still finds what is already in the index.
    }
  }

  #tell(message: FromWriter): void {
    const { onProblem = () => {} } = this.#options;
    if (message.type === "problem") onProblem(message.text);
    else if (message.type === "erased") this.index.erased();
    else if (message.type === "let-go") this.index.onLetGo(message.sha256s);
  }
}

/** Clocks that nobody sets, of which one goes on from where the order of facts was: so nothing is corrected. */
function steadyClocks(last: number): Clocks {
  const base = Math.max(Date.now(), last) - performance.now();
  return { now: () => base + performance.now(), passed: () => performance.now() };
}

function failedWith({ kind }: StayingFact, why: string): Refusal {
  return new Refusal("not-stored", `That can't be stored: ${why} (${kind})`);
}
