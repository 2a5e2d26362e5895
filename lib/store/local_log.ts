/**
 * The log of facts on disk: one thread writes it, another one reads it and a third one looks for words,
 * so that the server's own never waits for the disk. With `normal` durability nor does a commit, which
 * is made on the server's own thread then. What was said lately is served from memory.
 */

import { idReused } from "../chat/fingerprint.ts";
import type { Page, Range, Search } from "../chat/history.ts";
import { directLog, keyOf, type LogKey, type RoomLog } from "../chat/log_key.ts";
import { asMessage } from "../chat/log/as_message.ts";
import {
  type Cut,
  type Entry,
  type Fact,
  type Hash,
  isPassing,
  type StayingFact,
  type Ticket,
} from "../chat/log/fact.ts";
import type { FactLog, Index, OnEntry } from "../chat/log/fact_log.ts";
import type { LogFigures } from "../chat/log/figures.ts";
import { timeAfter } from "../chat/log/time_after.ts";
import { lookedFor } from "../chat/looked_for.ts";
import { partOf, RecentLogs } from "../chat/recent.ts";
import type { Kept } from "../chat/records.ts";
import type { Refusal } from "../chat/refusal.ts";
import type { Named } from "../chat/sanctions.ts";
import { LeapWatch } from "./clock.ts";
import { checkLength } from "./cut_short.ts";
import { ReadTrouble, withStubs } from "./damage.ts";
import { makeAndLock } from "./directory.ts";
import type { DurableOptions } from "./durable_options.ts";
import { KeptLogs, type LogState } from "./kept_logs.ts";
import type { MessageFact, Odd, Receipts } from "./packing.ts";
import type { Parcel } from "./parcel.ts";
import type { AuditPage } from "./people.ts";
import { Reading } from "./reading.ts";
import { isDamaged, notKept, notStored, roomLimit, type Unreadable } from "./refusals.ts";
import { beforeUpgrade } from "./schema.ts";
import { usedBefore } from "./sessions.ts";
import { Writing } from "./writing.ts";

const WEEK_MS = 7 * 86_400_000;
const FILE = "chatroom.db";

/** How much may wait for the writer before its speakers do, in UTF-16 code units. */
const MAX_PENDING_LENGTH = 4_194_304;
const FACT_OVERHEAD = 200;

/** Why something was not stored of which there is nothing to tell. */
const NONE_GONE = { rooms: [], floor: 0 };

/** A log of facts that is there again after a restart. */
export class LocalLog implements FactLog, Index, AsyncDisposable {
  readonly epoch: string;
  onEntry: OnEntry = (entry, ticket) => ticket?.done(entry);
  /** Told when somebody else has changed what is kept of people. */
  onPeople: (people: Kept) => void = () => {};
  /** What is kept of people, as it was when it was opened or changed by somebody else. */
  #people: Kept;
  readonly #writing: Writing;
  readonly #reading: Reading;
  /** Nobody who catches up waits for what others look for. */
  readonly #searching: Reading;
  readonly #lock: Disposable;
  readonly #kept: KeptLogs;
  readonly #named: readonly Named[];
  readonly #recent: RecentLogs;
  readonly #readTrouble: ReadTrouble;
  readonly #watch = new LeapWatch();
  readonly #sessionMs: number;
  /** The time of the last entry, in ms since 1970. */
  #at = 0;
  #closing: Promise<number> | undefined;

