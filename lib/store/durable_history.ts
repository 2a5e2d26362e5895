/**
 * The history on disk: one thread writes it, another one reads it and a third one looks for words, so
 * that the server's own never waits for the disk. With `normal` durability nor does a commit, which is made on the server's
 * own thread then. What was said lately is served from memory.
 */

import { idReused } from "../chat/fingerprint.ts";
import type { Draft, History, Outcome, Page, Range, Search, TopicDraft } from "../chat/history.ts";
import { directLog, keyOf, type LogKey, type RoomLog } from "../chat/log_key.ts";
import { lookedFor } from "../chat/looked_for.ts";
import { partOf, RecentLogs } from "../chat/recent.ts";
import type { Refusal } from "../chat/refusal.ts";
import type { Named } from "../chat/sanctions.ts";
import type { Message } from "../wire/event.ts";
import { LeapWatch } from "./clock.ts";
import { checkLength } from "./cut_short.ts";
import { KeptLogs, type LogState } from "./kept_logs.ts";
import { makeAndLock } from "./directory.ts";
import { ReadTrouble, withStubs } from "./damage.ts";
import type { DurableOptions } from "./durable_options.ts";
import { DurableRecords } from "./durable_records.ts";
import type { Odd, Receipts } from "./packing.ts";
import { Reading } from "./reading.ts";
import { isDamaged, notStored, roomLimit, type Unreadable } from "./refusals.ts";
import type { Pruned } from "./retention.ts";
import { beforeUpgrade } from "./schema.ts";
import { usedBefore } from "./sessions.ts";
import { type StoredLog, StoredLogs } from "./stored_log.ts";
import { Writing } from "./writing.ts";

const WEEK_MS = 7 * 86_400_000;
const FILE = "chatroom.db";

/** How much may wait for the writer before its speakers do, in UTF-16 code units. */
const MAX_PENDING_LENGTH = 4_194_304;
const DRAFT_OVERHEAD = 200;

/** A history that is there again after a restart. */
export class DurableHistory implements History, AsyncDisposable {
  readonly epoch: string;
  /** Accounts, roles, bans and the audit trail, which are in the same database. */
  readonly records: DurableRecords;
  readonly #writing: Writing;
  readonly #reading: Reading;
  /** Nobody who catches up waits for what others look for. */
  readonly #searching: Reading;
  readonly #lock: Disposable;
  readonly #kept: KeptLogs;
  readonly #named: readonly Named[];
  readonly #logs = new StoredLogs();
  readonly #recent: RecentLogs<StoredLog>;
  readonly #readTrouble: ReadTrouble;
  readonly #watch = new LeapWatch();
  readonly #sessionMs: number;
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
    this.records = new DurableRecords(opened.people, writing, this.#reading);
    this.#sessionMs = sessionMs;
    this.epoch = opened.epoch;
    this.#kept = new KeptLogs(opened);
    this.#named = opened.rooms.map(({ log, name }) => ({ name, key: keyOf(log) }));
    this.#recent = new RecentLogs({
      ...(messagesPerRoom === undefined ? {} : { messagesPerRoom }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
  }

  /**
   * Opens the data in a directory. Rejects with a `StoreError` when it is in use, not
   * ours, or can't be read and written.
   */
  static async open(options: DurableOptions): Promise<DurableHistory> {
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
      const history = new DurableHistory(options, lock, opened, writing);
      writing.onPruned = (rooms) => history.#pruned(rooms);
      writing.onRemoved = (removed) => history.#kept.removed(removed);
      for (const text of opened.upgrade) options.onUpgrade?.(text);
      if (durability === "normal") writing.onLongLog = () => history.#shortenLog();
      return history;
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

  last(log: LogKey): number {
    return this.#kept.last(this.#logs.of(log));
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

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    // What is under way may be of a room that has been closed.
    if (this.settled() !== undefined) return;
    const rooms = this.#kept.takeEmpty(isOpen);
    for (const log of rooms) this.#recent.forget(log);
    if (rooms.length > 0) this.#writing.removeEmpty(rooms);
  }

  append(draft: Draft, done: (outcome: Outcome) => void): void | Promise<void> {
    const length = draft.text.length + DRAFT_OVERHEAD;
    const log = this.#logs.of(draft.log);
    this.#writing.append(
      { log, draft, opener: this.#openerOf(log, draft.opener) },
      length,
      (receipts, index, odd) =>
        done(
          receipts === undefined ? this.#notStored() : this.#settle(draft, receipts, index, odd),
        ),
    );
    return this.#writing.below(MAX_PENDING_LENGTH);
  }

  setTopic(topic: TopicDraft, done: (refusal?: Refusal) => void): void {
    const opener = this.#openerOf(topic.log, topic.opener);
    this.#writing.setTopic({ ...topic, opener }, (stored) => {
      if (!stored) return done(this.#writing.refusal);
      const room = this.#kept.of(topic.log, topic.opener);
      room.topic = topic.text;
      done();
    });
  }

  page(key: LogKey, range: Range): Page | Promise<Page> {
    const log = this.#logs.of(key);
    const state = this.#kept.get(log);
    if (state === undefined || state.last === 0) return { entries: [], more: false };
    return this.#recent.page(log, range, state) ?? this.#readPage(log, range);
  }

  get trouble(): string | undefined {
    return this.#writing.trouble ?? this.#readTrouble.text;
  }

  /** The thread that reads may see what is committed but not told yet: that will come as news. */
  async #readPage(log: StoredLog, range: Range): Promise<Page> {
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
  async #salvage(log: StoredLog, range: Range, state: LogState): Promise<Page> {
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

  async recall(session: string): Promise<boolean> {
    const since = usedBefore(this.#sessionMs, this.#watch.earliest());
    // Where nobody can know it any more it is another one.
    const found = await this.#reading.ask({ type: "recall", session, since }).catch((error) => {
      if (!isDamaged(error)) throw error;
    }) as { readonly directs: number } | undefined;
    if (found === undefined) return false;
    const room = this.#kept.of(this.#logs.of(directLog(session)));
    // Another one may have recalled it meanwhile, and got a message since.
    room.last = Math.max(room.last, found.directs);
    return true;
  }

