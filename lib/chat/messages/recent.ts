/** The latest messages of each room, in memory: bounded in messages, bytes and rooms. */

import type { Page, PageRange, Stored } from "./history.ts";
import type { LogKey } from "./log_key.ts";

/** What a {@linkcode RecentLogs} may hold. */
export interface RecentOptions {
  /** Messages kept in each room. */
  readonly messagesPerRoom?: number;
  /** Bytes kept in all rooms together, estimated; the room that was silent for longest loses its first. */
  readonly maxBytes?: number;
  /** Rooms whose messages are kept. */
  readonly maxRooms?: number;
  /** Told of a room that had to give way, and of its last seq. */
  readonly onForget?: (log: LogKey, last: number) => void;
  /** Told of each message that is dropped, and from which room. */
  readonly onDrop?: (log: LogKey, stored: Stored) => void;
}

/** The first and the last of the numbers of a room's messages, which have no holes. */
interface Numbers {
  readonly first: number;
  readonly last: number;
}

interface Log {
  readonly key: LogKey;
  entries: Stored[];
  /** Where `entries` begins; what is before it has been dropped. */
  head: number;
  last: number;
}

const ENTRY_OVERHEAD_BYTES = 200;
/** What a message takes besides if it brings a file. */
const FILE_BYTES = 600;

/** Logs without holes: a message that does not follow the one before starts the log anew. */
export class RecentLogs {
  readonly #messagesPerRoom: number;
  readonly #maxBytes: number;
  readonly #maxRooms: number;
  readonly #onForget: (log: LogKey, last: number) => void;
  readonly #onDrop: RecentOptions["onDrop"];
  /** In order of their latest message, the one silent for longest first. */
  readonly #logs = new Map<LogKey, Log>();
  #bytes = 0;
  #latest: Log | undefined;

  constructor(options: RecentOptions = {}) {
    this.#messagesPerRoom = options.messagesPerRoom ?? 1_000;
    this.#maxBytes = options.maxBytes ?? 64 * 1_048_576;
    this.#maxRooms = options.maxRooms ?? 10_000;
    this.#onForget = options.onForget ?? (() => {});
    this.#onDrop = options.onDrop;
  }

  /** Bytes that the kept messages take, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The seq of the latest message of a room that is kept here. */
  last(key: LogKey): number | undefined {
    return this.#logs.get(key)?.last;
  }

  /** The seq from which on a room's messages are here; `undefined` for a room that is not. */
  first(key: LogKey): number | undefined {
    const log = this.#logs.get(key);
    return log === undefined ? undefined : firstOf(log);
  }

  /** Adds the next message of a room. */
  add(key: LogKey, stored: Stored): void {
    const log = this.#logOf(key);
    const { seq } = stored.message;
    if (seq !== log.last + 1) this.#drop(log, log.entries.length - log.head);
    log.last = seq;
    log.entries.push(stored);
    this.#bytes += cost(stored);
    if (log.entries.length - log.head > this.#messagesPerRoom) this.#drop(log, 1);
    while (this.#bytes > this.#maxBytes) this.#dropOldest();
  }

  /**
   * A page of a room that has the numbers `kept`, wherever they are; `undefined` when a part of the
   * page is not here.
   */
  page(key: LogKey, range: PageRange, kept: Numbers): Page | undefined {
    const { from, to, more } = partOf(range, kept);
    if (from >= to) return { entries: [], more: false };
    const log = this.#logs.get(key);
    if (log === undefined || from < firstOf(log) || to > log.last + 1) return undefined;
    const start = log.head + from - firstOf(log);
    const entries = log.entries.slice(start, start + to - from);
    return { entries, more };
  }

  /** The last messages of a room that bring files, before one of its numbers. */
  withFiles(key: LogKey, { before = Infinity, limit }: PageRange): Page {
    const entries: Stored[] = [];
    for (const stored of this.backwards(key)) {
      const { seq, file } = stored.message;
      if (file === undefined || seq >= before) continue;
      if (entries.length === limit) return { entries: entries.reverse(), more: true };
      entries.push(stored);
    }
    return { entries: entries.reverse(), more: false };
  }

  /** A room's messages from the newest to the oldest. */
  *backwards(key: LogKey): Generator<Stored> {
    const log = this.#logs.get(key);
    if (log === undefined) return;
    for (let i = log.entries.length - 1; i >= log.head; i--) yield log.entries[i] as Stored;
  }

  /** Drops a room's messages before `first`. */
  trim(key: LogKey, first: number): void {
    const log = this.#logs.get(key);
    if (log === undefined) return;
    this.#drop(log, Math.min(first - firstOf(log), log.entries.length - log.head));
  }

  /** Forgets a room. */
  forget(key: LogKey): void {
    const log = this.#logs.get(key);
    if (log === undefined) return;
    this.#drop(log, log.entries.length - log.head);
    this.#logs.delete(key);
    if (this.#latest === log) this.#latest = undefined;
  }

  /** The log of a room, moved to the end of the order. */
  #logOf(key: LogKey): Log {
    let log = this.#logs.get(key);
    if (log !== undefined && log === this.#latest) return log;
    if (log === undefined) {
      log = { key, entries: [], head: 0, last: 0 };
      if (this.#logs.size >= this.#maxRooms) this.#forgetOldest();
    } else this.#logs.delete(key);
    this.#logs.set(key, log);
    this.#latest = log;
    return log;
  }

  /** Drops the log's oldest messages. */
  #drop(log: Log, count: number): void {
    for (let i = 0; i < count; i++) {
      const stored = log.entries[log.head] as Stored;
      this.#bytes -= cost(stored);
      (log.entries as Array<Stored | undefined>)[log.head++] = undefined;
      this.#onDrop?.(log.key, stored);
    }
    if (log.head >= 64 && log.head * 2 > log.entries.length) {
      log.entries = log.entries.slice(log.head);
      log.head = 0;
    }
  }

  /** Drops the oldest message of the room that has been silent for longest and still has one. */
  #dropOldest(): void {
    for (const log of this.#logs.values()) {
      if (log.head < log.entries.length) return this.#drop(log, 1);
    }
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

function firstOf(log: Log): number {
  return log.last - (log.entries.length - log.head) + 1;
}

function cost({ message }: Stored): number {
  const { text, file } = message;
  return text.length * 2 + ENTRY_OVERHEAD_BYTES + (file === undefined ? 0 : FILE_BYTES);
}