  private constructor(
    options: DurableOptions,
    lock: Disposable,
    opened: Awaited<ReturnType<Writing["open"]>>,
    writing: Writing,
  ) {
    const { dir, messagesPerRoom, maxBytes, sessionMs = WEEK_MS } = options;
    this.#lock = lock;
    this.#writing = writing;
    this.#readTrouble = new ReadTrouble(options.onProblem ?? (() => {}));
    const onFailed = (failed: Unreadable): void => this.#readTrouble.note(failed);
    this.#reading = new Reading(`${dir}/${FILE}`, onFailed);
    this.#searching = new Reading(`${dir}/${FILE}`, onFailed);
    this.#people = opened.people;
    this.#sessionMs = sessionMs;
    this.epoch = opened.epoch;
    this.#kept = new KeptLogs(opened);
    this.#named = opened.rooms.map(({ log, name }) => ({ name, key: keyOf(log) }));
    this.#recent = new RecentLogs({
      ...(messagesPerRoom === undefined ? {} : { messagesPerRoom }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    writing.onParcel = (parcel, receipts) => this.#take(parcel, receipts);
    writing.onPruned = (cuts) => this.#pruned(cuts);
    writing.onPeople = (people) => {
      this.#people = people;
      this.onPeople(people);
    };
    if (options.durability === "normal") writing.onLongLog = () => this.#shortenLog();
  }

  /**
   * Opens the data in a directory. Rejects with a `StoreError` when it is in use, not
   * ours, or can't be read and written.
   */
  static async open(options: DurableOptions): Promise<LocalLog> {
    const { dir, durability = "full", keepMs, keepMessages, maxPages, onProblem } = options;
    const lock = await makeAndLock(dir, onProblem);
    const writing = new Writing(onProblem ?? (() => {}));
    try {
      const path = `${dir}/${FILE}`;
      // Before anything reads it, which would only call it malformed.
      checkLength(path);
      const opened = await writing.open({
        dir,
        path,
        copy: await beforeUpgrade(path),
        durability,
        rules: {
          sessionMs: options.sessionMs ?? WEEK_MS,
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

  /** How much is kept: messages, in so many rooms. */
  get size(): { readonly messages: number; readonly rooms: number } {
    return this.#kept.size;
  }

  /** What is kept of people, but for changes that were put here since. */
  get people(): Kept {
    return this.#people;
  }

  get figures(): LogFigures {
    return this.#writing.figures;
  }

  get trouble(): string | undefined {
    return this.#writing.trouble ?? this.#readTrouble.text;
  }

  put(fact: Fact, ticket?: Ticket): Promise<void> | undefined {
    if (isPassing(fact)) {
      this.onEntry({ at: this.#time(), fact }, ticket);
      return undefined;
    }
    const opener = fact.kind === "say" || fact.kind === "topic"
      ? this.#openerOf(fact.log, fact.opener)
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
    const gone = this.#kept.takeEmpty(isOpen);
    for (const log of gone) this.#recent.forget(log);
    if (gone.length > 0) this.put({ kind: "retain", cuts: [], gone });
  }

  last(log: LogKey): number {
    return this.#kept.last(log);
  }

  rooms(): readonly Named[] {
    return this.#named;
  }

  topic(log: RoomLog): string {
    return this.#kept.get(log)?.topic ?? "";
  }

  has(log: RoomLog): boolean {
    return this.#kept.get(log) !== undefined;
  }

  keptBy(opener: string): number {
    return this.#kept.keptBy(opener);
  }

  page(log: LogKey, range: Range): Page | Promise<Page> {
    const state = this.#kept.get(log);
    if (state === undefined || state.last === 0) return { entries: [], more: false };
    return this.#recent.page(log, range, state) ?? this.#readPage(log, range);
  }

  /** The thread that reads may see what is committed but not told yet: that will come as news. */
  async #readPage(log: LogKey, range: Range): Promise<Page> {
    try {
      const { entries, more } = await this.#reading.ask({ type: "page", log, range }) as Page;
      const last = this.#kept.get(log)?.last ?? 0;
      return { entries: entries.filter(({ message }) => message.seq <= last), more };
    } catch (error) {
      const state = this.#kept.get(log);
      if (!isDamaged(error) || state === undefined) throw error;
      return await this.#salvage(log, range, state);
    }
  }

  /** A page that is damaged costs nobody the room: what can't be read has stubs in its place. */
  async #salvage(log: LogKey, range: Range, state: LogState): Promise<Page> {
    const { from, to, more } = partOf(range, state);
    const question = { type: "salvage", log, from, to: to - 1, session: range.session } as const;
    const found = await this.#reading.ask(question).catch((error) => {
      if (isDamaged(error)) return undefined;
      throw error;
    }) as Page | undefined;
    return { entries: withStubs(log, from, to - 1, found?.entries ?? []), more };
  }

  async search(search: Search): Promise<Page> {
    // What is wrong with a query is told by who asks, not by who reads.
    lookedFor(search);
    await this.#writing.index();
    // The first one does not wait for a thread to start.
    const thread = this.#searching.isStarted ? this.#searching : this.#reading;
    const page = await thread.ask({ type: "search", search }) as Page;
    this.#searching.start();
    return page;
  }

  async recall(session: Hash): Promise<boolean> {
    const since = usedBefore(this.#sessionMs, this.#watch.earliest());
    // Where nobody can know it any more it is another one.
    const found = await this.#reading.ask({ type: "recall", session, since }).catch((error) => {
      if (!isDamaged(error)) throw error;
    }) as { readonly directs: number } | undefined;
    if (found === undefined) return false;
    const room = this.#kept.of(directLog(session));
    // Another one may have recalled it meanwhile, and got a message since.
    room.last = Math.max(room.last, found.directs);
    return true;
  }

  async audit(limit: number): Promise<AuditPage> {
    return await this.#reading.ask({ type: "audit", limit }) as AuditPage;
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
    const readersFirst = Promise.all([this.#reading.close(), this.#searching.close()]);
    const unsettled = await this.#writing.close(withinMs, readersFirst);
    this.#lock[Symbol.dispose]();
    return unsettled;
  }

  /** Makes entries of a parcel that the writer has dealt with. */
  #take({ facts, tickets }: Parcel, receipts: Receipts | undefined): void {
    if (receipts === undefined) {
      facts.forEach((fact, index) => this.onEntry(this.#failed(fact), tickets[index]));
      return;
    }
    this.#at = timeAfter(this.#at, receipts.at);
    const odd = new Map(receipts.odd.map((each) => [each.index, each]));
    facts.forEach((fact, index) => {
      this.onEntry(this.#entryOf(fact, index, receipts, odd.get(index)), tickets[index]);
    });
  }

  /** The entry of a fact that is stored. */
  #entryOf(fact: StayingFact, index: number, receipts: Receipts, odd: Odd | undefined): Entry {
    const { at } = receipts;
    if (odd !== undefined) return this.#oddEntry(fact, at, odd);
    switch (fact.kind) {
      case "say":
      case "direct": {
        const seq = receipts.seqs[index] as number;
        this.#note(fact, seq, at);
        return { at, fact, receipt: { seq } };
      }
      case "topic":
        this.#kept.of(fact.log, fact.opener).topic = fact.text;
        return { at, fact };
      case "session-forget":
        for (const hash of fact.hashes) this.#forget(directLog(hash));
        return { at, fact };
      case "retain":
        this.#trim(fact.cuts);
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
      case "stale":
        return { at, fact, receipt: { stale: true } };
      case "reused":
        return refused(idReused("id" in fact ? fact.id : undefined));
      case "full":
        return refused(roomLimit("title" in fact ? fact.title : ""));
      case "failed":
        return refused(this.#refusal(fact, odd.why));
      case "removed": {
        const { rooms: gone, floor } = odd.removed;
        this.#kept.removed(odd.removed);
        const cuts = fact.kind === "retain" ? fact.cuts : [];
        this.#trim(cuts);
        return { at, fact: { kind: "retain", cuts, gone, floor } };
      }
    }
  }

  /** The entry of a fact that is in a parcel that could not be stored. */
  #failed(fact: StayingFact): Entry {
    if (fact.kind === "retain") this.#kept.removed(NONE_GONE);
    const refused = this.#refusal(fact, this.#writing.why);
    return { at: this.#time(), fact, receipt: { refused } };
  }

  #refusal({ kind }: StayingFact, why: string): Refusal {
    const isLost = this.#writing.trouble !== undefined;
    return kind === "people" ? notKept(why, isLost) : notStored(why, isLost);
  }

  /** Takes note of a message that is stored. */
  #note(fact: MessageFact, seq: number, at: number): void {
    const { log, session, id } = fact;
    const message = asMessage(fact, seq, at);
    this.#kept.of(log, fact.kind === "say" ? fact.opener : "").last = seq;
    const isOnce = session !== undefined && id !== undefined;
    this.#recent.add(log, isOnce ? { message, session, id } : { message });
  }

  #forget(log: LogKey): void {
    this.#kept.delete(log);
    this.#recent.forget(log);
  }

  /** What the reading thread can't do now is done by a commit, in the end. */
  #shortenLog(): void {
    this.#reading.ask({ type: "checkpoint" }).catch(() => {});
  }

  /** Who opens a log, as it is stored; empty for one that is kept already. */
  #openerOf(log: LogKey, opener = ""): string {
    return opener === "" || this.#kept.get(log) !== undefined ? "" : this.#kept.hidden(opener);
  }

  /** Upkeep has let go of old messages. */
  #pruned(cuts: readonly Cut[]): void {
    this.#trim(cuts);
    this.onEntry({ at: this.#time(), fact: { kind: "retain", cuts } });
  }

  #trim(cuts: readonly Cut[]): void {
    for (const { log, first } of cuts) {
      this.#recent.trim(log, first);
      const room = this.#kept.get(log);
      if (room !== undefined) room.first = first;
    }
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
