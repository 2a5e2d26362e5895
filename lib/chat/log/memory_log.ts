/** A log of facts in memory, which is gone when the process ends. */

import type { AuditLine, Message } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import { fingerprint, idReused } from "../messages/fingerprint.ts";
import type { Page, PageRange, Search, Stored } from "../messages/history.ts";
import { directLog, isRoomLog, type LogKey, type RoomLog } from "../messages/log_key.ts";
import { type Numbered, searchMemory } from "../messages/memory_search.ts";
import { RecentLogs, type RecentOptions } from "../messages/recent.ts";
import type { Named } from "../names/name_tables.ts";
import type { Hash } from "../sessions/session.ts";
import { asMessage } from "./as_message.ts";
import {
  type DirectFact,
  type Entry,
  type Fact,
  isPassing,
  type PeopleFact,
  type Receipt,
  type RetainFact,
  type SayFact,
  type StayingFact,
  type Ticket,
  type TopicFact,
} from "./fact.ts";
import type { FactLog, Index, LogFigures, OnEntry } from "./fact_log.ts";
import { timeAfter } from "./times.ts";

/** What a {@linkcode MemoryLog} may hold. */
export interface MemoryLogOptions extends Omit<RecentOptions, "onForget"> {
  /** Ids of messages that are remembered for each session, at least the latest; 1,024 unless told. */
  readonly idsPerSession?: number;
  /** The clock, in ms since 1970. */
  readonly now: () => number;
  /** What its numbers are from: as long as it is the same, so are they. Different for each log. */
  readonly epoch: string;
  /** Lets others have their turn while a search goes on. */
  readonly pause?: () => Promise<void>;
}

/** What is kept of a message for the case that it is sent again; its text may be large. */
interface Sent {
  readonly receipt: { readonly room: string; readonly seq: number; readonly at: string };
  readonly fingerprint: number;
  readonly action: boolean;
  /** Where it was sent: a room's log, or whom a direct message was for. */
  readonly to: string;
}

/**
 * What one session sent under ids, in two generations: when the younger one is full it takes the
 * place of the older. To forget them one by one takes longer than to remember them.
 */
interface SentBySession {
  young: Map<string, Sent>;
  old: Map<string, Sent>;
}

