/** A log of facts in memory, which is gone when the process ends. */

import type { AuditLine } from "../../wire/events.ts";
import type { EntryRange, HistoryEntry } from "../messages/entries.ts";
import type { AskedBy, Mentioned, Page, PageRange, Search, Stored } from "../messages/history.ts";
import {
  chatLog,
  directLog,
  isRoomLog,
  type LogKey,
  type ReadLog,
  type RoomLog,
  roomLog,
} from "../messages/log_key.ts";
import { mentionedInMemory, mentionsInMemory } from "../messages/memory_mentions.ts";
import { searchMemory } from "../messages/memory_search.ts";
import type { Named } from "../names/name_tables.ts";
import type { Change, Device } from "../people/records.ts";
import type { Hash } from "../sessions/session.ts";
import {
  type Entry,
  type Fact,
  isPassing,
  type RetainFact,
  type StayingFact,
  type Ticket,
} from "./fact.ts";
import type { Receipt } from "./receipt.ts";
import type {
  FactLog,
  Index,
  KnownSession,
  LogFigures,
  LogKept,
  OnEntry,
  Reaction,
  TopicSet,
} from "./fact_log.ts";
import { MemoryDevices } from "./memory_devices.ts";
import { MemoryFiles } from "./memory_files.ts";
import { MemoryMessages, type MemoryMessagesOptions } from "./memory_messages.ts";
import { MemoryRooms } from "./memory_rooms.ts";
import { timeAfter } from "./times.ts";

/** What a {@linkcode MemoryLog} may hold. */
export interface MemoryLogOptions extends MemoryMessagesOptions {
  /** The clock, in ms since 1970. */
  readonly now: () => number;
  /** What its numbers are from: as long as it is the same, so are they. Different for each log. */
  readonly epoch: string;
  /** Lets others have their turn while a search goes on. */
  readonly pause?: () => Promise<void>;
}

/** Lines of the audit trail that are kept. */
const MAX_LINES = 1_000;

const NOTHING_WAITS: LogFigures = { waiting: 0, waitingMs: 0, parcels: 0, parcelFacts: 0 };

