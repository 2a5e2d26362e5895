/** What an entry takes in memory. */

import { type HistoryEntry, isMessage } from "./entries.ts";

const ENTRY_OVERHEAD_BYTES = 200;
/** What a message takes besides if it brings a file. */
const FILE_BYTES = 600;

/** The bytes of an entry, estimated. */
export function cost(entry: HistoryEntry): number {
  if (!isMessage(entry)) {
    const text = entry.kind === "revised" ? entry.text : "";
    return text.length * 2 + ENTRY_OVERHEAD_BYTES;
  }
  const { text, file } = entry.message;
  return text.length * 2 + ENTRY_OVERHEAD_BYTES + (file === undefined ? 0 : FILE_BYTES);
}
