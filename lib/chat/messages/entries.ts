/**
 * What a log holds besides messages: what was done about them. Each such entry has a seq of its own, in
 * one order with the messages.
 */

import type { EventOf, SentFile } from "../../wire/events.ts";
import type { Reactor, Stored } from "./history.ts";

/** What all entries about a message have. */
interface AboutEntry {
  readonly seq: number;
  /** The seq of the message that it is about. */
  readonly re: number;
  /** The name of who did it, and the id of the account; a guest has none. */
  readonly from: string;
  readonly by?: string;
  /** As in a message: RFC 3339, UTC. */
  readonly at: string;
  /** As in {@linkcode Stored}. */
  readonly session?: string;
  readonly id?: string;
}

/** It has another text from then on. */
export interface RevisedEntry extends AboutEntry {
  readonly kind: "revised";
  readonly text: string;
  /** The file that its message brings, which the text tells of. */
  readonly file?: SentFile;
}

/** It was removed. */
export interface RemovedEntry extends AboutEntry {
  readonly kind: "removed";
  readonly reason?: string;
}

/** Somebody has reacted to it, or taken that back. */
export interface ReactedEntry extends AboutEntry {
  readonly kind: "reacted";
  readonly key: string;
  readonly off?: true;
  readonly who: Reactor;
  /** Of those who react so now, how many have done so by then: for who was not told of all before it. */
  readonly count?: number;
}

/** It was pinned to its room, or taken off. */
export interface PinnedEntry extends AboutEntry {
  readonly kind: "pinned";
  readonly off?: true;
}

/** Somebody has answered its question. */
export interface AnsweredEntry extends AboutEntry {
  readonly kind: "answered";
  readonly choice: string;
  readonly who: Reactor;
}

/** An entry about a message. */
export type LifeEntry = RevisedEntry | RemovedEntry | ReactedEntry | PinnedEntry | AnsweredEntry;

/**
 * An entry that holds nothing any more: the edit of or answer to a message that was removed or is gone, or what another
 * entry has taken the place of.
 */
export interface EmptiedEntry {
  readonly kind: "emptied";
  readonly seq: number;
  readonly at: string;
  /** As in {@linkcode Stored}. */
  readonly session?: string;
  readonly id?: string;
}

/** Anything that has a seq in a log. */
export type HistoryEntry = Stored | LifeEntry | EmptiedEntry;

/** An entry that was replaced, and what there is now. */
export interface ReplacedEntry {
  readonly from: HistoryEntry;
  readonly to: HistoryEntry;
}

/**
 * Which part of a log is wanted, entry by entry: what comes after a seq. Each was written once, but texts are
 * as they read now: a message has its newest, and edits that others took the place of are emptied.
 */
export interface EntryRange {
  readonly after: number;
  /** Entries at most. */
  readonly limit: number;
  /** As in {@linkcode PageRange}. */
  readonly session?: string;
}

/** Whether an entry is a message. */
export function isMessage(entry: HistoryEntry): entry is Stored {
  return "message" in entry;
}

/** The number of an entry in its log. */
export function seqOf(entry: HistoryEntry): number {
  return "message" in entry ? entry.message.seq : entry.seq;
}

/** Whether an entry is one about a message. */
export function isAbout(entry: HistoryEntry): entry is LifeEntry {
  return !("message" in entry) && entry.kind !== "emptied";
}

/** When an entry was made, as a message tells it. */
export function atOf(entry: HistoryEntry): string {
  return "message" in entry ? entry.message.at : entry.at;
}

/** What an entry is acknowledged with besides where it is: its file, or of how many people a reaction is. */
export function broughtBy(entry: HistoryEntry): Pick<EventOf<"ack">, "file" | "count"> {
  if (!isMessage(entry)) {
    return entry.kind === "reacted" && entry.count !== undefined ? { count: entry.count } : {};
  }
  const { file } = entry.message;
  return file === undefined ? {} : { file };
}

/** Whether an entry says something of what its message says, and is emptied with it: an edit, or an answer. */
export function goesWithMessage(entry: LifeEntry): entry is RevisedEntry | AnsweredEntry {
  return entry.kind === "revised" || entry.kind === "answered";
}

/** What is left of an entry: its number, and what it was sent under. */
export function emptiedEntry({ seq, at, session, id }: LifeEntry): EmptiedEntry {
  const once = session === undefined || id === undefined ? {} : { session, id };
  return { kind: "emptied", seq, at, ...once };
}

/** What an entry says; empty where it says nothing. */
export function saidIn(entry: HistoryEntry): string {
  if ("message" in entry) return entry.message.text;
  return entry.kind === "revised" ? entry.text : "";
}

/** Whether an entry is a message, and one with a file where only `files` are wanted. */
export function isWanted(entry: HistoryEntry, files: true | undefined): entry is Stored {
  return isMessage(entry) && (!files || entry.message.file !== undefined);
}