/** Keeps the last messages of each room until the process ends. */
export class MemoryLog implements FactLog, Index {
  readonly epoch: string;
  onEntry: OnEntry = (entry, ticket) => ticket?.done(entry);
  readonly decidesAgain = false;
  onDecide: FactLog["onDecide"];
  readonly #messages: MemoryMessages;
  readonly #now: () => number;
  readonly #rooms = new MemoryRooms();
  readonly #devices = new MemoryDevices();
  readonly #files = new MemoryFiles();
  readonly file: Index["file"] = (id) => this.#files.get(id);
  readonly fileUsage: Index["fileUsage"] = (owner) => Promise.resolve(this.#files.usage(owner));
  readonly keptBlobs: Index["keptBlobs"] = (sha256s) => Promise.resolve(this.#files.kept(sha256s));
  onLetGo: Index["onLetGo"] = () => {};
  readonly #lines: AuditLine[] = [];
  readonly #pause: () => Promise<void>;
  #at = 0;
  /** What was put while an entry was told: it comes after that. */
  readonly #next: Array<readonly [fact: StayingFact, ticket: Ticket | undefined]> = [];
  #isTelling = false;

  constructor(options: MemoryLogOptions) {
    this.#now = options.now;
    this.epoch = options.epoch;
    this.#pause = options.pause ?? (() => Promise.resolve());
    this.#messages = new MemoryMessages(options, this.#files);
  }

  get index(): Index {
    return this;
  }

  /** Bytes that the kept messages take, estimated. */
  get bytes(): number {
    return this.#messages.recent.bytes;
  }

  get figures(): LogFigures {
    return NOTHING_WAITS;
  }

  put(fact: Fact, ticket?: Ticket): undefined {
    if (isPassing(fact)) return void this.onEntry({ at: this.#time(), fact }, ticket);
    if (this.#isTelling) return void this.#next.push([fact, ticket]);
    this.#isTelling = true;
    try {
      this.#enter(fact, ticket);
      for (let next = this.#next.shift(); next !== undefined; next = this.#next.shift()) {
        this.#enter(...next);
      }
    } finally {
      this.#isTelling = false;
    }
  }

  settled(): Promise<void> | undefined {
    return undefined;
  }

  last(log: LogKey): number {
    return this.#messages.last(log);
  }

  get floor(): number {
    return this.#messages.floors.rooms;
  }

  rooms(): Named[] {
    return [];
  }

  kept(): Iterable<LogKept> {
    return this.#rooms.kept(this.#messages);
  }

  has(log: RoomLog): boolean {
    return this.#isKept(log) || this.#rooms.has(log);
  }

  topic(log: RoomLog): string {
    return this.#rooms.topic(log);
  }

  topicSet(log: RoomLog): TopicSet | undefined {
    return this.#rooms.setBy(log);
  }

  /** Rooms that were silent for longest give way: nobody holds a place for long. */
  keptBy(): number {
    return 0;
  }

  spareRooms(): number {
    return Infinity;
  }

  /** Rooms that are forgotten need no removal, but what has been settled about them does. */
  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    const gone = [...this.#rooms.all].filter((log) =>
      !this.#isKept(log) && this.topic(log) === "" && !isOpen(log)
    );
    if (gone.length > 0) this.put({ kind: "retain", cuts: [], gone });
  }

  page(log: LogKey, range: PageRange): Page {
    return this.#messages.page(log, range);
  }

  entries(log: LogKey, range: EntryRange): readonly HistoryEntry[] {
    return this.#messages.entries(log, range);
  }

  pins(log: RoomLog, { asker }: AskedBy): Page {
    const { recent } = this.#messages;
    const entries = recent.readable(log, recent.pinned(log), asker);
    return { entries, more: false, upTo: this.last(log) };
  }

  reactions(log: ReadLog, re: number): readonly Reaction[] | undefined {
    return this.#messages.reactions(log, re);
  }

  unread(
    after: ReadonlyMap<ReadLog, number>,
    account?: string,
  ): ReadonlyMap<ReadLog, number> {
    return this.#messages.unread(after, account);
  }

  beforeLast(log: LogKey, limit: number): number {
    return this.#messages.beforeLast(log, limit);
  }

  /** Looks through what is in memory, with pauses. */
  async search(search: Search): Promise<Page> {
    const backwards = (log: ReadLog): Iterable<Stored> => this.#messages.recent.backwards(log);
    const found = await searchMemory(search, { backwards, pause: this.#pause });
    return this.#messages.readable(found, search);
  }

  recall(session: Hash): KnownSession | undefined {
    return this.#devices.recall(session);
  }

  devices(account: string): readonly Device[] {
    return this.#devices.of(account);
  }

  mentions(account: string, after: ReadonlyMap<ReadLog, number>): ReadonlyMap<ReadLog, number> {
    return mentionsInMemory(this.#messages.recent, account, after);
  }

  mentioned(asked: Mentioned): Page {
    return this.#messages.readable(mentionedInMemory(this.#messages.recent, asked), asked);
  }

  audit(limit: number): ReturnType<Index["audit"]> {
    const lines = limit === 0 ? [] : this.#lines.slice(-limit);
    return Promise.resolve({ lines, more: this.#lines.length > lines.length });
  }

  #enter(fact: StayingFact, ticket: Ticket | undefined): void {
    const at = this.#time();
    const receipt = this.#keep(fact, at);
    const entry: Entry = receipt === undefined ? { at, fact } : { at, fact, receipt };
    this.onEntry(entry, ticket);
    const letGo = this.#files.takeLetGo();
    if (letGo.length > 0) this.onLetGo(letGo);
  }

  #keep(fact: StayingFact, at: number): Receipt | undefined {
    switch (fact.kind) {
      case "say":
      case "direct":
        return this.#messages.say(fact, at);
      case "topic":
        this.#messages.floors.begin(fact.log);
        return this.#rooms.keep(fact, at);
      case "people":
      case "list":
        return this.#change(fact.changes);
      case "session-use":
        return this.#devices.use(fact.hashes, at);
      case "session-forget":
        for (const hash of fact.hashes) this.#forget(hash);
        return undefined;
      case "retain":
        return this.#retain(fact);
      default:
        return this.#messages.about(fact, at);
    }
  }

  /** Of what is kept of people, this is what the index is asked for. */
  #change(changes: readonly Change[]): undefined {
    for (const change of changes) {
      if (change.type === "audit") this.#lines.push(change.line);
      else if (change.type === "room") this.#settle(roomLog(change.room.key));
      else if (change.type === "unroom") this.#drop(roomLog(change.key));
      else if (change.type === "unchat") this.#drop(chatLog(change.key));
      else this.#devices.apply(change);
    }
    if (this.#lines.length > MAX_LINES) this.#lines.splice(0, this.#lines.length - MAX_LINES);
  }

  #settle(log: RoomLog): void {
    this.#rooms.settle(log);
    this.#messages.floors.begin(log);
  }

  #retain({ cuts, gone = [], floor = 0 }: RetainFact): undefined {
    for (const { log, first } of cuts) this.#messages.recent.trim(log, first);
    for (const log of gone) this.#drop(log);
    this.#messages.floors.raise(floor);
  }

  /** Whether a room has, or had, something in it. */
  #isKept(log: RoomLog): boolean {
    return this.#messages.recent.last(log) !== undefined;
  }

  #drop(log: ReadLog): void {
    this.#messages.drop(log);
    if (!isRoomLog(log)) return;
    this.#rooms.delete(log);
  }

  #forget(hash: Hash): void {
    this.#messages.forget(hash);
    this.#devices.forget(hash);
    this.#messages.recent.forget(directLog(hash));
  }

  #time(): number {
    return this.#at = timeAfter(this.#at, this.#now());
  }
}
