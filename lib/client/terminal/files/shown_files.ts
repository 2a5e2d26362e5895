/** The files of messages that were shown: the person means each by the number of its message. */

import type { Message, SentFile } from "../../../wire/events.ts";
import { nameKey } from "../../../words/names.js";
import type { MovedPlaces } from "../conversations.ts";
import { captionOf, safeFileName, sizeText } from "../../../words/files.js";

/** How many files are remembered. */
const MAX_FILES = 10_000;

/** A file, the number of its message, and what that goes by here in which it was said. */
export interface ShownFile {
  readonly file: SentFile;
  readonly number: number;
  readonly room: string;
}

export class ShownFiles {
  /** By the numbers and rooms of their messages, in the order in which they were shown last. */
  readonly #files = new Map<string, ShownFile>();

  /** A file is shown. */
  note(shown: ShownFile): void {
    const key = `${shown.number} ${shown.room}`;
    this.#files.delete(key);
    this.#files.set(key, shown);
    const [oldest = ""] = this.#files.keys();
    if (this.#files.size > MAX_FILES) this.#files.delete(oldest);
  }

  /** What is shown of what was said: the text, or that there is a file, which has its number then. */
  said(
    { text, file, room, seq: number }: Pick<Message, "text" | "file" | "room" | "seq">,
  ): { text: string; fileNumber?: number } {
    if (file === undefined) return { text };
    this.note({ file, number, room });
    return { text: fileText(file, text), fileNumber: number };
  }

  /** What was shown of a room or conversation, the latest message first. */
  in(room: string): ShownFile[] {
    const key = nameKey(room);
    const all = [...this.#files.values()].filter((each) => nameKey(each.room) === key);
    return all.sort((a, b) => b.number - a.number);
  }

  /** What was shown last with this number, wherever it was said. */
  lastWith(number: number): ShownFile | undefined {
    return [...this.#files.values()].findLast((each) => each.number === number);
  }

  /** Conversations go by something else. */
  move(moved: MovedPlaces): void {
    const all = [...this.#files.values()];
    this.#files.clear();
    for (const each of all) this.note({ ...each, room: moved.to(each.room) });
  }

  /** The numbers of a room begin again: those that were used before mean other messages now. */
  renumber(room: string): void {
    const old = new Set(this.in(room));
    for (const [key, each] of this.#files) if (old.has(each)) this.#files.delete(key);
  }
}

/** What a message says that brings a file: `plan.pdf (1.2 MB, application/pdf): the caption`. */
function fileText(file: SentFile, text: string): string {
  const caption = captionOf(text, file);
  const row = `${safeFileName(file.name)} (${sizeText(file.size)}, ${file.type})`;
  if (caption === "") return row;
  // What has lines of its own begins on one: it may be code.
  return caption.includes("\n") ? `${row}\n${caption}` : `${row}: ${caption}`;
}
