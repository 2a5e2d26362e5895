/** The latest entries of each room, in memory: bounded in messages, bytes and rooms. */

import {
  type EntryRange,
  type HistoryEntry,
  isMessage,
  type LifeEntry,
  type RevisedEntry,
  seqOf,
} from "./entries.ts";
import type { MessagePlace, Page, PageRange, Reactor, Stored } from "./history.ts";
import type { LogKey } from "./log_key.ts";
import { cost } from "./entry_cost.ts";
import { LogTail, type Numbers } from "./log_tail.ts";
import { hasShare, isMessageAt } from "./reaction_share.ts";

/** What a {@linkcode RecentLogs} may hold. */
export interface RecentOptions {
  /** Messages kept in each room. */
  readonly messagesPerRoom?: number;
  /** Bytes kept in all rooms together, estimated; the room that was silent for longest loses its first. */
  readonly maxBytes?: number;
  /** Rooms whose messages are kept. */
  readonly maxRooms?: number;
  /** What is dropped is kept nowhere: the edits of a message go with it. */
  readonly isOnly?: true;
  /** Told of a room that had to give way, and of its last seq. */
  readonly onForget?: (log: LogKey, last: number) => void;
  /** Told of each message that is dropped or emptied, and from which room. */
  readonly onDrop?: (log: LogKey, stored: Stored) => void;
}

/** For each message that a room may have, so many entries: what is done about them is bounded, too. */
const ENTRIES_PER_MESSAGE = 10;

const NO_ENTRIES: readonly LifeEntry[] = [];

/** Ends of logs without holes: an entry that does not follow the one before starts the log anew. */
export class RecentLogs {
  readonly #messagesPerRoom: number;
  readonly #maxBytes: number;
  readonly #maxRooms: number;
  readonly #isOnly: boolean;
  readonly #onForget: (log: LogKey, last: number) => void;
  readonly #onDrop: RecentOptions["onDrop"];
  /** In order of their latest entry, the one silent for longest first. */
  readonly #logs = new Map<LogKey, LogTail>();
  /** The copies of messages in inboxes, by where those were said. */
  readonly #copies = new Map<LogKey, Map<number, MessagePlace>>();
  #bytes = 0;
  #latest: LogTail | undefined;

  constructor(options: RecentOptions = {}) {
    this.#messagesPerRoom = options.messagesPerRoom ?? 1_000;
    this.#maxBytes = options.maxBytes ?? 64 * 1_048_576;
    this.#maxRooms = options.maxRooms ?? 10_000;
    this.#isOnly = options.isOnly ?? false;
    this.#onForget = options.onForget ?? (() => {});
    this.#onDrop = options.onDrop;
  }

  /** Bytes that the kept entries take, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The logs that are here. */
  keys(): Iterable<LogKey> {
    return this.#logs.keys();
  }

  /** The seq of the latest entry of a room that is kept here. */
  last(key: LogKey): number | undefined {
    return this.#logs.get(key)?.last;
  }

  /** The seq from which on a room's entries are here; `undefined` for a room that is not. */
  first(key: LogKey): number | undefined {
    return this.#logs.get(key)?.first;
  }

