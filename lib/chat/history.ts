/**
 * What was said, in order: the interface that a store implements, and the one in memory.
 *
 * A history gives each message its `seq`, answers a repeated request with the first outcome, and
 * hands out pages. It knows no sessions beyond the secret that names one.
 */

import type { Message } from "../wire/event.ts";
import { fingerprint, idReused } from "./fingerprint.ts";
import type { Refusal } from "./refusal.ts";

/** A message on its way into the history. `room` is the room's key, `title` its name. */
export interface Draft {
  readonly room: string;
  readonly title: string;
  readonly from: string;
  readonly text: string;
  readonly action?: true;
  /** With `id`: makes the message one that is stored once, however often it is sent. */
  readonly session?: string;
  readonly id?: string;
}

/** A message as it is stored, with what it was sent under. */
export interface Stored {
  readonly message: Message;
  readonly session?: string;
  readonly id?: string;
}

/** What a sender is told of a stored message. */
export type Receipt = Pick<Message, "room" | "seq" | "at">;

/** How an {@linkcode History.append} ended. */
export type Outcome =
  | { readonly kind: "stored"; readonly message: Message }
  /** The same session and id were stored before; this is what they were stored as. */
  | { readonly kind: "again"; readonly receipt: Receipt }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Which part of a room's history is wanted: after one seq, or before one (the newest if none). */
export interface Range {
  readonly after?: number;
  readonly before?: number;
  /** Messages at most. */
  readonly limit: number;
}

/** A run of messages in ascending order of seq. */
export interface Page {
  readonly entries: readonly Stored[];
  /** The room has more in the direction of the range. */
  readonly more: boolean;
}

/** Where messages are kept. Rooms are named by their keys. */
export interface History {
  /** Changes when the numbers that were handed out before no longer count. */
  readonly epoch: string;
  /** The seq of the room's latest stored message; 0 before the first. */
  last(room: string): number;
  /**
   * Stores messages in the order of the calls and calls each `done` in that order, at the latest
   * once it is stored for good. `done` may be called before `append` returns.
   */
  append(draft: Draft, done: (outcome: Outcome) => void): void;
  /** A page of what is still kept. */
  page(room: string, range: Range): Page | Promise<Page>;
  /** Forgets the ids that were used under a session. */
  forgetSession(session: string): void;
}

/** What a {@linkcode MemoryHistory} may hold. */
export interface MemoryHistoryOptions {
  /** Messages kept in each room. */
  readonly messagesPerRoom?: number;
  /** Bytes kept in all rooms together, estimated; the room silent for longest gives first. */
  readonly maxBytes?: number;
  /** Rooms whose messages are kept. */
  readonly maxRooms?: number;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
}

interface Log {
  entries: Stored[];
  /** Where `entries` begins; what is before it has been dropped. */
  head: number;
  last: number;
}

/** What is kept of a message for the case that it is sent again; its text may be large. */
interface Sent {
  readonly receipt: Receipt;
  readonly fingerprint: string;
}

const IDS_PER_SESSION = 1_024;
const ENTRY_OVERHEAD_BYTES = 200;

/** Keeps the last messages of each room until the process ends. */
export class MemoryHistory implements History {
  readonly epoch: string = crypto.randomUUID();
  readonly #messagesPerRoom: number;
  readonly #maxBytes: number;
  readonly #maxRooms: number;
  readonly #now: () => number;
  /** In order of their latest message, the one silent for longest first. */
  readonly #logs = new Map<string, Log>();
  readonly #sent = new Map<string, Map<string, Sent>>();
  #bytes = 0;
  /**
   * The highest seq of the rooms that were forgotten. A room that comes back begins after it, so
   * that no number is handed out twice in one epoch.
   */
  #floor = 0;
  #atMs = -1;
  #at = "";
  #recent: Log | undefined;

  constructor(options: MemoryHistoryOptions = {}) {
    this.#messagesPerRoom = options.messagesPerRoom ?? 1_000;
    this.#maxBytes = options.maxBytes ?? 64 * 1_048_576;
    this.#maxRooms = options.maxRooms ?? 10_000;
    this.#now = options.now ?? Date.now;
  }

