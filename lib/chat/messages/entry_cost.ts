/** What an entry takes in memory. */

import { type HistoryEntry, isMessage } from "./entries.ts";

const ENTRY_OVERHEAD_BYTES = 200;
/** What a message takes besides if it brings a file, and what an edit of it does. */
const FILE_BYTES = 600;
/** What a message takes besides if it asks something. */
const QUESTION_BYTES = 2_000;

/** The bytes of an entry, estimated. */
export function cost(entry: HistoryEntry): number {
  if (!isMessage(entry)) {
    if (entry.kind !== "revised") return ENTRY_OVERHEAD_BYTES;
    const { text, file } = entry;
    return text.length * 2 + ENTRY_OVERHEAD_BYTES + (file === undefined ? 0 : FILE_BYTES);
  }
  const { text, file, ask } = entry.message;
  return text.length * 2 + ENTRY_OVERHEAD_BYTES + (file === undefined ? 0 : FILE_BYTES) +
    (ask === undefined ? 0 : QUESTION_BYTES);
}
