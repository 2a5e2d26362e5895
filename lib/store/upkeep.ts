/**
 * The writer's work while nobody waits for it, in small steps: it indexes words, removes old messages,
 * sessions and names, and lets go of blobs that are nobody's any more.
 */

import type { DatabaseSync } from "node:sqlite";
import type { Cut } from "../chat/log/fact.ts";
import { getRow, getRows, type SqlRow, transact } from "./sql.ts";
import { type Clocks, LeapWatch, SYSTEM_CLOCKS } from "./clock.ts";
import { DEVICE_MS, overdueSession, purgeSession, shiftUses, usedBefore } from "./sessions.ts";
import { goneLog, purgeGone } from "./rooms.ts";
import { UnusedNames } from "./unused_names.ts";
import { REVISE } from "./columns.ts";
import { removeOldCopies } from "./copy_aside.ts";
import { INDEX_COLUMNS, indexNext } from "./indexing.ts";
import { takeOutMore } from "./unindex.ts";
import { indexedUpTo } from "./word_index.ts";
import { takeLetGo } from "./files.ts";
import { Retention, type RetentionRules } from "./retention.ts";

/** What to keep, and for how long. */
export interface UpkeepRules extends RetentionRules {
  /** How long a session of a guest is kept after its last use, in ms. */
  readonly sessionMs: number;
  /** How long a device of an account stays signed in after its last use, in ms; 90 days by default. */
  readonly deviceMs?: number;
  /** How many sessions of guests are kept at most: those that were used last. */
  readonly sessions: number;
}

/** How many messages or ids one step handles by default, which takes a few milliseconds. */
const STEP_ROWS = 500;

/**
 * How much text one step indexes, in bytes. The count of messages is not enough of a limit, since some
 * texts have six times as many words as others.
 */
const STEP_BYTES = 65_536;

/** An edit counts as so much, since what the message said before has to be taken out of the index. */
const EDIT_BYTES = STEP_BYTES / 8;

/** To take a term out of the index takes as long as so many rows. */
const ROWS_FOR_TERM = 8;

/** How often to look for old copies of before an upgrade, in ms (1 h). */
const COPIES_MS = 3_600_000;

/** How often to look for what is overdue, in ms. */
const ROUND_MS = 10_000;

/** What a step has done: where it has removed old messages, and which blobs no message brings any more. */
export interface UpkeepStep {
  readonly more: boolean;
  readonly pruned: readonly Cut[];
  readonly letGo: readonly string[];
  /** Something was removed. */
  readonly hasErased: boolean;
  /** Copies of before an upgrade that were removed for their age. */
  readonly oldCopies: readonly string[];
}

/** What one duty has done of that. */
type Done = Partial<Omit<UpkeepStep, "more">>;

const NOTHING_TO_TELL: Done = {};
const ERASED: Done = { hasErased: true };
const NO_DONE = { pruned: [], letGo: [], hasErased: false, oldCopies: [] };

