/**
 * The log of facts on disk. A separate thread writes it, so that the server's thread never waits
 * for the disk. With `normal` durability a commit does not wait for the disk, so the server's
 * thread makes it.
 */

import {
  type Cut,
  type Entry,
  type Fact,
  isPassing,
  type StayingFact,
  type Ticket,
} from "../chat/log/fact.ts";
import type { FactLog, LogFigures, OnEntry } from "../chat/log/fact_log.ts";
import { timeAfter } from "../chat/log/times.ts";
import type { RoomLog } from "../chat/messages/log_key.ts";
import type { Kept } from "../chat/people/records.ts";
import type { Refusal } from "../chat/refusal.ts";
import { checkLength, databasePath, makeAndLock } from "./directory.ts";
import { LocalIndex } from "./local_index.ts";
import { type KeepingOptions, type LocalLogOptions, SESSION_MS } from "./local_log_options.ts";
import type { Parcel, Receipts } from "./packing.ts";
import { notStored } from "./refusals.ts";
import { beforeUpgrade } from "./schema.ts";
import type { OpenedStore, StoreRules } from "./calls.ts";
import { entriesOf } from "./stored_entries.ts";
import { Writing } from "./writing.ts";

/** When more than this waits for the writer, clients have to wait as well; in UTF-16 code units. */
const MAX_PENDING_LENGTH = 4_194_304;
/** What a fact takes besides its text while it waits, counted in UTF-16 code units. */
const FACT_OVERHEAD = 200;

/** What a failed `retain` has removed: no rooms. */
const NONE_GONE = { rooms: [], floor: 0 };

/** A log of facts that survives a restart. */
export class LocalLog implements FactLog, AsyncDisposable {
  readonly index: LocalIndex;
  onEntry: OnEntry = (entry, ticket) => ticket?.done(entry);
  readonly decidesAgain = false;
  onDecide: FactLog["onDecide"];
  /** The stored accounts, roles, bans and mutes, as they were when the log was opened. */
  readonly people: Kept;
  readonly #writing: Writing;
  readonly #lock: Disposable;
  /** The time of the last entry, in ms since 1970. */
  #at = 0;
  #closing: Promise<number> | undefined;

  private constructor(
    options: LocalLogOptions,
    lock: Disposable,
    opened: OpenedStore,
    writing: Writing,
  ) {
    this.#lock = lock;
    this.#writing = writing;
    this.people = opened.people;
    this.index = new LocalIndex(options, opened, writing);
    writing.onParcel = (parcel, receipts) => this.#take(parcel, receipts);
    writing.onPruned = (cuts) => this.#pruned(cuts);
    writing.onLetGo = (sha256s) => this.index.onLetGo(sha256s);
    writing.onErased = () => this.index.erased();
    if (opened.hadLog) this.index.erased();
    if (options.durability === "normal") writing.onLongLog = () => this.index.shortenLog();
  }

  /**
   * Opens the data in a directory. Rejects with a `StoreError` when the directory is in use, is not
   * ours, or can't be read and written.
   */
  static async open(options: LocalLogOptions): Promise<LocalLog> {
    const { dir, durability = "full", maxPages, onProblem } = options;
    const writing = new Writing(onProblem ?? (() => {}));
    // It loads its code meanwhile. Nothing below waits before the database is asked for, unless it has to
    // be upgraded: the caller may load code of its own then, which would hold us up.
    const started = writing.start(durability);
    let lock: Disposable | undefined;
    try {
      lock = makeAndLock(dir, onProblem);
      const path = databasePath(dir);
      // Before SQLite reads a file that was cut short, since it would only call it malformed.
      checkLength(path);
      const copy = await beforeUpgrade(path);
      await started;
      const opened = await writing.open({
        dir,
        path,
        copy,
        durability,
        rules: rulesOf(options),
        ...(maxPages === undefined ? {} : { maxPages }),
      });
      const log = new LocalLog(options, lock, opened, writing);
      for (const text of opened.upgrade) options.onUpgrade?.(text);
      return log;
    } catch (error) {
      await writing.close();
      lock?.[Symbol.dispose]();
      throw error;
    }
  }

