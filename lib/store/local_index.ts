/**
 * The index of the log on disk. It serves recent messages from memory; one thread reads older ones,
 * and another thread does searches.
 */
import type { EntryRange, HistoryEntry } from "../chat/messages/entries.ts";
import { MOST_COUNTED, type Page, type PageRange, type Search } from "../chat/messages/history.ts";
import {
  chatLog,
  directLog,
  isRoomLog,
  keyOf,
  type LogKey,
  type ReadLog,
  type RoomLog,
  roomLog,
} from "../chat/messages/log_key.ts";
import type { Change } from "../chat/people/records.ts";
import { asMessage } from "../chat/log/as_message.ts";
import type { Cut, StayingFact, TopicFact } from "../chat/log/fact.ts";
import type { Hash } from "../chat/sessions/session.ts";
import type { Index, KnownSession, StoredFile, TopicSet } from "../chat/log/fact_log.ts";
import { lookedFor } from "../chat/messages/looked_for.ts";
import { partOf, RecentLogs } from "../chat/messages/recent.ts";
import type { Named } from "../chat/names/name_tables.ts";
import type { OpenedStore } from "./calls.ts";
import { LeapWatch } from "./clock.ts";
import { isDamaged, ReadTrouble, type Unreadable, withStubs } from "./refusals.ts";
import { databasePath } from "./directory.ts";
import { KeptLogs, type LogState } from "./kept_logs.ts";
import { type LocalLogOptions, SESSION_MS } from "./local_log_options.ts";
import type { Hidden, MessageFact } from "./packing.ts";
import { Reading } from "./threads.ts";
import type { Removed } from "./rooms.ts";
import { DEVICE_MS, usedBefore } from "./sessions.ts";
import { MAX_KEPT_ROOMS } from "./rows.ts";
import type { Writing } from "./writing.ts";

/** Answers questions about what is stored; the log tells it of each fact that it has stored. */
export class LocalIndex implements Index {
  readonly epoch: string;
  readonly #writing: Writing;
  readonly #reading: Reading;
  /** A thread for searches, so that clients that catch up don't wait for them. */
  readonly #searching: Reading;
  readonly #kept: KeptLogs;
  readonly #named: readonly Named[];
  readonly #recent: RecentLogs;
  readonly #readTrouble: ReadTrouble;
  readonly #watch = new LeapWatch();
  readonly #maxRooms: number;
  readonly #sessionMs: number;
  readonly #deviceMs: number;
  onLetGo: Index["onLetGo"] = () => {};
  readonly devices: Index["devices"] = (account) => this.#reading.ask("devices", account);
  readonly mentions: Index["mentions"] = (account, after) =>
    this.#reading.ask("mentions", account, after);
  readonly mentioned: Index["mentioned"] = (asked) => this.#reading.ask("mentioned", asked);
  readonly pins: Index["pins"] = () => ({ entries: [], more: false });
  readonly reactions: Index["reactions"] = () => undefined;
  readonly audit: Index["audit"] = (limit) => this.#reading.ask("audit", limit);
  readonly keptBlobs: Index["keptBlobs"] = (sha256s) => this.#reading.ask("keptBlobs", sha256s);
  readonly fileUsage: Index["fileUsage"] = (owner) =>
    this.#reading.ask("fileUsage", this.#kept.hidden(owner));

