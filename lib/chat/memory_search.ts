/** Looks for messages among those in memory: the same as on the disk, and the newest first as there. */

import type { Cursor, Page, Search, Stored } from "./history.ts";
import type { RoomLog } from "./log_key.ts";
import { type LookedFor, lookedFor } from "./looked_for.ts";
import { nameKey } from "./name.ts";
import { hasTerms, isPlain, termsOf } from "./terms.ts";

/** A message in memory; `n` counts the messages of all logs. */
export interface Numbered extends Stored {
  readonly n: number;
}

/** Where they are, and how to let others have their turn. */
export interface Searched {
  /** A room's messages from the newest to the oldest. */
  readonly backwards: (room: RoomLog) => Iterable<Stored>;
  readonly pause: () => Promise<void>;
}

/** How much text is looked at between two pauses, in UTF-16 code units: some milliseconds' worth. */
const PAUSE_LENGTH = 32_768;

/** The messages that match, the newest first. Rejects with a `Refusal` (`bad-query`). */
export async function searchMemory(search: Search, { backwards, pause }: Searched): Promise<Page> {
  const looked = lookedFor(search);
  if (looked === undefined) return { entries: [], more: false };
  const { before = Infinity, cursor, skip = 0, limit } = search;
  const all = looked.rooms.flatMap((room) => [...backwards(room)] as Numbered[]);
  all.sort((a, b) => b.n - a.n);
  const end = cursor === undefined
    ? Infinity
    : endOf(cursor, [...backwards(cursor.log)] as Numbered[]);
  const found: Stored[] = [];
  let length = 0;
  for (const stored of all) {
    if (found.length > skip + limit) break;
    const { message } = stored;
    length += message.text.length;
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

/** The number that what comes after a message is below; the message itself may be gone. */
function endOf({ seq }: Cursor, newestFirst: readonly Numbered[]): number {
  const at = newestFirst.find(({ message }) => message.seq <= seq);
  if (at === undefined) return newestFirst.at(-1)?.n ?? Infinity;
  return at.message.seq === seq ? at.n : at.n + 1;
}

function matches(
  { message: { from, at: time, text } }: Stored,
  { sender, since = -Infinity, until = Infinity, wanted }: LookedFor,
): boolean {
  if (sender !== undefined && nameKey(from) !== sender) return false;
  const at = Date.parse(time);
  if (at >= until || at < since) return false;
  if (wanted.length === 0) return true;
  if (isPlain(text)) {
    // Most texts lack a word, which is seen sooner than what all their words are.
    const lower = text.toLowerCase();
    if (!wanted.every(({ terms }) => terms.every((term) => lower.includes(term)))) return false;
  }
  return hasTerms(termsOf(text), wanted);
}
