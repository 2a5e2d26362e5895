/** The entries at the end of a log that are about messages, by the message that each is about. */

import type { LifeEntry, RevisedEntry } from "./entries.ts";

const NO_ENTRIES: readonly LifeEntry[] = [];

/** Entries of one log. They come and go in order of seq. */
export class EntriesAbout {
  readonly #entries = new Map<number, LifeEntry[]>();

  /** The numbers of the messages that there are entries about, whether those are here or not. */
  get messages(): number[] {
    return [...this.#entries.keys()];
  }

  /** Those about a message, in order of seq. */
  of(message: number): readonly LifeEntry[] {
    return this.#entries.get(message) ?? NO_ENTRIES;
  }

  /** The last edit of a message. */
  lastEdit(message: number): RevisedEntry | undefined {
    return this.of(message).findLast((entry) => entry.kind === "revised");
  }

  /** How many messages after a number were removed; nothing is done about them after that. */
  removedAfter(seq: number): number {
    let count = 0;
    for (const [re, about] of this.#entries) {
      if (re > seq && about.at(-1)?.kind === "removed") count++;
    }
    return count;
  }

  /** Adds the last one. */
  add(entry: LifeEntry): void {
    const about = this.#entries.get(entry.re);
    if (about === undefined) this.#entries.set(entry.re, [entry]);
    else about.push(entry);
  }

  /** Drops the first one about a message. */
  drop({ re }: LifeEntry): void {
    const about = this.#entries.get(re);
    about?.shift();
    if (about?.length === 0) this.#entries.delete(re);
  }

  /** Takes out the edits of a message. */
  takeEdits(message: number): readonly RevisedEntry[] {
    const about = this.of(message);
    const edits = about.filter((entry) => entry.kind === "revised");
    if (edits.length === 0) return edits;
    if (edits.length === about.length) this.#entries.delete(message);
    else this.#entries.set(message, about.filter(({ kind }) => kind !== "revised"));
    return edits;
  }
}