  constructor(
    options: LocalLogOptions,
    opened: OpenedStore,
    writing: Writing,
  ) {
    const { dir, messagesPerRoom, maxBytes, onProblem } = options;
    this.#writing = writing;
    const path = databasePath(dir);
    this.#readTrouble = new ReadTrouble(onProblem ?? (() => {}));
    const onFailed = (failed: Unreadable): void => this.#readTrouble.note(failed);
    this.#reading = new Reading(path, onFailed);
    this.#searching = new Reading(path, onFailed);
    this.#maxRooms = options.maxRooms ?? MAX_KEPT_ROOMS;
    this.#sessionMs = options.sessionMs ?? SESSION_MS;
    this.#deviceMs = options.deviceMs ?? DEVICE_MS;
    this.epoch = opened.epoch;
    this.#kept = new KeptLogs(opened);
    this.#named = opened.logs.filter(({ log }) => isRoomLog(log))
      .map(({ log, name }) => ({ name, key: keyOf(log) }));
    this.#recent = new RecentLogs({
      ...(messagesPerRoom === undefined ? {} : { messagesPerRoom }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
  }

  /** How many messages of rooms are stored, and how many rooms. */
  get size(): { readonly messages: number; readonly rooms: number } {
    return this.#kept.size;
  }

  get trouble(): string | undefined {
    return this.#writing.trouble ?? this.#readTrouble.text;
  }

  async entries(
    log: LogKey,
    { after, limit, session }: EntryRange,
  ): Promise<readonly HistoryEntry[]> {
    return (await this.page(log, { after, limit, session: session ?? "" })).entries;
  }

  unread(after: ReadonlyMap<ReadLog, number>): ReadonlyMap<ReadLog, number> {
    return new Map([...after].map(([log, seq]) => {
      const { first, last } = this.#kept.get(log) ?? { first: 1, last: 0 };
      return [log, Math.max(0, Math.min(MOST_COUNTED, last - Math.max(seq, first - 1)))];
    }));
  }

  beforeLast(log: LogKey, limit: number): number {
    const { first, last } = this.#kept.get(log) ?? { first: 1, last: this.last(log) };
    return Math.min(last, Math.max(first - 1, last - limit));
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

  topicSet(log: RoomLog): TopicSet | undefined {
    return this.#kept.get(log)?.topicSet;
  }

  has(log: RoomLog): boolean {
    return this.#kept.get(log) !== undefined;
  }

  keptBy(opener: string): number {
    return this.#kept.keptBy(opener);
  }

  spareRooms(): number {
    return Math.max(0, this.#maxRooms - this.#kept.rooms);
  }

  page(log: LogKey, range: PageRange): Page | Promise<Page> {
    const state = this.#kept.get(log);
    if (state === undefined || state.last === 0) return { entries: [], more: false };
    if (range.files) return this.#readPage(log, range);
    return this.#recent.page(log, range, state) ?? this.#readPage(log, range);
  }

  /**
   * Reads a page from the database. Leaves out messages that are committed but have no entry yet:
   * their entries will deliver them.
   */
  async #readPage(log: LogKey, range: PageRange): Promise<Page> {
    try {
      const { entries, more } = await this.#reading.ask("page", log, range);
      const last = this.#kept.get(log)?.last ?? 0;
      return { entries: entries.filter(({ message }) => message.seq <= last), more };
    } catch (error) {
      const state = this.#kept.get(log);
      if (!isDamaged(error) || state === undefined || range.files) throw error;
      return await this.#salvage(log, range, state);
    }
  }

  /** Reads a damaged page, with stubs for the messages that can't be read. */
  async #salvage(log: LogKey, range: PageRange, state: LogState): Promise<Page> {
    const { from, to, more } = partOf(range, state);
    const reads = this.#reading.ask("salvage", log, from, to - 1, range.session);
    const found = await reads.catch((error) => {
      if (isDamaged(error)) return [];
      throw error;
    });
    return { entries: withStubs(log, from, to - 1, found), more };
  }

  async search(search: Search): Promise<Page> {
    // Throws if the query is wrong. The thread's error would say that messages can't be read.
    lookedFor(search);
    await this.#writing.index();
    // The first search uses the reading thread, so that it need not wait for another one to start.
    const thread = this.#searching.isStarted ? this.#searching : this.#reading;
    const page = await thread.ask("search", search);
    this.#searching.start();
    return page;
  }

  async recall(session: Hash): Promise<KnownSession | undefined> {
    const now = this.#watch.earliest();
    const since = [this.#sessionMs, this.#deviceMs].map((ms) => usedBefore(ms, now));
    const [guests = 0, devices = 0] = since;
    // A session that can't be read because of damage counts as unknown.
    const found = await this.#reading.ask("recall", session, guests, devices).catch((error) => {
      if (!isDamaged(error)) throw error;
    });
    if (found === undefined) return undefined;
    const { directs, ...recalled } = found;
    // Another request may have recalled the session meanwhile, and a message may have come since. What
    // is said to a device comes to its account, so most have no numbers of their own.
    this.#kept.reaches(directLog(session), directs);
    return recalled;
  }

