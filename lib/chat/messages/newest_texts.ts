/** Entries with texts as they read now: nobody who comes later reads what others have edited away. */

import { emptiedEdit, type HistoryEntry, isMessage, type RevisedEntry } from "./entries.ts";
import type { Stored } from "./history.ts";

/** Where the newest texts are. */
export interface NewestTexts {
  /** A message as it reads after its last edit; itself if it was not edited. */
  readonly ofMessage: (stored: Stored) => Stored;
  /** Whether an edit is the last one of its message. */
  readonly isLast: (edit: RevisedEntry) => boolean;
}

/** Messages with their newest texts, and of the edits of each only the last. */
export function withNewestTexts(
  entries: readonly HistoryEntry[],
  { ofMessage, isLast }: NewestTexts,
): readonly HistoryEntry[] {
  return entries.map((entry) => {
    if (isMessage(entry)) return ofMessage(entry);
    return entry.kind === "revised" && !isLast(entry) ? emptiedEdit(entry) : entry;
  });
}
