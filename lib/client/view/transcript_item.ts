/** The messages and the notes of a transcript, and the order of both. Pure. */

import type { PrintedEntry } from "../terminal/entry.ts";
import type { ShownMessage } from "../terminal/shown_messages.ts";

/** A message or a note. One that changes is another object with the same `id`. */
export type TranscriptItem =
  & {
    readonly id: string;
    /** The number of the message; of a note, that of the message before it. */
    readonly seq: number;
  }
  & ({ readonly message: ShownMessage } | { readonly note: PrintedEntry });

/** Notes stand behind the message that was the last one when they came. */
export function merged(
  messages: readonly TranscriptItem[],
  notes: readonly TranscriptItem[],
): TranscriptItem[] {
  if (notes.length === 0) return [...messages];
  const sorted = notes.toSorted((a, b) => a.seq - b.seq);
  const items: TranscriptItem[] = [];
  let next = 0;
  for (const message of messages) {
    while (next < sorted.length && (sorted[next]?.seq ?? 0) < message.seq) {
      items.push(sorted[next++] as TranscriptItem);
    }
    items.push(message);
  }
  return [...items, ...sorted.slice(next)];
}
