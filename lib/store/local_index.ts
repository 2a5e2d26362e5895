/**
 * The index of the log on disk. It serves recent messages from memory; one thread reads older ones,
 * and another thread does searches.
 */
import type { Page, Reactor, Search } from "../chat/messages/history.ts";
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
import { asEntry } from "../chat/log/as_entry.ts";
import { asMessage } from "../chat/log/as_message.ts";
import type { LifeFact } from "../chat/log/life_facts.ts";
import type { StoredNow } from "../chat/log/receipt.ts";
import type { Cut, StayingFact, TopicFact } from "../chat/log/fact.ts";
import type { Hash } from "../chat/sessions/session.ts";
import type { Index, KnownSession, StoredFile, TopicSet } from "../chat/log/fact_log.ts";
import { lookedFor } from "../chat/messages/looked_for.ts";
import { RecentLogs } from "../chat/messages/recent.ts";
import type { Named } from "../chat/names/name_tables.ts";
import type { OpenedStore } from "./calls.ts";
import { LeapWatch } from "./clock.ts";
import { isDamaged, ReadTrouble, type Unreadable } from "./refusals.ts";
import { databasePath } from "./directory.ts";
import { Erasing } from "./erasing.ts";
import { KeptLogs } from "./kept_logs.ts";
import { LogReading } from "./log_reading.ts";
import { type KeepingOptions, type LocalLogOptions, SESSION_MS } from "./local_log_options.ts";
import type { Hidden, MessageFact } from "./packing.ts";
import { Reading } from "./threads.ts";
import type { Removed } from "./rooms.ts";
import { DEVICE_MS, usedBefore } from "./sessions.ts";
import { MAX_KEPT_ROOMS } from "./rows.ts";
import type { IndexedWriter } from "./writing.ts";

/** Answers questions about what is stored; the log tells it of each fact that it has stored. */
export class LocalIndex implements Index {
  readonly epoch: string;
  readonly #writing: IndexedWriter;
  readonly #reading: Reading;
  /** A thread for searches, so that clients that catch up don't wait for them. */
  readonly #searching: Reading;
  readonly #kept: KeptLogs;
  readonly #named: readonly Named[];
  readonly #recent: RecentLogs;
  readonly #logs: LogReading;
  readonly #readTrouble: ReadTrouble;
  readonly #erasing = new Erasing(() => this.#reading.ask("emptyLog"));
  readonly #watch = new LeapWatch();
  #keeping: KeepingOptions;
  onLetGo: Index["onLetGo"] = () => {};
  readonly kept: Index["kept"] = () => this.#kept.readable();
  readonly devices: Index["devices"] = (account) => this.#reading.ask("devices", account);
  readonly mentions: Index["mentions"] = (account, after) =>
    this.#reading.ask("mentions", account, after);
  readonly mentioned: Index["mentioned"] = (asked) =>
    this.#reading.ask("mentioned", this.#logs.hiding(asked));
  readonly page: Index["page"] = (log, range) => this.#logs.page(log, range);
  readonly entries: Index["entries"] = (log, range) => this.#logs.entries(log, range);
  readonly pins: Index["pins"] = (log, asking) => this.#logs.pins(log, asking);
  readonly reactions: Index["reactions"] = (log, re) => this.#logs.reactions(log, re);
  readonly unread: Index["unread"] = (after, account) => this.#logs.unread(after, account);
  readonly beforeLast: Index["beforeLast"] = (log, limit) => this.#logs.beforeLast(log, limit);
  readonly audit: Index["audit"] = (limit) => this.#reading.ask("audit", limit);
  readonly keptBlobs: Index["keptBlobs"] = (sha256s) => this.#reading.ask("keptBlobs", sha256s);
  readonly fileUsage: Index["fileUsage"] = (owner) =>
    this.#reading.ask("fileUsage", this.#kept.hidden(owner));