  /** Bytes that the kept messages take, estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  last(room: string): number {
    return this.#logs.get(room)?.last ?? this.#floor;
  }

  append(draft: Draft, done: (outcome: Outcome) => void): void {
    const { session, id } = draft;
    const sent = session !== undefined && id !== undefined ? this.#idsOf(session) : undefined;
    const earlier = id === undefined ? undefined : sent?.get(id);
    if (earlier !== undefined) return done(repeat(draft, earlier));
    const log = this.#logOf(draft.room);
    const message: Message = {
      room: draft.title,
      seq: ++log.last,
      from: draft.from,
      at: this.#timestamp(),
      text: draft.text,
      ...(draft.action ? { action: true } : {}),
    };
    const stored: Stored = sent === undefined || session === undefined || id === undefined
      ? { message }
      : { message, session, id };
    if (sent !== undefined && id !== undefined) remember(sent, id, draft, message);
    log.entries.push(stored);
    this.#bytes += cost(stored);
    if (log.entries.length - log.head > this.#messagesPerRoom) this.#drop(log);
    while (this.#bytes > this.#maxBytes) this.#dropOldest();
    done({ kind: "stored", message });
  }

  page(room: string, { after, before = Infinity, limit }: Range): Page {
    const log = this.#logs.get(room);
    if (log === undefined) return { entries: [], more: false };
    const first = log.last - (log.entries.length - log.head) + 1;
    const index = (seq: number): number =>
      log.head + Math.min(Math.max(seq - first, 0), log.entries.length - log.head);
    if (after !== undefined) {
      const from = index(after + 1);
      const entries = log.entries.slice(from, from + limit);
      return { entries, more: from + entries.length < log.entries.length };
    }
    const to = index(before);
    const from = Math.max(log.head, to - limit);
    return { entries: log.entries.slice(from, to), more: from > log.head };
  }

  forgetSession(session: string): void {
    this.#sent.delete(session);
  }

  #idsOf(session: string): Map<string, Sent> {
    let ids = this.#sent.get(session);
    if (ids === undefined) this.#sent.set(session, ids = new Map());
    return ids;
  }

  /** The log of a room, moved to the end of the order. */
  #logOf(room: string): Log {
    let log = this.#logs.get(room);
    if (log !== undefined && log === this.#recent) return log;
    if (log === undefined) {
      log = { entries: [], head: 0, last: this.#floor };
      if (this.#logs.size >= this.#maxRooms) this.#forgetRoom();
      log.last = this.#floor;
    } else this.#logs.delete(room);
    this.#logs.set(room, log);
    this.#recent = log;
    return log;
  }

  /** Drops the log's oldest message. */
  #drop(log: Log): void {
    this.#bytes -= cost(log.entries[log.head] as Stored);
    (log.entries as Array<Stored | undefined>)[log.head++] = undefined;
    if (log.head >= 64 && log.head * 2 > log.entries.length) {
      log.entries = log.entries.slice(log.head);
      log.head = 0;
    }
  }

  /** Drops the oldest message of the room that has been silent for longest and still has one. */
  #dropOldest(): void {
    for (const log of this.#logs.values()) {
      if (log.head < log.entries.length) return this.#drop(log);
    }
    this.#bytes = 0;
  }

  #forgetRoom(): void {
    for (const [room, log] of this.#logs) {
      while (log.head < log.entries.length) this.#drop(log);
      this.#floor = Math.max(this.#floor, log.last);
      this.#logs.delete(room);
      return;
    }
  }

  #timestamp(): string {
    const now = this.#now();
    if (now !== this.#atMs) {
      this.#atMs = now;
      this.#at = new Date(now).toISOString();
    }
    return this.#at;
  }
}

function cost({ message }: Stored): number {
  return message.text.length * 2 + ENTRY_OVERHEAD_BYTES;
}

function remember(
  ids: Map<string, Sent>,
  id: string,
  draft: Draft,
  { room, seq, at }: Message,
): void {
  if (ids.size >= IDS_PER_SESSION) {
    for (const oldest of ids.keys()) {
      ids.delete(oldest);
      break;
    }
  }
  ids.set(id, { receipt: { room, seq, at }, fingerprint: draftFingerprint(draft) });
}

function draftFingerprint({ room, text, action }: Draft): string {
  return `${fingerprint(text)} ${action ?? false} ${room}`;
}

/** The outcome of sending under an id that was used before: the same, if it is the same message. */
function repeat(draft: Draft, { receipt, fingerprint }: Sent): Outcome {
  if (fingerprint === draftFingerprint(draft)) return { kind: "again", receipt };
  return { kind: "refused", refusal: idReused(draft.id) };
}
