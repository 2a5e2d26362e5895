/** The files of messages that were shown: each has a number, by which the person means it. */

import type { Message, SentFile } from "../../../wire/events.ts";
import { captionOf, safeFileName, sizeText } from "../../../words/files.js";

/** How many files are remembered. */
const MAX_FILES = 10_000;

/** A file, and the room or what else it goes by here that it was shown in. */
export interface ShownFile {
  readonly file: SentFile;
  readonly room: string;
}

/** Numbers files in the order in which they were shown first. */
export class ShownFiles {
  readonly #numbers = new Map<string, number>();
  readonly #files = new Map<number, ShownFile>();
  #last = 0;

  /** How many have been shown so far. */
  get last(): number {
    return this.#last;
  }

  /** The number of a file that is shown now. */
  numberOf(file: SentFile, room: string): number {
    const known = this.#numbers.get(file.id);
    if (known !== undefined) return known;
    const number = ++this.#last;
    this.#numbers.set(file.id, number);
    this.#files.set(number, { file, room });
    const [oldest] = this.#files;
    if (this.#files.size > MAX_FILES && oldest !== undefined) {
      this.#files.delete(oldest[0]);
      this.#numbers.delete(oldest[1].file.id);
    }
    return number;
  }

  /** What is shown of what was said: the text, or that there is a file, which has its number then. */
  said(
    { text, file, room = "" }: Pick<Message, "text" | "file"> & Partial<Pick<Message, "room">>,
  ): { text: string; fileNumber?: number } {
    if (file === undefined) return { text };
    return { text: fileText(file, text), fileNumber: this.numberOf(file, room) };
  }

  /** The file with this number. */
  get(number: number): ShownFile | undefined {
    return this.#files.get(number);
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
