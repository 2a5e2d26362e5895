/**
 * Entries as they stand now: nobody who comes later reads what others have edited away, or walks through
 * all that was done and undone.
 */

import {
  type EmptiedEntry,
  emptiedEntry,
  type EntryRange,
  type HistoryEntry,
  isMessage,
  type LifeEntry,
  type ReactedEntry,
  seqOf,
} from "./entries.ts";
import type { Stored } from "./history.ts";

/** What has become of messages by now. */
export interface Now {
  /** A message as it reads after its last edit; itself if it was not edited. */
  readonly ofMessage: (stored: Stored) => Stored;
  /** Whether no later entry has taken its place: another edit, or the same reaction or pin the other way. */
  readonly stands: (entry: LifeEntry) => boolean;
  /** The session that asks: whoever has asked for something is told what came of it. */
  readonly session: string | undefined;
  /** Of those who react to its message with its key now, how many have done so by then. */
  readonly count: (entry: ReactedEntry) => number;
}

/** Messages with their newest texts, and of what was done about each only what stands. */
export function asNow(entries: readonly HistoryEntry[], now: Now): readonly HistoryEntry[] {
  return entries.map((entry) => {
    if (isMessage(entry)) return now.ofMessage(entry);
    if (entry.kind === "emptied" || entry.kind === "removed") return entry;
    const isReaction = entry.kind === "reacted";
    if (!now.stands(entry) && !(isReaction && isOwn(entry, now.session))) {
      return emptiedEntry(entry);
    }
    return isReaction ? { ...entry, count: now.count(entry) } : entry;
  });
}

/** Where few entries stand so many times the wanted number are looked at. */
const MAX_LOOKS = 20;

/**
 * Entries of which `limit` stand, or are those of the session that asks. `look` finds the next entries
 * after a number, `limit` of them unless it is the end; `undefined`: it can't.
 */
export function untilStanding(
  { after, limit, session }: EntryRange,
  look: (after: number) => readonly HistoryEntry[] | undefined,
): readonly HistoryEntry[] | undefined {
  const found: HistoryEntry[] = [];
  let [seen, left] = [after, limit];
  for (let n = 0; n < MAX_LOOKS && left > 0; n++) {
    const part = look(seen);
    if (part === undefined) return undefined;
    found.push(...part);
    if (part.length < limit) break;
    left -= part.filter((entry) =>
      isMessage(entry) || entry.kind !== "emptied" || isOwn(entry, session)
    ).length;
    seen = seqOf(part.at(-1) as HistoryEntry);
  }
  return found;
}

/** Whether an entry tells of a reaction to one of the messages from `first` up to `end`. */
export function reactsTo(entry: HistoryEntry, first: number, end: number): boolean {
  return !isMessage(entry) && entry.kind === "reacted" && entry.re >= first && entry.re < end;
}

function isOwn(entry: LifeEntry | EmptiedEntry, session: string | undefined): boolean {
  return entry.id !== undefined && entry.session === session;
}