/** Does the work, one step at a time. */
export class Upkeep {
  readonly #db: DatabaseSync;
  readonly #rules: UpkeepRules;
  readonly #now: () => number;
  readonly #passed: () => number;
  readonly #watch: LeapWatch;
  #begun = false;
  /** By how many ms the clock was set since the stored times were last corrected. */
  #leap = 0;
  readonly #stepRows: number;
  readonly #retention: Retention;
  readonly #names: UnusedNames;
  #roundAt = -Infinity;
  #copiesAt = -Infinity;
  #overdue = false;
  readonly #onPurge: () => void;
  /** Each does one step and returns what there is to tell, or `undefined` if there was nothing to do. */
  readonly #duties: ReadonlyArray<() => Done | undefined> = [
    () => this.#index(),
    () => this.#prune(),
    () => this.#purge(),
    () => this.#purgeGone(),
    () => this.#letGo(),
    () => this.#forgetNames(),
    () => this.#removeCopies(),
  ];
  #turn = 0;

  /** `onPurge` is called when sessions, parts of them or names may have gone, or their times changed. */
  constructor(
    db: DatabaseSync,
    rules: UpkeepRules,
    onPurge: () => void,
    stepRows: number = STEP_ROWS,
    clocks: Clocks = SYSTEM_CLOCKS,
  ) {
    this.#onPurge = onPurge;
    this.#db = db;
    this.#rules = rules;
    this.#now = clocks.now;
    this.#passed = clocks.passed;
    this.#watch = new LeapWatch(clocks);
    this.#stepRows = stepRows;
    this.#retention = new Retention(db, rules);
    this.#names = new UnusedNames(db);
    this.#noteNames();
  }

  /** The rules that it was made with say something else now: looks at once for what they let go. */
  changed(): void {
    this.#retention.changed();
    this.#roundAt = -Infinity;
    this.#noteNames();
  }

  #noteNames(): void {
    const { keepMs, keepMessages } = this.#rules;
    if (keepMs !== undefined || keepMessages !== undefined) this.#names.note();
  }

  /** Does one step of whatever is due. If it throws SQLite's error, it has changed nothing. */
  step(): UpkeepStep {
    const now = this.#now();
    // Added up until the stored times have been corrected, which fails while the disk is full.
    this.#leap += this.#watch.leap();
    if (this.#leap !== 0 || !this.#begun) this.#leapt(now);
    if (Math.abs(now - this.#roundAt) >= ROUND_MS) {
      this.#roundAt = now;
      this.#overdue = true;
      this.#retention.begin(now);
    }
    // The duties take turns, so that old messages go even while there is always more to index.
    for (let tries = 0; tries < this.#duties.length; tries++) {
      const duty = this.#duties[this.#turn++ % this.#duties.length];
      const done = duty?.();
      if (done !== undefined) return { more: true, ...NO_DONE, ...done };
    }
    return { more: false, ...NO_DONE };
  }

  /** Whether all that is stored can be found, but for what is being taken out of the index. */
  get isIndexed(): boolean {
    const sql = "SELECT 1 FROM message WHERE id > ? LIMIT 1";
    return getRow(this.#db, sql, indexedUpTo(this.#db)) === undefined;
  }

  /** Brings the index of words up to date by a step. Returns false if it is. */
  index(): boolean {
    const rows = this.#toIndex();
    const { isLeaving } = this;
    if (rows.length === 0 && !isLeaving) return false;
    transact(this.#db, () => {
      if (isLeaving) takeOutMore(this.#db, Math.ceil(this.#stepRows / ROWS_FOR_TERM));
      // Where the index was wrong, all is to be indexed anew.
      indexNext(this.#db, isLeaving ? this.#toIndex() : rows);
    });
    return true;
  }

  #index(): Done | undefined {
    const { isLeaving } = this;
    if (!this.index()) return undefined;
    return isLeaving ? ERASED : NOTHING_TO_TELL;
  }

  /** Whether terms of something wait to be taken out of the index. */
  get isLeaving(): boolean {
    return getRow(this.#db, "SELECT 1 FROM leaving LIMIT 1") !== undefined;
  }

  /** The next entries to index: as many as one step can take, and at least one. */
  #toIndex(): SqlRow[] {
    const indexed = indexedUpTo(this.#db);
    const sql =
      "SELECT octet_length(text) AS size, kind FROM message WHERE id > ? ORDER BY id LIMIT ?";
    const sizes = getRows(this.#db, sql, indexed, this.#stepRows);
    let count = 0;
    for (let bytes = 0; count < sizes.length && bytes < STEP_BYTES; count++) {
      const { size, kind } = sizes[count] as SqlRow;
      bytes += kind === REVISE ? EDIT_BYTES : Number(size);
    }
    return getRows(
      this.#db,
      `SELECT ${INDEX_COLUMNS} FROM message m ` +
        "CROSS JOIN room r ON r.id = m.room WHERE m.id > ? ORDER BY m.id LIMIT ?",
      ...[indexed, count],
    );
  }

  /**
   * Corrects the stored times after the clock was set. Otherwise what they belong to would be removed
   * too early, or never.
   */
  #leapt(now: number): void {
    transact(this.#db, () => {
      shiftUses(this.#db, this.#leap, now);
      this.#retention.leapt(this.#leap, now);
    });
    this.#leap = 0;
    this.#begun = true;
    this.#onPurge();
  }

  /** Removes old messages of some rooms. */
  #prune(): Done | undefined {
    if (!this.#retention.due) return undefined;
    const pruned = transact(this.#db, () => this.#retention.step(this.#stepRows));
    if (pruned.length > 0) this.#names.note();
    return { pruned, hasErased: pruned.length > 0 };
  }

  /** Removes a part of an overdue session. */
  #purge(): Done | undefined {
    if (!this.#overdue) return undefined;
    const { sessionMs, deviceMs = DEVICE_MS, sessions: most } = this.#rules;
    this.#overdue = transact(this.#db, () => {
      const now = this.#now();
      const guestsBefore = usedBefore(sessionMs, now);
      const devicesBefore = usedBefore(deviceMs, now);
      const id = overdueSession(this.#db, { guestsBefore, devicesBefore, most });
      if (id === undefined) return false;
      purgeSession(this.#db, id, this.#stepRows);
      return true;
    });
    if (!this.#overdue) return undefined;
    this.#names.note();
    this.#onPurge();
    return ERASED;
  }

  /** Removes a part of what was said in a log that is gone. */
  #purgeGone(): Done | undefined {
    const room = goneLog(this.#db);
    if (room === undefined) return undefined;
    transact(this.#db, () => purgeGone(this.#db, room, this.#stepRows));
    this.#names.note();
    return ERASED;
  }

  /** Lets go of blobs that no message brings any more. If the server ends first, its next start finds them. */
  #letGo(): Done | undefined {
    if (getRow(this.#db, "SELECT 1 FROM let_go LIMIT 1") === undefined) return undefined;
    return { letGo: transact(this.#db, () => takeLetGo(this.#db, this.#stepRows)) };
  }

  /** Removes copies of before an upgrade when they are old: they have what was removed since. */
  #removeCopies(): Done | undefined {
    const passed = this.#passed();
    const now = this.#now();
    if (passed - this.#copiesAt < COPIES_MS || this.#retention.isHeld(now)) return undefined;
    this.#copiesAt = passed;
    const path = this.#db.location();
    const oldCopies = path === null ? [] : removeOldCopies(path, now);
    return oldCopies.length === 0 ? undefined : { oldCopies };
  }

  /** Looks for names that no message uses any more. */
  #forgetNames(): Done | undefined {
    const now = this.#passed();
    if (!this.#names.isDue(now)) return undefined;
    // With foreign keys, SQLite would read all messages for each name that is deleted.
    this.#db.exec("PRAGMA foreign_keys = OFF");
    try {
      const gone = transact(this.#db, () => this.#names.step(this.#stepRows, now));
      if (gone) this.#onPurge();
      return NOTHING_TO_TELL;
    } finally {
      this.#db.exec("PRAGMA foreign_keys = ON");
    }
  }
}