  constructor(
    options: LocalLogOptions,
    opened: OpenedStore,
    writing: IndexedWriter,
  ) {
    const { dir, messagesPerRoom, maxBytes, onProblem } = options;
    this.#writing = writing;
    const path = databasePath(dir);
    this.#readTrouble = new ReadTrouble(onProblem ?? (() => {}));
    const onFailed = (failed: Unreadable): void => this.#readTrouble.note(failed);
    const { beforeReading } = writing;
    this.#reading = new Reading(path, onFailed, beforeReading);
    this.#searching = new Reading(path, onFailed, beforeReading);
    this.#keeping = options;
    this.epoch = opened.epoch;
    this.#kept = new KeptLogs(opened);
    this.#named = opened.logs.filter(({ log }) => isRoomLog(log))
      .map(({ log, name }) => ({ name, key: keyOf(log) }));
    this.#recent = new RecentLogs({
      ...(messagesPerRoom === undefined ? {} : { messagesPerRoom }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    this.#logs = new LogReading({
      kept: this.#kept,
      recent: this.#recent,
      reading: this.#reading,
      settled: () => writing.settled(),
    });
  }

  /** Goes by this from now on; the log tells the writer. */
  keepBy(keeping: KeepingOptions): void {
    this.#keeping = keeping;
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

  get floor(): number {
    return this.#kept.floor;
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
    return Math.max(0, (this.#keeping.maxRooms ?? MAX_KEPT_ROOMS) - this.#kept.rooms);
  }

  async search(search: Search): Promise<Page> {
    // Throws if the query is wrong. The thread's error would say that messages can't be read.
    lookedFor(search);
    await this.#writing.index();
    // The first search uses the reading thread, so that it need not wait for another one to start.
    const thread = this.#searching.isStarted ? this.#searching : this.#reading;
    const page = await thread.ask("search", this.#logs.hiding(search));
    this.#searching.start();
    return page;
  }

  async recall(session: Hash): Promise<KnownSession | undefined> {
    const now = this.#watch.earliest();
    const { sessionMs = SESSION_MS, deviceMs = DEVICE_MS } = this.#keeping;
    const [guests, devices] = [usedBefore(sessionMs, now), usedBefore(deviceMs, now)];
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
    const inbox = fact.kind === "say" ? undefined : fact.inbox;
    if (inbox === undefined) return;
    this.#kept.of(inbox).last = n;
    this.#recent.add(inbox, { message: { ...message, seq: n }, copyOf: { log, seq } });
  }

  /** Notes what was done about a message. */
  noteAbout(fact: LifeFact, receipt: StoredNow, at: number): void {
    const { log, re } = fact;
    const state = this.#kept.of(log);
    state.last = receipt.seq;
    state.about++;
    const hidden = fact.kind === "react" || fact.kind === "answer"
      ? { ...fact, who: this.#kept.hidden(fact.who) as Reactor }
      : fact;
    this.#recent.add(log, asEntry(hidden, receipt, at));
    if (fact.kind === "remove") this.#recent.empty(log, re);
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

  /** The same, and nothing is taken out before an entry says so: for several machines that decide alike. */
  emptyRooms(isOpen: (log: RoomLog) => boolean): RoomLog[] {
    return this.#kept.emptyRooms(isOpen);
  }

  /** Notes which rooms the writer has removed. */
  removed(removed: Removed): void {
    this.#kept.removed(removed);
  }

  /** Has the reading thread checkpoint the database. If that fails, a later commit will do it. */
  shortenLog(): void {
    this.#reading.ask("checkpoint").catch(() => {});
  }

  /** Has the write-ahead log emptied, which still has what was removed. */
  erased(): void {
    this.#erasing.begin();
  }

  /** What a fact says of addresses, as it is stored. */
  hiddenIn(fact: StayingFact): Hidden {
    return this.#kept.hiddenIn(fact);
  }

  /** Notes that old messages were removed. */
  trim(cuts: readonly Cut[]): void {
    for (const { log, first, others = 0 } of cuts) {
      this.#recent.trim(log, first);
      const room = this.#kept.get(log);
      if (room === undefined) continue;
      room.first = Math.max(room.first, Math.min(first, room.last + 1));
      room.aboutGone = Math.max(room.aboutGone, others);
    }
  }

  /** Closes the threads' connections; reads that are under way get about a second. */
  async close(): Promise<void> {
    this.#erasing.close();
    await Promise.all([this.#reading.close(), this.#searching.close()]);
  }
}
