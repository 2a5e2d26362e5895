/** A log of facts in memory, which is gone when the process ends. */

import type { AuditLine } from "../../wire/events.ts";
import type { Mentioned, Page, PageRange, Search, Stored } from "../messages/history.ts";
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
import { type Numbered, searchMemory } from "../messages/memory_search.ts";
import { RecentLogs, type RecentOptions } from "../messages/recent.ts";
import type { Named } from "../names/name_tables.ts";
import type { Change, Device } from "../people/records.ts";
import type { Hash } from "../sessions/session.ts";
import { asMessage } from "./as_message.ts";
import {
  type DirectFact,
  type Entry,
  type Fact,
  isPassing,
  type RetainFact,
  type SayFact,
  type StayingFact,
  type Ticket,
} from "./fact.ts";
import type { Receipt } from "./receipt.ts";
import type { FactLog, Index, KnownSession, LogFigures, OnEntry, TopicSet } from "./fact_log.ts";
import { MemoryDevices } from "./memory_devices.ts";
import { MemoryFiles } from "./memory_files.ts";
import { MemoryTopics } from "./memory_topics.ts";
import { SentIds } from "./sent_ids.ts";
import { timeAfter } from "./times.ts";

/** What a {@linkcode MemoryLog} may hold. */
export interface MemoryLogOptions extends Omit<RecentOptions, "onForget" | "onDrop"> {
  /** Ids of messages that are remembered for each session, at least the latest; 1,024 unless told. */
  readonly idsPerSession?: number;
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
  readonly #recent: RecentLogs;
  readonly #now: () => number;
  readonly #sent: SentIds;
  readonly #topics = new MemoryTopics();
  /** The rooms of which something has been settled. */
  readonly #settled = new Set<RoomLog>();
  readonly #devices = new MemoryDevices();
  readonly #files = new MemoryFiles();
  readonly file: Index["file"] = (id) => this.#files.get(id);
  readonly fileUsage: Index["fileUsage"] = (owner) => Promise.resolve(this.#files.usage(owner));
  readonly keptBlobs: Index["keptBlobs"] = (sha256s) => Promise.resolve(this.#files.kept(sha256s));
  onLetGo: Index["onLetGo"] = () => {};
  readonly #lines: AuditLine[] = [];
  /**
   * The highest seq of the rooms that were forgotten. A room that comes back begins after it, so
   * that no number is handed out twice in one epoch.
   */
  #floor = 0;
  readonly #pause: () => Promise<void>;
  /** Messages of all logs that were ever stored. */
  #count = 0;
  #at = 0;
  /** What was put while an entry was told: it comes after that. */
  readonly #next: Array<readonly [fact: StayingFact, ticket: Ticket | undefined]> = [];
  #isTelling = false;

  constructor(options: MemoryLogOptions) {
    this.#now = options.now;
    this.epoch = options.epoch;
    this.#pause = options.pause ?? (() => Promise.resolve());
    this.#sent = new SentIds(options.idsPerSession ?? 1_024);
    this.#recent = new RecentLogs({
      ...options,
      onForget: (_, last) => this.#floor = Math.max(this.#floor, last),
      onDrop: (log, { log: said, message: { file } }) => {
        // An inbox has a second copy of a message.
        if (file !== undefined && log === said) this.#files.remove(file.id);
      },
    });
  }

  get index(): Index {
    return this;
  }

