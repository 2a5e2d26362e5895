/**
 * The index of the log on disk. It serves recent messages from memory; one thread reads older ones,
 * and another thread does searches.
 */
import type { Page, PageRange, Search } from "../chat/messages/history.ts";
import { directLog, keyOf, type LogKey, type RoomLog } from "../chat/messages/log_key.ts";
import { asMessage } from "../chat/log/as_message.ts";
import type { Cut, TopicFact } from "../chat/log/fact.ts";
import type { Hash } from "../chat/sessions/session.ts";
import type { Index } from "../chat/log/fact_log.ts";
import { lookedFor } from "../chat/messages/looked_for.ts";
import { partOf, RecentLogs } from "../chat/messages/recent.ts";
import type { Named } from "../chat/names/name_tables.ts";
import type { OpenedStore } from "./calls.ts";
import { LeapWatch } from "./clock.ts";
import { isDamaged, ReadTrouble, type Unreadable, withStubs } from "./refusals.ts";
import { databasePath } from "./directory.ts";
import { KeptLogs, type LogState } from "./kept_logs.ts";
import type { MessageFact } from "./packing.ts";
import type { AuditPage } from "./people.ts";
import { Reading } from "./threads.ts";
import type { Removed } from "./rooms.ts";
import { usedBefore } from "./sessions.ts";
import type { Writing } from "./writing.ts";
import type { RetentionRules } from "./retention.ts";
import type { Durability } from "./schema.ts";

/** How long a session is kept after its last use by default, in ms: 7 days. */
export const SESSION_MS = 7 * 86_400_000;

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
  readonly #sessionMs: number;

  constructor(
    { dir, messagesPerRoom, maxBytes, sessionMs = SESSION_MS, onProblem }: LocalLogOptions,
    opened: OpenedStore,
    writing: Writing,
  ) {
    this.#writing = writing;
    const path = databasePath(dir);
    this.#readTrouble = new ReadTrouble(onProblem ?? (() => {}));
    const onFailed = (failed: Unreadable): void => this.#readTrouble.note(failed);
    this.#reading = new Reading(path, onFailed);
    this.#searching = new Reading(path, onFailed);
    this.#sessionMs = sessionMs;
    this.epoch = opened.epoch;
    this.#kept = new KeptLogs(opened);
    this.#named = opened.rooms.map(({ log, name }) => ({ name, key: keyOf(log) }));
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

  page(log: LogKey, range: PageRange): Page | Promise<Page> {
    const state = this.#kept.get(log);
    if (state === undefined || state.last === 0) return { entries: [], more: false };
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
      if (!isDamaged(error) || state === undefined) throw error;
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

  async recall(session: Hash): Promise<boolean> {
    const since = usedBefore(this.#sessionMs, this.#watch.earliest());
    // A session that can't be read because of damage counts as unknown.
    const found = await this.#reading.ask("recall", session, since).catch((error) => {
      if (!isDamaged(error)) throw error;
    });
    if (found === undefined) return false;
    const room = this.#kept.of(directLog(session));
    // Another request may have recalled the session meanwhile, and a message may have come since.
    room.last = Math.max(room.last, found.directs);
    return true;
  }

  async audit(limit: number): Promise<AuditPage> {
    return await this.#reading.ask("audit", limit);
  }

  /** Notes a message that was stored. */
  note(fact: MessageFact, seq: number, at: number): void {
    const { log, session, id } = fact;
    const message = asMessage(fact, seq, at);
    this.#kept.of(log, fact.kind === "say" ? fact.opener : "").last = seq;
    const isOnce = session !== undefined && id !== undefined;
    this.#recent.add(log, isOnce ? { message, session, id } : { message });
  }

  /** Notes a topic that was stored. */
  setTopic({ log, opener, text }: TopicFact): void {
    this.#kept.of(log, opener).topic = text;
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

  /** The hidden opener to store with a new log; empty for a log that is stored already. */
  openerOf(log: LogKey, opener = ""): string {
    return opener === "" || this.#kept.get(log) !== undefined ? "" : this.#kept.hidden(opener);
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

/** Where the log is, and what it keeps. */
export interface LocalLogOptions extends RetentionRules {
  /** The directory; it is made if it does not exist. */
  readonly dir: string;
  /** When a message counts as stored; `full` by default. */
  readonly durability?: Durability;
  /** The most messages of each room that are also in memory. */
  readonly messagesPerRoom?: number;
  /** The most bytes that the messages of all rooms take in memory. */
  readonly maxBytes?: number;
  /** How long a session is known after its last use, in ms; 7 days by default. */
  readonly sessionMs?: number;
  /** The most rooms to keep; 100,000 by default. Each takes memory while the server runs. */
  readonly maxRooms?: number;
  /** The most sessions to know, 100,000 by default; those used most recently stay. */
  readonly sessions?: number;
  /** Called with a sentence on each thing that an upgrade of earlier data has done. */
  readonly onUpgrade?: ((text: string) => void) | undefined;
  /** Called with a sentence on each problem that does not end the server. */
  readonly onProblem?: (text: string) => void;
  /** Treats the disk as full when the database has this many pages, for tests. */
  readonly maxPages?: number;
}
