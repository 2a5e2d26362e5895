/** What fits into one event, and what is told in the place of a message that can't be shown. */

import { bytesInEvent, type Message, type Withheld } from "../../wire/events.ts";
import { SERVER_NAME } from "../../wire/names.ts";
import { atOf, type HistoryEntry, isMessage, saidIn } from "./entries.ts";
import type { Page, Stored } from "./history.ts";

/** Bytes of an event besides its text: names, a room, a time, an id. */
const REST_BYTES = 2_048;
/** Bytes of JSON that one UTF-16 code unit takes at most, as `\u0001` does. */
const JSON_FACTOR = 6;

/**
 * Whether the event with this text has at most `messageBytes`. A larger one does not fit the queue of a
 * client, and would cut off everybody that enters its room, time after time.
 */
export function fits(text: string, messageBytes: number): boolean {
  const most = Math.max(messageBytes / 2, messageBytes - REST_BYTES);
  return text.length * JSON_FACTOR <= most ||
    text.length <= most && bytesInEvent(text) <= most;
}

/** The page with a stub in the place of each message whose event would be larger. */
export function fittingPage(page: Page, messageBytes: number): Page {
  if (page.entries.every(({ message }) => fits(message.text, messageBytes))) return page;
  const entries = page.entries.map((entry) => {
    const { message } = entry;
    if (fits(message.text, messageBytes)) return entry;
    return { ...entry, message: withheld(message, "too-large") };
  });
  return { ...page, entries };
}

/** The same for entries: of an edit that is too large nothing is told. */
export function fittingEntries(
  entries: readonly HistoryEntry[],
  messageBytes: number,
): readonly HistoryEntry[] {
  if (entries.every((entry) => fits(saidIn(entry), messageBytes))) return entries;
  return entries.map((entry) => {
    if (fits(saidIn(entry), messageBytes)) return entry;
    if (isMessage(entry)) return { ...entry, message: withheld(entry.message, "too-large") };
    const { seq, session, id } = entry;
    const at = atOf(entry);
    const once = session === undefined || id === undefined ? {} : { session, id };
    return { kind: "emptied", seq, at, ...once };
  });
}

/** How much a reaction takes besides its key, in UTF-16 code units as {@linkcode lengthIn} counts them. */
const REACTION_LENGTH = 8;
/** The same for an answer besides its choice and who gave it. */
const ANSWER_LENGTH = 16;

/** How much of a page a message takes, in UTF-16 code units: its text, and what else people have given. */
export function lengthIn({ text, quote, removed, reactions = [], ...rest }: Message): number {
  const { ask, answers = [] } = rest;
  return text.length + (quote?.text.length ?? 0) + (removed?.reason?.length ?? 0) +
    reactions.reduce((sum, { key }) => sum + key.length + REACTION_LENGTH, 0) +
    (ask === undefined ? 0 : JSON.stringify(ask).length) +
    answers.reduce((sum, { from, choice }) => sum + from.length + choice.length + ANSWER_LENGTH, 0);
}

/** The last entries that take at most so much of a page; the very last one always does. */
export function lastThatFit(entries: readonly Stored[], most: number): readonly Stored[] {
  let from = entries.length;
  for (let length = 0; from > 0; from--) {
    length += lengthIn((entries[from - 1] as Stored).message);
    if (length > most && from < entries.length) break;
  }
  return entries.slice(from);
}

/** The first entries that take at most so much of a page; the very first one always does. */
export function firstThatFit(entries: readonly Stored[], most: number): readonly Stored[] {
  let end = 0;
  for (let length = 0; end < entries.length; end++) {
    length += lengthIn((entries[end] as Stored).message);
    if (length > most && end > 0) break;
  }
  return entries.slice(0, end);
}

/** The most bytes of a list: it must fit an outbox, together with what else is on its way. */
const MAX_LIST_BYTES = 262_144;

const encoder = new TextEncoder();

/** The first entries that fit into one event; the first one always does. */
export function fitting<Entry>(entries: readonly Entry[]): readonly Entry[] {
  let left = MAX_LIST_BYTES;
  const fits = (entry: Entry, index: number): boolean => {
    left -= encoder.encode(JSON.stringify(entry)).length + 1;
    return left >= 0 || index === 0;
  };
  const end = entries.findIndex((entry, index) => !fits(entry, index));
  return end === -1 ? entries : entries.slice(0, end);
}

const TEXTS: Readonly<Record<Withheld, string>> = {
  damaged: "What was said here was changed on the server's disk, and can't be shown.",
  "too-large": "What was said here is too large to be shown.",
};

/**
 * The stub for a message. Of a damaged one nobody knows which part was changed, its sender's name
 * perhaps, so the stub is from the server.
 */
export function withheld({ room, seq, from, at, by }: Message, why: Withheld): Message {
  const teller = why === "damaged"
    ? { from: SERVER_NAME }
    : by === undefined
    ? { from }
    : { from, by };
  return { room, seq, ...teller, at, text: TEXTS[why], withheld: why };
}