  /** Leaves out a file whose message is committed and has no entry yet, or is to go by an entry. */
  async file(id: string): Promise<StoredFile | undefined> {
    const file = await this.#reading.ask("file", id);
    const state = file && this.#kept.get(file.log);
    if (file === undefined || state === undefined) return undefined;
    return file.seq >= state.first && file.seq <= state.last ? file : undefined;
  }

  /** Notes a message that was stored. */
  note(fact: MessageFact, seq: number, at: number, n: number): void {
    const { log, session, id } = fact;
    const message = asMessage(fact, seq, at);
    this.#kept.of(log, fact.kind === "say" ? fact.opener : "").last = seq;
    const isOnce = session !== undefined && id !== undefined;
    this.#recent.add(log, isOnce ? { message, session, id } : { message });
    if (fact.kind === "say" || fact.inbox === undefined) return;
    this.#kept.of(fact.inbox).last = n;
    this.#recent.add(fact.inbox, { message: { ...message, seq: n } });
  }

  /** Notes a topic that was stored. */
  setTopic({ log, opener, text, from: by }: TopicFact, at: number): void {
    Object.assign(this.#kept.of(log, opener), { topic: text, topicSet: { by, at } });
  }

  /** Notes changes of rooms and conversations that were stored. */
  change(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.type) {
        case "room":
          this.#kept.of(roomLog(change.room.key), change.opener);
          break;
        case "chat":
          this.#kept.of(chatLog(change.chat.key));
          break;
        case "unroom":
          this.#drop(roomLog(change.key));
          break;
        case "unchat":
          this.#drop(chatLog(change.key));
          break;
      }
    }
  }

  #drop(log: ReadLog): void {
    this.#kept.drop(log);
    this.#recent.forget(log);
  }

  /** Forgets the direct messages of sessions. */
  forget(hashes: readonly Hash[]): void {
    for (const hash of hashes) {
      this.#kept.delete(directLog(hash));
      this.#recent.forget(directLog(hash));
    }
  }

  /** Takes out the rooms with no message and no topic, for removal; see {@linkcode removed}. */
  takeEmpty(isOpen: (log: RoomLog) => boolean): RoomLog[] {
    const empty = this.#kept.takeEmpty(isOpen);
    for (const log of empty) this.#recent.forget(log);
    return empty;
  }

  /** Notes which rooms the writer has removed. */
  removed(removed: Removed): void {
    this.#kept.removed(removed);
  }

  /** Has the reading thread checkpoint the database. If that fails, a later commit will do it. */
  shortenLog(): void {
    this.#reading.ask("checkpoint").catch(() => {});
  }

  /** What a fact says of addresses, as it is stored. */
  hiddenIn(fact: StayingFact): Hidden {
    return this.#kept.hiddenIn(fact);
  }

  /** Notes that old messages were removed. */
  trim(cuts: readonly Cut[]): void {
    for (const { log, first } of cuts) {
      this.#recent.trim(log, first);
      const room = this.#kept.get(log);
      if (room !== undefined) room.first = Math.max(room.first, Math.min(first, room.last + 1));
    }
  }

  /** Closes the threads' connections; reads that are under way get about a second. */
  async close(): Promise<void> {
    await Promise.all([this.#reading.close(), this.#searching.close()]);
  }
}
