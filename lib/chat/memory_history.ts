/** The history that is gone when the process ends. */

import type { Message } from "../wire/event.ts";
import { fingerprint, idReused } from "./fingerprint.ts";
import type {
  Draft,
  History,
  Outcome,
  Page,
  Range,
  Receipt,
  Search,
  Stored,
  TopicDraft,
} from "./history.ts";
import { directLog, isRoomLog, type LogKey, type RoomLog } from "./log_key.ts";
import { type Numbered, searchMemory } from "./memory_search.ts";
import { nameKey } from "./name.ts";
import { RecentLogs, type RecentOptions } from "./recent.ts";
import type { Named } from "./sanctions.ts";

/** What a {@linkcode MemoryHistory} may hold. */
export interface MemoryHistoryOptions extends Omit<RecentOptions, "onForget"> {
  /** Ids of messages that are remembered for each session, at least the latest; 1,024 unless told. */
  readonly idsPerSession?: number;
  /** The clock, in ms since 1970. */
  readonly now: () => number;
  /** What its numbers are from: as long as it is the same, so are they. Different for each history. */
  readonly epoch: string;
  /** Lets others have their turn while a search goes on. */
  readonly pause?: () => Promise<void>;
}

/** What is kept of a message for the case that it is sent again; its text may be large. */
interface Sent {
  readonly receipt: Receipt;
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

const MAX_TOPICS = 10_000;

/** Keeps the last messages of each room until the process ends. */
export class MemoryHistory implements History {
  readonly epoch: string;
  readonly #recent: RecentLogs;
  readonly #now: () => number;
  readonly #sent = new Map<string, SentBySession>();
  readonly #topics = new Map<RoomLog, string>();
  /**
   * The highest seq of the rooms that were forgotten. A room that comes back begins after it, so
   * that no number is handed out twice in one epoch.
   */
  #floor = 0;
  readonly #idsPerSession: number;
  readonly #pause: () => Promise<void>;
  /** Messages of all logs that were ever stored. */
  #count = 0;
  #atMs = -1;
  #at = "";

  constructor(options: MemoryHistoryOptions) {
    this.#now = options.now;
    this.epoch = options.epoch;
    this.#pause = options.pause ?? (() => Promise.resolve());
    this.#idsPerSession = options.idsPerSession ?? 1_024;
    this.#recent = new RecentLogs({
      ...options,
      onForget: (_, last) => this.#floor = Math.max(this.#floor, last),
    });
  }

  /** Bytes that the kept messages take, estimated. */
  get bytes(): number {
    return this.#recent.bytes;
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

  append(draft: Draft, done: (outcome: Outcome) => void): void {
    const { session, id } = draft;
    const sent = session !== undefined && id !== undefined ? this.#sentBy(session) : undefined;
    const earlier = id === undefined ? undefined : sent?.young.get(id) ?? sent?.old.get(id);
    if (earlier !== undefined) return done(repeat(draft, earlier));
    if (draft.unless !== undefined) return done({ kind: "refused", refusal: draft.unless });
    const message = this.#messageOf(draft);
    if (sent === undefined || session === undefined || id === undefined) {
      this.#add(draft.log, { message, n: ++this.#count });
    } else {
      remember(sent, id, draft, message, this.#idsPerSession);
      this.#add(draft.log, { message, session, id, n: ++this.#count });
    }
    done({ kind: "stored", message });
  }

  setTopic({ log, text }: TopicDraft, done: (refusal?: never) => void): void {
    this.#topics.delete(log);
    if (text !== "") this.#topics.set(log, text);
    for (const oldest of this.#topics.keys()) {
      if (this.#topics.size <= MAX_TOPICS) break;
      this.#topics.delete(oldest);
    }
    done();
  }

  page(log: LogKey, range: Range): Page {
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

  keepSession(): void {}

  forgetSession(session: string): void {
    this.#sent.delete(session);
    this.#recent.forget(directLog(session));
  }

  settled(): undefined {
    return undefined;
  }

  #add(log: LogKey, stored: Numbered): void {
    this.#recent.add(log, stored);
  }

  #sentBy(session: string): SentBySession {
    let sent = this.#sent.get(session);
    if (sent === undefined) {
      sent = { young: new Map(), old: new Map() };
      this.#sent.set(session, sent);
    }
    return sent;
  }

  #messageOf({ log, title, from, text, action }: Draft): Message {
    const message = { room: title, seq: this.last(log) + 1, from, at: this.#timestamp(), text };
    return action ? { ...message, action } : message;
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

function remember(
  sent: SentBySession,
  id: string,
  draft: Draft,
  { room, seq, at }: Message,
  most: number,
): void {
  if (sent.young.size >= most) {
    sent.old = sent.young;
    sent.young = new Map();
  }
  sent.young.set(id, {
    receipt: { room, seq, at },
    fingerprint: fingerprint(draft.text),
    action: draft.action ?? false,
    to: addresseeOf(draft),
  });
}

/** A direct message is to a name, whoever goes by it when it is sent again. */
function addresseeOf({ log, title }: Draft): string {
  return isRoomLog(log) ? log : `direct ${nameKey(title)}`;
}

/** The outcome of sending under an id that was used before: the same, if it is the same message. */
function repeat(draft: Draft, { receipt, to, action, ...sent }: Sent): Outcome {
  const isSame = to === addresseeOf(draft) && action === (draft.action ?? false) &&
    sent.fingerprint === fingerprint(draft.text);
  if (isSame) return { kind: "again", receipt };
  return { kind: "refused", refusal: idReused(draft.id) };
}
