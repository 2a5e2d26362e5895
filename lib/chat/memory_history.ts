/** The history that is gone when the process ends. */

import type { Message } from "../wire/event.ts";
import { fingerprint, idReused } from "./fingerprint.ts";
import {
  directLog,
  type Draft,
  type History,
  isDirectLog,
  type Outcome,
  type Page,
  type Range,
  type Receipt,
  type Search,
  type Stored,
  type TopicDraft,
} from "./history.ts";
import { nameKey } from "./name.ts";
import { dateMs, parseQuery } from "./query.ts";
import { RecentLogs, type RecentOptions } from "./recent.ts";

/** What a {@linkcode MemoryHistory} may hold. */
export interface MemoryHistoryOptions extends Omit<RecentOptions, "onForget"> {
  /** Ids of messages that are remembered for each session, the latest; 1,024 unless told. */
  readonly idsPerSession?: number;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** What is kept of a message for the case that it is sent again; its text may be large. */
interface Sent {
  readonly receipt: Receipt;
  readonly fingerprint: string;
}

const MAX_TOPICS = 10_000;

/** Keeps the last messages of each room until the process ends. */
export class MemoryHistory implements History {
  readonly epoch: string = crypto.randomUUID();
  readonly #recent: RecentLogs;
  readonly #now: () => number;
  readonly #sent = new Map<string, Map<string, Sent>>();
  readonly #topics = new Map<string, string>();
  /**
   * The highest seq of the rooms that were forgotten. A room that comes back begins after it, so
   * that no number is handed out twice in one epoch.
   */
  #floor = 0;
  readonly #idsPerSession: number;
  #atMs = -1;
  #at = "";

  constructor(options: MemoryHistoryOptions = {}) {
    this.#now = options.now ?? Date.now;
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

  last(room: string): number {
    return this.#recent.last(room) ?? this.#floor;
  }

  topic(room: string): string {
    return this.#topics.get(room) ?? "";
  }

  append(draft: Draft, done: (outcome: Outcome) => void): void {
    const { session, id } = draft;
    const sent = session !== undefined && id !== undefined ? this.#idsOf(session) : undefined;
    const earlier = id === undefined ? undefined : sent?.get(id);
    if (earlier !== undefined) return done(repeat(draft, earlier));
    if (draft.unless !== undefined) return done({ kind: "refused", refusal: draft.unless });
    const message: Message = {
      room: draft.title,
      seq: this.last(draft.room) + 1,
      from: draft.from,
      at: this.#timestamp(),
      text: draft.text,
      ...(draft.action ? { action: true } : {}),
    };
    const stored: Stored = sent === undefined || session === undefined || id === undefined
      ? { message }
      : { message, session, id };
    if (sent !== undefined && id !== undefined) {
      remember(sent, id, draft, message, this.#idsPerSession);
    }
    this.#recent.add(draft.room, stored);
    done({ kind: "stored", message });
  }

  setTopic({ room, text }: TopicDraft, done: (refusal?: never) => void): void {
    this.#topics.delete(room);
    if (text !== "") this.#topics.set(room, text);
    for (const oldest of this.#topics.keys()) {
      if (this.#topics.size <= MAX_TOPICS) break;
      this.#topics.delete(oldest);
    }
    done();
  }

  page(room: string, range: Range): Page {
    return this.#recent.page(room, range);
  }

  /** All words must be somewhere in the text, in any case. The newest match comes first. */
  search({ query: text, rooms, from, before = Infinity, skip = 0, limit }: Search): Page {
    const query = parseQuery(text);
    const words = [...query.words, ...query.phrases].map((word) => word.toLowerCase());
    const wanted = query.room === undefined ? undefined : nameKey(query.room);
    const speaker = from ?? query.from;
    const sender = speaker === undefined ? undefined : nameKey(speaker);
    const until = dateMs(query.before ?? "") ?? Infinity;
    const since = dateMs(query.after ?? "") ?? -Infinity;
    if (Object.keys(query).length === 2 && words.length === 0) return { entries: [], more: false };
    const found: Stored[] = [];
    for (const room of rooms.filter((room) => wanted === undefined || room === wanted)) {
      for (const stored of this.#recent.backwards(room)) {
        const { message } = stored;
        if (message.seq >= before) continue;
        if (sender !== undefined && nameKey(message.from) !== sender) continue;
        const at = Date.parse(message.at);
        if (at >= until || at < since) continue;
        const text = message.text.toLowerCase();
        if (words.every((word) => text.includes(word))) found.push(stored);
      }
    }
    if (rooms.length > 1) found.sort((a, b) => b.message.at < a.message.at ? -1 : 1);
    return { entries: found.slice(skip, skip + limit), more: found.length > skip + limit };
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

  #idsOf(session: string): Map<string, Sent> {
    let ids = this.#sent.get(session);
    if (ids === undefined) this.#sent.set(session, ids = new Map());
    return ids;
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
  ids: Map<string, Sent>,
  id: string,
  draft: Draft,
  { room, seq, at }: Message,
  most: number,
): void {
  if (ids.size >= most) {
    for (const oldest of ids.keys()) {
      ids.delete(oldest);
      break;
    }
  }
  ids.set(id, { receipt: { room, seq, at }, fingerprint: draftFingerprint(draft) });
}

function draftFingerprint({ room, title, text, action }: Draft): string {
  // A direct message is to a name, whoever goes by it when it is sent again.
  const to = isDirectLog(room) ? `@ ${nameKey(title)}` : room;
  return `${fingerprint(text)} ${action ?? false} ${to}`;
}

/** The outcome of sending under an id that was used before: the same, if it is the same message. */
function repeat(draft: Draft, { receipt, fingerprint }: Sent): Outcome {
  if (fingerprint === draftFingerprint(draft)) return { kind: "again", receipt };
  return { kind: "refused", refusal: idReused(draft.id) };
}
