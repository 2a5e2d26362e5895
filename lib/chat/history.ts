/**
 * What was said, in order: the interface that every store of it implements.
 *
 * A history gives each message its `seq`, answers a repeated request with the first outcome, hands
 * out pages, and keeps what a session and a room have besides. The direct messages of a session are
 * a log like that of a room (see log_key.ts).
 */

import type { Message } from "../wire/events.ts";
import type { LogKey, RoomLog } from "./log_key.ts";
import type { LogFigures } from "./log/figures.ts";
import type { Refusal } from "./refusal.ts";
import type { Named } from "./sanctions.ts";

/** A message on its way into the history; `title` is the name of the room, or of whom it is for. */
export interface Draft {
  readonly log: LogKey;
  readonly title: string;
  readonly from: string;
  readonly text: string;
  readonly action?: true;
  /** With `id`: makes the message one that is stored once, however often it is sent. */
  readonly session?: string;
  readonly id?: string;
  /** Whose share of rooms a room counts in that is kept from now on. */
  readonly opener?: string;
  /** What to refuse it with if it was not stored before: it can't be stored anew. */
  readonly unless?: Refusal;
}

/** A message as it is stored, with what it was sent under. */
export interface Stored {
  readonly message: Message;
  /** Both are there for a message that the session who asks had sent under an id, at least. */
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
  /** The session that asks: its own messages come with the ids that they were sent under. */
  readonly session?: string;
}

/** A run of messages in ascending order of seq; of a search, the newest match first. */
export interface Page {
  readonly entries: readonly Stored[];
  /** The room has more in the direction of the range. */
  readonly more: boolean;
  /** Words of a search by which nothing can be found. */
  readonly ignored?: readonly string[];
}

/** A message in a room, which a search goes on after. */
export interface Cursor {
  readonly log: RoomLog;
  readonly seq: number;
}

/** What is looked for. */
export interface Search {
  /** Words that must all be there. */
  readonly query: string;
  /** The rooms to look in. */
  readonly rooms: readonly RoomLog[];
  /** Who said it. */
  readonly from?: string;
  /** Only messages before this seq. */
  readonly before?: number;
  /** The match that was told last: only those that were stored before it. */
  readonly cursor?: Cursor;
  /** How many of the matches are passed over. */
  readonly skip?: number;
  /** Messages at most. */
  readonly limit: number;
}

/** A room's topic on its way into the history; `log` and `title` as in {@linkcode Draft}. */
export interface TopicDraft {
  readonly log: RoomLog;
  readonly title: string;
  /** Empty: none. */
  readonly text: string;
  /** As in {@linkcode Draft}. */
  readonly opener?: string;
}

/** Where messages are kept. */
export interface History {
  /** Changes when the numbers that were handed out before no longer count. */
  readonly epoch: string;
  /** Why not all that is stored can be read, or nothing be stored, in a sentence. */
  readonly trouble?: string | undefined;
  /** What waits to be stored, and what has been. */
  readonly figures?: LogFigures | undefined;
  /** The seq of a log's latest stored message; before its first, the one that the first follows. */
  last(log: LogKey): number;
  /** The rooms that were kept when this history was opened. */
  rooms(): Iterable<Named>;
  /** Whether anything is kept of a room: it has been there before. */
  has(log: RoomLog): boolean;
  /** What the room is about; empty for a room without a topic. */
  topic(log: RoomLog): string;
  /** How many rooms are kept that `opener` opened. */
  keptBy(opener: string): number;
  /**
   * Removes the rooms of which nothing is kept any more, neither a message nor a topic, but for those
   * that are open. One of the same name that is opened later begins after their highest numbers.
   */
  removeEmpty(isOpen: (log: RoomLog) => boolean): void;
  /**
   * Stores messages in the order of the calls and calls each `done` in that order, at the latest
   * once it is stored for good. `done` may be called before `append` returns. A promise means that
   * much is waiting, and that who goes on should wait until it settles.
   */
  append(draft: Draft, done: (outcome: Outcome) => void): void | Promise<void>;
  /** Stores a topic; `done` as with {@linkcode append}, with the reason if it could not be stored. */
  setTopic(topic: TopicDraft, done: (refusal?: Refusal) => void): void;
  /** A page of what is still kept. Rejects with a {@linkcode Refusal} when it can't be read. */
  page(log: LogKey, range: Range): Page | Promise<Page>;
  /** The messages that match, what was stored last first. Rejects like {@linkcode page}. */
  search(search: Search): Page | Promise<Page>;
  /** Whether a session is known from before this history was opened. */
  recall(session: string): boolean | Promise<boolean>;
  /** Notes that a session is in use; to be called at least every {@linkcode noteSessionsMs}. */
  keepSession(session: string): void;
  /** Forgets a session: the ids that were used under it, and its direct messages. */
  forgetSession(session: string): void;
  /** Settles when all that was appended so far has had its `done`; `undefined`: it has. */
  settled(): Promise<void> | undefined;
}

/** How often sessions that are in use are noted as such at least, in ms, where they are kept for `sessionMs`. */
export function noteSessionsMs(sessionMs: number): number {
  return Math.min(3_600_000, sessionMs / 4);
}