  /** Bytes that the kept messages take, estimated. */
  get bytes(): number {
    return this.#recent.bytes;
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

  nth(log: LogKey, seq: number): number {
    const last = this.last(log);
    const first = this.#recent.first(log) ?? last + 1;
    return Math.min(Math.max(seq, first - 1), last);
  }

  last(log: LogKey): number {
    return this.#recent.last(log) ?? this.#floor;
  }

  rooms(): Named[] {
    return [];
  }

  has(log: RoomLog): boolean {
    return this.#recent.last(log) !== undefined || this.#topics.has(log) || this.#settled.has(log);
  }

  topic(log: RoomLog): string {
    return this.#topics.text(log);
  }

  topicSet(log: RoomLog): TopicSet | undefined {
    return this.#topics.setBy(log);
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
    const gone = [...this.#settled].filter((log) =>
      this.#recent.last(log) === undefined && !this.#topics.has(log) && !isOpen(log)
    );
    if (gone.length > 0) this.put({ kind: "retain", cuts: [], gone });
  }

  page(log: LogKey, range: PageRange): Page {
    if (range.files) return this.#recent.withFiles(log, range);
    const first = this.#recent.first(log) ?? 1;
    const kept = { first, last: this.#recent.last(log) ?? 0 };
    return this.#recent.page(log, range, kept) ?? { entries: [], more: false };
  }

  /** Looks through what is in memory, with pauses. */
  search(search: Search): Promise<Page> {
    const backwards = (log: ReadLog): Iterable<Stored> => this.#recent.backwards(log);
    return searchMemory(search, { backwards, pause: this.#pause });
  }

  recall(session: Hash): KnownSession | undefined {
    return this.#devices.recall(session);
  }

  devices(account: string): readonly Device[] {
    return this.#devices.of(account);
  }

  mentions(account: string, after: ReadonlyMap<ReadLog, number>): ReadonlyMap<ReadLog, number> {
    return mentionsInMemory(this.#recent, account, after);
  }

  mentioned(asked: Mentioned): Page {
    return mentionedInMemory(this.#recent, asked);
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
        return this.#keepMessage(fact, at);
      case "topic":
        return this.#topics.keep(fact, at);
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
    }
  }

  #keepMessage(fact: SayFact | DirectFact, at: number): Receipt {
    const earlier = this.#sent.find(fact);
    if (earlier !== undefined) return earlier;
    if (fact.kind === "direct" && fact.onlyAgain) return { absent: true };
    const message = asMessage(fact, this.last(fact.log) + 1, at);
    const { session, id, mentions, file, owner } = fact;
    if (file !== undefined && owner !== undefined) {
      this.#files.add({ ...file, log: fact.log, seq: message.seq, owner });
    }
    const numbered = { message, log: fact.log, n: ++this.#count };
    const stored: Numbered = mentions === undefined ? numbered : { ...numbered, mentions };
    if (session === undefined || id === undefined) this.#recent.add(fact.log, stored);
    else {
      this.#sent.note(session, id, fact, message);
      this.#recent.add(fact.log, { ...stored, session, id });
    }
    if (fact.kind === "say" || fact.inbox === undefined) return { seq: message.seq };
    const n = this.last(fact.inbox) + 1;
    this.#recent.add(fact.inbox, { message: { ...message, seq: n }, log: fact.log });
    return { seq: message.seq, n };
  }

  /** Of what is kept of people, this is what the index is asked for. */
  #change(changes: readonly Change[]): undefined {
    for (const change of changes) {
      if (change.type === "audit") this.#lines.push(change.line);
      else if (change.type === "room") this.#settled.add(roomLog(change.room.key));
      else if (change.type === "unroom") this.#drop(roomLog(change.key));
      else if (change.type === "unchat") this.#drop(chatLog(change.key));
      else this.#devices.apply(change);
    }
    if (this.#lines.length > MAX_LINES) this.#lines.splice(0, this.#lines.length - MAX_LINES);
  }

  #retain({ cuts, gone = [], floor = 0 }: RetainFact): undefined {
    for (const { log, first } of cuts) this.#recent.trim(log, first);
    for (const log of gone) this.#drop(log);
    this.#floor = Math.max(this.#floor, floor);
  }

  #drop(log: ReadLog): void {
    this.#floor = Math.max(this.#floor, this.#recent.last(log) ?? 0);
    this.#recent.forget(log);
    if (!isRoomLog(log)) return;
    this.#topics.delete(log);
    this.#settled.delete(log);
  }

  #forget(hash: Hash): void {
    this.#sent.forget(hash);
    this.#devices.forget(hash);
    this.#recent.forget(directLog(hash));
  }

  #time(): number {
    return this.#at = timeAfter(this.#at, this.#now());
  }
}