  /** Adds the next entry of a room. */
  add(key: LogKey, entry: HistoryEntry): void {
    const log = this.#logOf(key);
    if (seqOf(entry) !== log.last + 1) this.#drop(log, log.length);
    log.push(entry);
    this.#bytes += cost(entry);
    if (isMessage(entry)) this.#noteCopy(key, entry);
    else if (entry.kind === "revised") this.#reviseCopy(key, entry);
    const most = this.#messagesPerRoom;
    while (log.messages > most || log.length > most * ENTRIES_PER_MESSAGE) {
      this.#drop(log, 1);
      // What comes first is about messages before it, which are nowhere now.
      while (this.#isOnly && log.messages > 0 && !isMessageAt(log, log.first)) this.#drop(log, 1);
    }
    while (this.#bytes > this.#maxBytes) this.#dropOldest();
  }

  /** Empties a message that was removed, its edits, and its copy in an inbox. */
  empty(key: LogKey, seq: number): void {
    const replaced = this.#logs.get(key)?.empty(seq) ?? [];
    for (const { from, to } of replaced) this.#replaced(key, from, to);
    const copy = this.#copies.get(key)?.get(seq);
    if (copy !== undefined) this.empty(copy.log, copy.seq);
  }

  /** The entry of a room with a number, if it is here. */
  get(key: LogKey, seq: number): HistoryEntry | undefined {
    return this.#logs.get(key)?.get(seq);
  }

  /** A message as it is to be read, without what it answers. */
  folded(key: LogKey, seq: number): Stored["message"] | undefined {
    return this.#logs.get(key)?.folded(seq);
  }

  /** What was done about a message that is here. */
  about(key: LogKey, seq: number): readonly LifeEntry[] {
    return this.#logs.get(key)?.about(seq) ?? NO_ENTRIES;
  }

  /** Whether no message has to go for one more reaction of somebody. */
  hasRoom(key: LogKey, who: Reactor): boolean {
    const most = this.#messagesPerRoom * (ENTRIES_PER_MESSAGE - 1);
    return hasShare(this.#logs.get(key), who, most);
  }

  /** The messages here that are pinned, the one that was pinned last at the end. */
  pinned(key: LogKey): readonly Stored[] {
    return this.#logs.get(key)?.pinned() ?? [];
  }

  /** Messages that are here as they are to be read. */
  readable(key: LogKey, messages: readonly Stored[], asker?: Reactor): readonly Stored[] {
    const log = this.#logs.get(key);
    return log?.readable(messages, log, asker) ?? messages;
  }

  /**
   * A page of a room that has the numbers `kept`, wherever they are; `undefined` when a part of the
   * page is not here.
   */
  page(key: LogKey, range: PageRange, kept: Numbers): Page | undefined {
    const { from, to } = partOf(range, kept);
    if (from >= to) return { entries: [], more: false, upTo: kept.last };
    const log = this.#logs.get(key);
    return log?.last === kept.last ? log.page(range, kept) : undefined;
  }

  /** The same for entries, as they stand now. */
  entries(key: LogKey, range: EntryRange, kept: Numbers): readonly HistoryEntry[] | undefined {
    if (range.after >= kept.last) return [];
    const log = this.#logs.get(key);
    return log?.last === kept.last ? log.entries(range, kept) : undefined;
  }

  /** How many messages of a room come after a seq; `undefined` when that is not known here. */
  messagesAfter(key: LogKey, seq: number, kept: Numbers): number | undefined {
    if (seq >= kept.last) return 0;
    const log = this.#logs.get(key);
    return log?.last === kept.last ? log.messagesAfter(seq, kept) : undefined;
  }

  /** How many of these an account has said; `undefined` likewise. */
  ownAfter(key: LogKey, seq: number, kept: Numbers, account?: string): number | undefined {
    const from = Math.max(seq + 1, kept.first);
    if (account === undefined || from > kept.last) return 0;
    const log = this.#logs.get(key);
    if (log?.last !== kept.last || from < log.first) return undefined;
    let count = 0;
    for (let at = from; at <= log.last; at++) {
      const entry = log.get(at);
      if (entry === undefined || !isMessage(entry) || entry.message.text === "") continue;
      if (entry.message.by === account) count++;
    }
    return count;
  }

  /** The seq after which the last `limit` messages come; `undefined` when that is not known here. */
  beforeLast(key: LogKey, limit: number, kept: Numbers): number | undefined {
    if (kept.last < kept.first || limit === 0) return kept.last;
    const log = this.#logs.get(key);
    return log?.last === kept.last ? log.beforeLast(limit, kept) : undefined;
  }

  /** A room's messages from the newest to the oldest, with their newest texts. */
  *backwards(key: LogKey): Generator<Stored> {
    const log = this.#logs.get(key);
    if (log !== undefined) yield* log.backwards();
  }

  /** Drops a room's entries before `first`, which are kept no longer anywhere, and what is here of them. */
  trim(key: LogKey, first: number): void {
    for (const [seq, copy] of [...this.#copies.get(key) ?? []]) {
      if (seq < first) this.empty(copy.log, copy.seq);
    }
    const log = this.#logs.get(key);
    if (log === undefined) return;
    this.#drop(log, Math.min(first - log.first, log.length), true);
    // Messages that were dropped before may have edits here.
    for (const { from, to } of log.emptyEditsBefore(first)) this.#replaced(key, from, to);
  }

  /** Forgets a room. */
  forget(key: LogKey): void {
    const log = this.#logs.get(key);
    if (log === undefined) return;
    this.#drop(log, log.length);
    this.#logs.delete(key);
    if (this.#latest === log) this.#latest = undefined;
  }

  /** The log of a room, moved to the end of the order. */
  #logOf(key: LogKey): LogTail {
    let log = this.#logs.get(key);
    if (log !== undefined && log === this.#latest) return log;
    if (log === undefined) {
      log = new LogTail(key);
      if (this.#logs.size >= this.#maxRooms) this.#forgetOldest();
    } else this.#logs.delete(key);
    this.#logs.set(key, log);
    this.#latest = log;
    return log;
  }

  /** Drops the log's oldest entries; the edits and copies of messages that are `gone` are emptied. */
  #drop(log: LogTail, count: number, gone: boolean = this.#isOnly): void {
    for (let i = 0; i < count; i++) {
      if (gone) {
        for (const { from, to } of log.emptyEdits(log.first)) this.#replaced(log.key, from, to);
        const copy = this.#copies.get(log.key)?.get(log.first);
        if (copy !== undefined) this.empty(copy.log, copy.seq);
      }
      const entry = log.shift();
      if (entry === undefined) return;
      this.#bytes -= cost(entry);
      if (!isMessage(entry)) continue;
      this.#onDrop?.(log.key, entry);
      this.#forgetCopy(entry);
    }
  }

  #replaced(key: LogKey, from: HistoryEntry, to: HistoryEntry): void {
    this.#bytes += cost(to) - cost(from);
    if (isMessage(from)) this.#onDrop?.(key, from);
  }

  #noteCopy(log: LogKey, { copyOf, message: { seq } }: Stored): void {
    if (copyOf === undefined) return;
    const copies = this.#copies.get(copyOf.log) ?? new Map<number, MessagePlace>();
    this.#copies.set(copyOf.log, copies.set(copyOf.seq, { log, seq }));
  }

  #forgetCopy({ copyOf }: Stored): void {
    const copies = copyOf && this.#copies.get(copyOf.log);
    if (copyOf === undefined || copies === undefined) return;
    copies.delete(copyOf.seq);
    if (copies.size === 0) this.#copies.delete(copyOf.log);
  }

  /** Who catches up on an inbox gets the newest text. */
  #reviseCopy(key: LogKey, edit: RevisedEntry): void {
    const copy = this.#copies.get(key)?.get(edit.re);
    if (copy === undefined) return;
    const log = this.#logs.get(copy.log);
    const from = log?.get(copy.seq);
    log?.rewrite(copy.seq, edit);
    const to = log?.get(copy.seq);
    if (from !== undefined && to !== undefined) this.#bytes += cost(to) - cost(from);
  }

  /** Drops the oldest entry of the room that has been silent for longest and still has one. */
  #dropOldest(): void {
    for (const log of this.#logs.values()) if (log.length > 0) return this.#drop(log, 1);
    this.#bytes = 0;
  }

  #forgetOldest(): void {
    for (const [key, { last }] of this.#logs) {
      this.forget(key);
      return this.#onForget(key, last);
    }
  }
}

/** Which of the kept numbers are in a range: from `from` up to, but without, `to`. */
export function partOf(
  { after, before = Infinity, limit }: PageRange,
  kept: Numbers,
): { readonly from: number; readonly to: number; readonly more: boolean } {
  const end = Math.min(before, kept.last + 1);
  if (after === undefined) {
    const from = Math.max(kept.first, end - limit);
    return { from, to: end, more: from < end && from > kept.first };
  }
  const from = Math.max(kept.first, after + 1);
  const to = Math.min(from + limit, kept.last + 1);
  return { from, to, more: from < to && to <= kept.last };
}
