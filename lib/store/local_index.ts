/**
 * The index of the log on disk: what was said lately is served from memory, and for the rest one thread
 * reads, and another one looks for words.
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

/** How long a session is kept after its last use unless told, in ms. */
export const SESSION_MS = 7 * 86_400_000;

/** What is kept, for questions; the log takes note here of all that is stored. */
export class LocalIndex implements Index {
  readonly epoch: string;
  readonly #writing: Writing;
  readonly #reading: Reading;
  /** Nobody who catches up waits for what others look for. */
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

  /** How much is kept: messages, in so many rooms. */
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

  /** The thread that reads may see what is committed but not told yet: that will come as news. */
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

  /** A page that is damaged costs nobody the room: what can't be read has stubs in its place. */
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
    // What is wrong with a query is told by who asks, not by who reads.
    lookedFor(search);
    await this.#writing.index();
    // The first one does not wait for a thread to start.
    const thread = this.#searching.isStarted ? this.#searching : this.#reading;
    const page = await thread.ask("search", search);
    this.#searching.start();
    return page;
  }

  async recall(session: Hash): Promise<boolean> {
    const since = usedBefore(this.#sessionMs, this.#watch.earliest());
    // Where nobody can know it any more it is another one.
    const found = await this.#reading.ask("recall", session, since).catch((error) => {
      if (!isDamaged(error)) throw error;
    });
    if (found === undefined) return false;
    const room = this.#kept.of(directLog(session));
    // Another one may have recalled it meanwhile, and got a message since.
    room.last = Math.max(room.last, found.directs);
    return true;
  }

  async audit(limit: number): Promise<AuditPage> {
    return await this.#reading.ask("audit", limit);
  }

  /** Takes note of a message that is stored. */
  note(fact: MessageFact, seq: number, at: number): void {
    const { log, session, id } = fact;
    const message = asMessage(fact, seq, at);
    this.#kept.of(log, fact.kind === "say" ? fact.opener : "").last = seq;
    const isOnce = session !== undefined && id !== undefined;
    this.#recent.add(log, isOnce ? { message, session, id } : { message });
  }

  /** Takes note of a topic that is stored. */
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

  /** Takes out the rooms of which nothing is kept; they are to be removed, see {@linkcode removed}. */
  takeEmpty(isOpen: (log: RoomLog) => boolean): RoomLog[] {
    const empty = this.#kept.takeEmpty(isOpen);
    for (const log of empty) this.#recent.forget(log);
    return empty;
  }

  /** Takes note of the rooms that are gone. */
  removed(removed: Removed): void {
    this.#kept.removed(removed);
  }

  /** What the reading thread can't do now is done by a commit, in the end. */
  shortenLog(): void {
    this.#reading.ask("checkpoint").catch(() => {});
  }

  /** Who opens a log, as it is stored; empty for one that is kept already. */
  openerOf(log: LogKey, opener = ""): string {
    return opener === "" || this.#kept.get(log) !== undefined ? "" : this.#kept.hidden(opener);
  }

  /** Takes note that old messages are gone. */
  trim(cuts: readonly Cut[]): void {
    for (const { log, first } of cuts) {
      this.#recent.trim(log, first);
      const room = this.#kept.get(log);
      if (room !== undefined) room.first = Math.max(room.first, Math.min(first, room.last + 1));
    }
  }

  /** Lets go of the database; what is being read has about a second. */
  async close(): Promise<void> {
    await Promise.all([this.#reading.close(), this.#searching.close()]);
  }
}

/** Where the log is, and how it is kept. */
export interface LocalLogOptions extends RetentionRules {
  /** The directory; it is made where there is none. */
  readonly dir: string;
  /** When a message counts as stored; `full` unless told. */
  readonly durability?: Durability;
  /** Messages of each room, and bytes of all rooms, that are in memory as well. */
  readonly messagesPerRoom?: number;
  readonly maxBytes?: number;
  /** How long a session is known after its last use, in ms; 7 days unless told. */
  readonly sessionMs?: number;
  /** Rooms kept at most; 100,000 unless told. Each is in memory for as long as the server runs. */
  readonly maxRooms?: number;
  /** Sessions known at most; those used last stay. */
  readonly sessions?: number;
  /** Told, in a sentence, of what an upgrade of earlier data has done. */
  readonly onUpgrade?: ((text: string) => void) | undefined;
  /** Told, in a sentence, of what goes wrong without ending the server. */
  readonly onProblem?: (text: string) => void;
  /** Makes the disk full at so many pages, for tests. */
  readonly maxPages?: number;
}