  keepSession(session: string): void {
    this.#writing.keep(session);
  }

  forgetSession(session: string): void {
    const key = directLog(session);
    const log = this.#logs.of(key);
    this.#logs.drop(key);
    this.#kept.delete(log);
    this.#recent.forget(log);
    this.#writing.forget(session);
  }

  settled(): Promise<void> | undefined {
    return this.#writing.settled();
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

  /** Takes note of a draft that the writer has dealt with, and says how it ended. */
  #settle(draft: Draft, receipts: Receipts, index: number, odd: Odd | undefined): Outcome {
    if (odd !== undefined) return this.#settleOdd(draft, odd);
    const { title, from, text, action, session, id } = draft;
    const seq = receipts.seqs[index] as number;
    const message: Message = {
      room: title,
      seq,
      from,
      at: this.#writing.at,
      text,
      ...(action ? { action } : {}),
    };
    const log = this.#logs.of(draft.log);
    this.#kept.of(log, draft.opener).last = seq;
    this.#recent.add(
      log,
      session === undefined || id === undefined ? { message } : { message, session, id },
    );
    return { kind: "stored", message };
  }

  #settleOdd(draft: Draft, odd: Odd): Outcome {
    switch (odd.kind) {
      case "again":
        return { kind: "again", receipt: odd.receipt };
      case "reused":
        return { kind: "refused", refusal: idReused(draft.id) };
      case "absent":
        return { kind: "refused", refusal: draft.unless ?? this.#writing.refusal };
      case "full":
        return { kind: "refused", refusal: roomLimit(draft.title) };
      case "failed":
        return { kind: "refused", refusal: notStored(odd.why) };
    }
  }

  #notStored(): Outcome {
    return { kind: "refused", refusal: this.#writing.refusal };
  }

  /** What the reading thread can't do now is done by a commit, in the end. */
  #shortenLog(): void {
    this.#reading.ask({ type: "checkpoint" }).catch(() => {});
  }

  /** Who opens a log, as it is stored; empty for one that is kept already. */
  #openerOf(log: StoredLog, opener = ""): string {
    return opener === "" || this.#kept.get(log) !== undefined ? "" : this.#kept.hidden(opener);
  }

  #pruned(logs: readonly Pruned[]): void {
    for (const { log, first } of logs) {
      this.#recent.trim(log, first);
      const room = this.#kept.get(log);
      if (room !== undefined) room.first = first;
    }
  }
}
