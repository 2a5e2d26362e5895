/**
 * The log of facts on disk: a thread of its own writes it, so that the server's never waits for the
 * disk. With `normal` durability nor does a commit, which is made on the server's own thread then.
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
import { idReused } from "../chat/messages/fingerprint.ts";
import type { RoomLog } from "../chat/messages/log_key.ts";
import type { Kept } from "../chat/people/records.ts";
import type { Refusal } from "../chat/refusal.ts";
import { checkLength, databasePath, makeAndLock } from "./directory.ts";
import { LocalIndex, type LocalLogOptions, SESSION_MS } from "./local_index.ts";
import type { Odd, Parcel, Receipts } from "./packing.ts";
import { notStored, roomLimit } from "./refusals.ts";
import { beforeUpgrade } from "./schema.ts";
import type { OpenedStore } from "./calls.ts";
import { Writing } from "./writing.ts";

/** How much may wait for the writer before its speakers do, in UTF-16 code units. */
const MAX_PENDING_LENGTH = 4_194_304;
const FACT_OVERHEAD = 200;

/** Why something was not stored of which there is nothing to tell. */
const NONE_GONE = { rooms: [], floor: 0 };

/** A log of facts that is there again after a restart. */
export class LocalLog implements FactLog, AsyncDisposable {
  readonly index: LocalIndex;
  onEntry: OnEntry = (entry, ticket) => ticket?.done(entry);
  /** What is kept of people, as it was when it was opened. */
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
    if (options.durability === "normal") writing.onLongLog = () => this.index.shortenLog();
  }

  /**
   * Opens the data in a directory. Rejects with a `StoreError` when it is in use, not
   * ours, or can't be read and written.
   */
  static async open(options: LocalLogOptions): Promise<LocalLog> {
    const { dir, durability = "full", keepMs, keepMessages, maxPages, onProblem } = options;
    const lock = await makeAndLock(dir, onProblem);
    const writing = new Writing(onProblem ?? (() => {}));
    try {
      const path = databasePath(dir);
      // Before anything reads it, which would only call it malformed.
      checkLength(path);
      const opened = await writing.open({
        dir,
        path,
        copy: await beforeUpgrade(path),
        durability,
        rules: {
          sessionMs: options.sessionMs ?? SESSION_MS,
          sessions: options.sessions ?? 100_000,
          ...(keepMs === undefined ? {} : { keepMs }),
          ...(keepMessages === undefined ? {} : { keepMessages }),
        },
        ...(maxPages === undefined ? {} : { maxPages }),
        ...(options.maxRooms === undefined ? {} : { maxRooms: options.maxRooms }),
      });
      const log = new LocalLog(options, lock, opened, writing);
      for (const text of opened.upgrade) options.onUpgrade?.(text);
      return log;
    } catch (error) {
      await writing.close();
      lock[Symbol.dispose]();
      throw error;
    }
  }

  get figures(): LogFigures {
    return this.#writing.figures;
  }

  put(fact: Fact, ticket?: Ticket): Promise<void> | undefined {
    if (isPassing(fact)) {
      this.onEntry({ at: this.#time(), fact }, ticket);
      return undefined;
    }
    const opener = fact.kind === "say" || fact.kind === "topic"
      ? this.index.openerOf(fact.log, fact.opener)
      : "";
    this.#writing.put(fact, ticket, lengthOf(fact), opener);
    return this.#writing.below(MAX_PENDING_LENGTH);
  }

  settled(): Promise<void> | undefined {
    return this.#writing.settled();
  }

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    // What is under way may be of a room that has been closed.
    if (this.settled() !== undefined) return;
    const gone = this.index.takeEmpty(isOpen);
    if (gone.length > 0) this.put({ kind: "retain", cuts: [], gone });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Stores what waits, and lets go of the directory. Takes `withinMs` at most, and about a second for
   * what is being read; a disk that has not answered by then is left to itself. Resolves with how many
   * messages and changes nobody knows to be stored.
   */
  close(withinMs = Infinity): Promise<number> {
    return this.#closing ??= this.#close(withinMs);
  }

  async #close(withinMs: number): Promise<number> {
    // Whoever closes the database last writes the log into it, and that is to be who can.
    const unsettled = await this.#writing.close(withinMs, this.index.close());
    this.#lock[Symbol.dispose]();
    return unsettled;
  }

  /** Makes entries of a parcel that the writer has dealt with. */
  #take({ facts, tickets }: Parcel, receipts: Receipts | undefined): void {
    if (receipts === undefined) {
      facts.forEach((fact, index) => this.#tell(this.#failed(fact), tickets[index]));
      return;
    }
    this.#at = timeAfter(this.#at, receipts.at);
    const odd = new Map(receipts.odd.map((each) => [each.index, each]));
    facts.forEach((fact, index) => {
      this.#tell(this.#entryOf(fact, index, receipts, odd.get(index)), tickets[index]);
    });
  }

  /** An error of whoever is told costs nobody else in the parcel what has become of theirs. */
  #tell(entry: Entry, ticket: Ticket | undefined): void {
    try {
      this.onEntry(entry, ticket);
    } catch (error) {
      reportError(error);
    }
  }

  /** The entry of a fact that is stored. */
  #entryOf(fact: StayingFact, index: number, receipts: Receipts, odd: Odd | undefined): Entry {
    const { at } = receipts;
    if (odd !== undefined) return this.#oddEntry(fact, at, odd);
    switch (fact.kind) {
      case "say":
      case "direct": {
        const seq = receipts.seqs[index] as number;
        this.index.note(fact, seq, at);
        return { at, fact, receipt: { seq } };
      }
      case "topic":
        this.index.setTopic(fact);
        return { at, fact };
      case "session-forget":
        this.index.forget(fact.hashes);
        return { at, fact };
      case "retain":
        this.index.trim(fact.cuts);
        return { at, fact };
      default:
        return { at, fact };
    }
  }

  /** The entry of a fact that is not simply stored. */
  #oddEntry(fact: StayingFact, at: number, odd: Odd): Entry {
    const refused = (refusal: Refusal): Entry => ({ at, fact, receipt: { refused: refusal } });
    switch (odd.kind) {
      case "again":
        return { at, fact, receipt: { again: odd.receipt } };
      case "absent":
        return { at, fact, receipt: { absent: true } };
      case "reused":
        return refused(idReused("id" in fact ? fact.id : undefined));
      case "full":
        return refused(roomLimit("title" in fact ? fact.title : ""));
      case "failed":
        return refused(this.#refusal(fact, odd.why));
      case "removed": {
        const { rooms: gone, floor } = odd.removed;
        this.index.removed(odd.removed);
        const cuts = fact.kind === "retain" ? fact.cuts : [];
        this.index.trim(cuts);
        return { at, fact: { kind: "retain", cuts, gone, floor } };
      }
    }
  }

  /** The entry of a fact that is in a parcel that could not be stored. */
  #failed(fact: StayingFact): Entry {
    if (fact.kind === "retain") this.index.removed(NONE_GONE);
    const refused = this.#refusal(fact, this.#writing.why);
    return { at: this.#time(), fact, receipt: { refused } };
  }

  #refusal({ kind }: StayingFact, why: string): Refusal {
    const what = kind === "people" ? "That" : "The message";
    return notStored(what, why, this.#writing.trouble !== undefined);
  }

  /** Upkeep has let go of old messages. */
  #pruned(cuts: readonly Cut[]): void {
    this.index.trim(cuts);
    this.onEntry({ at: this.#time(), fact: { kind: "retain", cuts } });
  }

  /** The time of what is an entry now. */
  #time(): number {
    return this.#at = timeAfter(this.#at, Date.now());
  }
}

/** What a fact takes while it waits, in UTF-16 code units. */
function lengthOf(fact: StayingFact): number {
  switch (fact.kind) {
    case "say":
    case "direct":
    case "topic":
      return fact.text.length + FACT_OVERHEAD;
    case "people":
      return fact.changes.length * FACT_OVERHEAD;
    default:
      return FACT_OVERHEAD;
  }
}
