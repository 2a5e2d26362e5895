/** Searches the messages in memory: finds the same as a search on disk, the newest first. */

import type { Message } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import { isAscii, type Wanted } from "../../words/search.js";
import type { Cursor, Page, Search, Stored } from "./history.ts";
import type { ReadLog } from "./log_key.ts";
import { type LookedFor, lookedFor } from "./looked_for.ts";
import { hasTerms, messageTerms } from "./message_terms.ts";

/** A message in memory; `n` counts the messages of all logs. */
export interface Numbered extends Stored {
  readonly n: number;
  /** The accounts that it mentions. */
  readonly mentions?: readonly string[];
}

/** The messages, and how to let other work have its turn. */
export interface Searched {
  /** A log's messages from the newest to the oldest. */
  readonly backwards: (log: ReadLog) => Iterable<Stored>;
  readonly pause: () => Promise<void>;
}

/** How much text is searched between two pauses, in UTF-16 code units: it takes a few ms. */
const PAUSE_LENGTH = 32_768;

/** A text that is not ASCII takes so many times as long. */
const FOLDING = 4;

/** The terms of texts longer than this, in UTF-16 code units, are kept for the next search. */
const KEPT_FROM = 256;
const KEPT_SAVES = 16;
const termsTexts = new WeakMap<Message, string>();

/** The messages that match, the newest first. Rejects with a `Refusal` (`bad-query`). */
export async function searchMemory(search: Search, { backwards, pause }: Searched): Promise<Page> {
  const looked = lookedFor(search);
  if (looked === undefined) return { entries: [], more: false };
  const { before = Infinity, cursor, skip = 0, limit } = search;
  const all = looked.logs.flatMap((log) => [...backwards(log)] as Numbered[]);
  all.sort((a, b) => b.n - a.n);
  const end = cursor === undefined
    ? Infinity
    : endOf(cursor, [...backwards(cursor.log)] as Numbered[]);
  const found: Stored[] = [];
  let length = 0;
  for (const stored of all) {
    if (found.length > skip + limit) break;
    const { message } = stored;
    length += lengthOf(message);
    if (length >= PAUSE_LENGTH) {
      length = 0;
      await pause();
    }
    if (stored.n < end && message.seq < before && matches(stored, looked)) found.push(stored);
  }
  const { ignored } = looked;
  return {
    entries: found.slice(skip, skip + limit),
    more: found.length > skip + limit,
    ...(ignored.length === 0 ? {} : { ignored }),
  };
}

/** What it costs to search a message, in UTF-16 code units of plain text. */
function lengthOf(message: Message): number {
  const { text } = message;
  if (termsTexts.has(message)) return text.length / KEPT_SAVES;
  return isAscii(text) ? text.length : text.length * FOLDING;
}

/** Matches after the cursor have a lower `n` than this; the cursor's own message may be gone. */
function endOf({ seq }: Cursor, newestFirst: readonly Numbered[]): number {
  const at = newestFirst.find(({ message }) => message.seq <= seq);
  if (at === undefined) return newestFirst.at(-1)?.n ?? Infinity;
  return at.message.seq === seq ? at.n : at.n + 1;
}

function matches(
  { message }: Stored,
  { sender, since = -Infinity, until = Infinity, wanted }: LookedFor,
): boolean {
  const { from, at: time, text } = message;
  if (sender !== undefined && nameKey(from) !== sender) return false;
  // It was removed.
  if (text === "") return false;
  const at = Date.parse(time);
  if (at >= until || at < since) return false;
  if (wanted.length === 0) return true;
  if (text.length > KEPT_FROM) return hasTermsIn(termsTextOf(message), wanted);
  if (isAscii(text)) {
    // Most texts lack one of the words, and this is seen faster than by their terms.
    const lower = text.toLowerCase();
    if (!wanted.every(({ terms }) => terms.every((term) => lower.includes(term)))) return false;
  }
  return hasTerms(messageTerms(text), wanted);
}

/** The terms of a long text, with blanks between: hardly larger than the text. */
function termsTextOf(message: Message): string {
  let terms = termsTexts.get(message);
  if (terms === undefined) {
    terms = ` ${messageTerms(message.text).join(" ")} `;
    termsTexts.set(message, terms);
  }
  return terms;
}

/** As {@linkcode hasTerms}; no term has a blank in it. */
function hasTermsIn(text: string, wanted: readonly Wanted[]): boolean {
  return wanted.every(({ terms, isPrefix }) =>
    text.includes(` ${terms.join(" ")}${isPrefix ? "" : " "}`)
  );
}