/** Topics that are kept; the one set longest ago gives way. */
const MAX_TOPICS = 10_000;
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
  readonly #sent = new Map<Hash, SentBySession>();
  readonly #topics = new Map<RoomLog, string>();
  readonly #lines: AuditLine[] = [];
  /**
   * The highest seq of the rooms that were forgotten. A room that comes back begins after it, so
   * that no number is handed out twice in one epoch.
   */
  #floor = 0;
  readonly #idsPerSession: number;
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
    this.#idsPerSession = options.idsPerSession ?? 1_024;
    this.#recent = new RecentLogs({
      ...options,
      onForget: (_, last) => this.#floor = Math.max(this.#floor, last),
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

  settled(): undefined {
    return undefined;
  }

  last(log: LogKey): number {
    return this.#recent.last(log) ?? this.#floor;
  }

  rooms(): Named[] {
    return [];
  }

  has(log: RoomLog): boolean {
    return this.#recent.last(log) !== undefined || this.#topics.has(log);
  }

  topic(log: RoomLog): string {
    return this.#topics.get(log) ?? "";
  }

  /** Rooms that were silent for longest give way: nobody holds a place for long. */
  keptBy(): number {
    return 0;
  }

  removeEmpty(): void {}

  page(log: LogKey, range: PageRange): Page {
    const first = this.#recent.first(log) ?? 1;
    const kept = { first, last: this.#recent.last(log) ?? 0 };
    return this.#recent.page(log, range, kept) ?? { entries: [], more: false };
  }

  /** Looks through what is in memory, with pauses. */
  search(search: Search): Promise<Page> {
    const backwards = (room: RoomLog): Iterable<Stored> => this.#recent.backwards(room);
    return searchMemory(search, { backwards, pause: this.#pause });
  }

  recall(): boolean {
    return false;
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
  }

  #keep(fact: StayingFact, at: number): Receipt | undefined {
    switch (fact.kind) {
      case "say":
      case "direct":
        return this.#keepMessage(fact, at);
      case "topic":
        return this.#keepTopic(fact);
      case "people":
        return this.#keepLines(fact);
      case "session-use":
        return undefined;
      case "session-forget":
        for (const hash of fact.hashes) this.#forget(hash);
        return undefined;
      case "retain":
        return this.#retain(fact);
    }
  }

  #keepMessage(fact: SayFact | DirectFact, at: number): Receipt {
    const { session, id } = fact;
    const sent = session !== undefined && id !== undefined ? this.#sentBy(session) : undefined;
    const earlier = id === undefined ? undefined : sent?.young.get(id) ?? sent?.old.get(id);
    if (earlier !== undefined) return repeat(fact, earlier);
    if (fact.kind === "direct" && fact.onlyAgain) return { absent: true };
    const message = asMessage(fact, this.last(fact.log) + 1, at);
    if (sent === undefined || session === undefined || id === undefined) {
      this.#add(fact.log, { message, n: ++this.#count });
    } else {
      remember(sent, id, fact, message, this.#idsPerSession);
      this.#add(fact.log, { message, session, id, n: ++this.#count });
    }
    return { seq: message.seq };
  }

  #keepTopic({ log, text }: TopicFact): undefined {
    this.#topics.delete(log);
    if (text !== "") this.#topics.set(log, text);
    for (const oldest of this.#topics.keys()) {
      if (this.#topics.size <= MAX_TOPICS) break;
      this.#topics.delete(oldest);
    }
  }

  /** Of people only the audit trail is a question for the index. */
  #keepLines({ changes }: PeopleFact): undefined {
    for (const change of changes) if (change.type === "audit") this.#lines.push(change.line);
    if (this.#lines.length > MAX_LINES) this.#lines.splice(0, this.#lines.length - MAX_LINES);
  }

  #retain({ cuts, gone = [], floor = 0 }: RetainFact): undefined {
    for (const { log, first } of cuts) this.#recent.trim(log, first);
    for (const log of gone) {
      this.#floor = Math.max(this.#floor, this.#recent.last(log) ?? 0);
      this.#recent.forget(log);
      this.#topics.delete(log);
    }
    this.#floor = Math.max(this.#floor, floor);
  }

  #forget(hash: Hash): void {
    this.#sent.delete(hash);
    this.#recent.forget(directLog(hash));
  }

  #add(log: LogKey, stored: Numbered): void {
    this.#recent.add(log, stored);
  }

  #sentBy(session: Hash): SentBySession {
    let sent = this.#sent.get(session);
    if (sent === undefined) {
      sent = { young: new Map(), old: new Map() };
      this.#sent.set(session, sent);
    }
    return sent;
  }

  #time(): number {
    return this.#at = timeAfter(this.#at, this.#now());
  }
}

function remember(
  sent: SentBySession,
  id: string,
  fact: SayFact | DirectFact,
  { room, seq, at }: Message,
  most: number,
): void {
  if (sent.young.size >= most) {
    sent.old = sent.young;
    sent.young = new Map();
  }
  sent.young.set(id, {
    receipt: { room, seq, at },
    fingerprint: fingerprint(fact.text),
    action: isAction(fact),
    to: addresseeOf(fact),
  });
}

function isAction(fact: SayFact | DirectFact): boolean {
  return fact.kind === "say" && fact.action === true;
}

/** A direct message is to a name, whoever goes by it when it is sent again. */
function addresseeOf({ log, title }: SayFact | DirectFact): string {
  return isRoomLog(log) ? log : `direct ${nameKey(title)}`;
}

/** The receipt of what was sent under an id that was used before: the same, if it is the same message. */
function repeat(fact: SayFact | DirectFact, { receipt, to, action, ...sent }: Sent): Receipt {
  const isSame = to === addresseeOf(fact) && action === isAction(fact) &&
    sent.fingerprint === fingerprint(fact.text);
  return isSame ? { again: receipt } : { refused: idReused(fact.id) };
}
