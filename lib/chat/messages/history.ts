/**
 * Questions for the messages that are kept, and the pages that answer them. This folder knows neither
 * sessions nor rooms, and not where messages are kept.
 */

import type { Message } from "../../wire/events.ts";
import type { LogKey, ReadLog } from "./log_key.ts";
import type { ChoiceQuestion } from "./question.ts";

/** Where a message was said. */
export interface MessagePlace {
  readonly log: LogKey;
  readonly seq: number;
}

/** A message as it is stored, with what it was sent under. */
export interface Stored {
  readonly message: Message;
  /** Where it was said; there at least in what is of several logs. */
  readonly log?: LogKey;
  /** Both are there at least for messages that the asking session had sent under an id. */
  readonly session?: string;
  readonly id?: string;
  /** In a log in memory: what it asks. */
  readonly question?: ChoiceQuestion;
  /** In an inbox in memory: the message that it is a copy of. */
  readonly copyOf?: MessagePlace;
}

/** Who reacts, for counting: an account, or all guests of one address. A store may hide addresses. */
export type Reactor = `account ${string}` | `address ${string}`;

/** Who asks, so that what it has done is marked as its own. */
export interface AskedBy {
  /** The session: its own messages come with the ids that they were sent under. */
  readonly session?: string;
  /** Whose reactions are its own. */
  readonly asker?: Reactor;
}

/**
 * Which part of a log is wanted for reading: what was said after one seq, or before one (the newest if
 * none), with what has become of it.
 */
export interface PageRange extends AskedBy {
  readonly after?: number;
  readonly before?: number;
  /** Messages at most. */
  readonly limit: number;
  /** Only messages that bring a file. */
  readonly files?: true;
}

/**
 * Messages in ascending order of seq, as they are to be read: see fold.ts. Of a search, the newest match
 * first.
 */
export interface Page {
  readonly entries: readonly Stored[];
  /** The seq up to which what has become of them is told here; none where they are of several logs. */
  readonly upTo?: number;
  /** There are more messages in the direction of the range. */
  readonly more: boolean;
  /** Words of a search by which nothing can be found. */
  readonly ignored?: readonly string[];
}

/** The message after which a search goes on. */
export interface Cursor {
  readonly log: ReadLog;
  readonly seq: number;
}

/** What is looked for. */
export interface Search extends AskedBy {
  /** Words that must all be there. */
  readonly query: string;
  /** Where to look: what the asking session may read. */
  readonly logs: readonly ReadLog[];
  /** Who said it. */
  readonly from?: string;
  /** Only messages before this seq. */
  readonly before?: number;
  /** The last match of the page before: only messages that were stored before it. */
  readonly cursor?: Cursor;
  /** How many matches to leave out. */
  readonly skip?: number;
  /** Messages at most. */
  readonly limit: number;
}

/** Where an account was mentioned, as it asks. */
export interface Mentioned extends AskedBy {
  /** The account's id. */
  readonly account: string;
  /** Where to look, in each log behind the seq up to which it has read it. */
  readonly after: ReadonlyMap<ReadLog, number>;
  /** Only what was said before this time, in ms since 1970. */
  readonly before?: number;
  /** Messages at most. */
  readonly limit: number;
}

/** The most messages or mentions that are counted in one log. */
export const MOST_COUNTED = 1_000;

/**
 * How many of so many messages behind a mark an account has not read, `own` of which it has said itself:
 * those of others. Where there are none somebody has marked what they said themselves.
 */
export function unreadAmong(all: number, own: number): number {
  return Math.min(MOST_COUNTED, all > own ? all - own : all);
}

/** How often sessions in use are noted at least, in ms, where unused ones are kept for `sessionMs`. */
export function noteSessionsMs(sessionMs: number): number {
  return Math.min(3_600_000, sessionMs / 4);
}