  /** Keeps by this from now on, in the place of all such options; what it lets go goes at once. */
  change(to: KeepingOptions): void {
    this.index.keepBy(to);
    this.#writing.change(rulesOf(to));
  }

  get figures(): LogFigures {
    return this.#writing.figures;
  }

  put(fact: Fact, ticket?: Ticket): Promise<void> | undefined {
    if (isPassing(fact)) {
      this.onEntry({ at: this.#time(), fact }, ticket);
      return undefined;
    }
    this.#writing.put(fact, ticket, lengthOf(fact), this.index.hiddenIn(fact));
    return this.#writing.below(MAX_PENDING_LENGTH);
  }

  settled(): Promise<void> | undefined {
    return this.#writing.settled();
  }

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    // A message that waits to be stored may be in a room that has just been closed.
    if (this.settled() !== undefined) return;
    const gone = this.index.takeEmpty(isOpen);
    if (gone.length > 0) this.put({ kind: "retain", cuts: [], gone });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Stores what waits, and unlocks the directory. Takes at most `withinMs`, even if the disk has
   * not answered by then; reads that are under way get about a second of it. Resolves with how many
   * messages and changes may not have been stored.
   */
  close(withinMs = Infinity): Promise<number> {
    return this.#closing ??= this.#close(withinMs);
  }

  async #close(withinMs: number): Promise<number> {
    // The last connection to close copies the write-ahead log into the database, so the writer
    // has to be the last.
    const unsettled = await this.#writing.close(withinMs, this.index.close());
    this.#lock[Symbol.dispose]();
    return unsettled;
  }

  /** Makes the entries of a parcel that the writer has stored or failed to store. */
  #take({ facts, tickets }: Parcel, receipts: Receipts | undefined): void {
    if (receipts === undefined) {
      facts.forEach((fact, index) => this.#tell(this.#failed(fact), tickets[index]));
      return;
    }
    this.#at = timeAfter(this.#at, receipts.at);
    const entries = entriesOf(facts, receipts, this.index, (fact, why) => this.#refusal(fact, why));
    facts.forEach((_, index) => this.#tell(entries(index), tickets[index]));
  }

  /** Catches what `onEntry` throws, so that the rest of the parcel still gets its entries. */
  #tell(entry: Entry, ticket: Ticket | undefined): void {
    try {
      this.onEntry(entry, ticket);
    } catch (error) {
      reportError(error);
    }
  }

  /** The entry of a fact in a parcel that could not be stored. */
  #failed(fact: StayingFact): Entry {
    if (fact.kind === "retain") this.index.removed(NONE_GONE);
    const refused = this.#refusal(fact, this.#writing.why);
    return { at: this.#time(), fact, receipt: { refused } };
  }

  #refusal({ kind }: StayingFact, why: string): Refusal {
    const isSaid = kind === "say" || kind === "direct" || kind === "topic";
    const what = isSaid ? "The message" : "That";
    return notStored(what, why, this.#writing.trouble !== undefined);
  }

  /** Makes an entry for old messages that upkeep has removed. */
  #pruned(cuts: readonly Cut[]): void {
    this.index.trim(cuts);
    this.onEntry({ at: this.#time(), fact: { kind: "retain", cuts } });
  }

  /** The time of an entry that is made now. */
  #time(): number {
    return this.#at = timeAfter(this.#at, Date.now());
  }
}

function rulesOf(
  { keepMs, keepMessages, sessionMs = SESSION_MS, deviceMs, sessions = 100_000, maxRooms }:
    KeepingOptions,
): StoreRules {
  return {
    ...{ sessionMs, sessions },
    ...(deviceMs === undefined ? {} : { deviceMs }),
    ...(keepMs === undefined ? {} : { keepMs }),
    ...(keepMessages === undefined ? {} : { keepMessages }),
    ...(maxRooms === undefined ? {} : { maxRooms }),
  };
}

/** The size of a fact while it waits, in UTF-16 code units. */
function lengthOf(fact: StayingFact): number {
  switch (fact.kind) {
    case "say":
    case "direct":
    case "topic":
    case "revise":
      return fact.text.length + FACT_OVERHEAD;
    case "people":
    case "list":
      return fact.changes.length * FACT_OVERHEAD;
    default:
      return FACT_OVERHEAD;
  }
}
