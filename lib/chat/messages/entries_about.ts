/** The entries at the end of a log that are about messages, by the message that each is about. */

import {
  type AnsweredEntry,
  goesWithMessage,
  type LifeEntry,
  type ReactedEntry,
  type RevisedEntry,
} from "./entries.ts";
import { reactionsOf } from "./fold.ts";

const NO_ENTRIES: readonly LifeEntry[] = [];

/** Entries of one log. They come and go in order of seq. */
export class EntriesAbout {
  readonly #entries = new Map<number, LifeEntry[]>();
  /** The number of the last entry of each kind about each message; of reactions, by key and by whom. */
  readonly #last = new Map<string, number>();

  /** The numbers of the messages that there are entries about, whether those are here or not. */
  get messages(): number[] {
    return [...this.#entries.keys()];
  }

  /** Those about a message, in order of seq. */
  of(message: number): readonly LifeEntry[] {
    return this.#entries.get(message) ?? NO_ENTRIES;
  }

  /** Whether no later entry has taken its place, and its message was not removed. */
  stands(entry: LifeEntry): boolean {
    const { kind, re, seq } = entry;
    if (kind !== "removed" && this.#last.has(`${re} removed`)) return false;
    return this.#last.get(placeOf(entry)) === seq;
  }

  /** Of those who react to a message now, how many have done so by an entry, with its key. */
  counts(): (entry: ReactedEntry) => number {
    const known = new Map<number, ReturnType<typeof reactionsOf>>();
    return ({ re, key, seq }) => {
      const reactions = known.get(re) ?? reactionsOf(this.of(re));
      known.set(re, reactions);
      return [...reactions.get(key)?.values() ?? []].filter((each) => each.seq <= seq).length;
    };
  }

  /** The numbers of the messages that are pinned now, the one that was pinned last at the end. */
  pinned(): number[] {
    const pins = this.messages.map((re) => this.of(re).findLast(({ kind }) => kind === "pinned"));
    return pins.filter((pin) => pin?.kind === "pinned" && !pin.off && this.stands(pin))
      .sort((a, b) => (a?.seq ?? 0) - (b?.seq ?? 0)).map((pin) => pin?.re ?? 0);
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
    this.#last.set(placeOf(entry), entry.seq);
    const about = this.#entries.get(entry.re);
    if (about === undefined) this.#entries.set(entry.re, [entry]);
    else about.push(entry);
  }

  /** Drops the first one about a message. */
  drop(entry: LifeEntry): void {
    const { re } = entry;
    const place = placeOf(entry);
    if (this.#last.get(place) === entry.seq) this.#last.delete(place);
    const about = this.#entries.get(re);
    about?.shift();
    if (about?.length === 0) this.#entries.delete(re);
  }

  /** Takes out the edits of a message, and the answers to it. */
  takeEdits(message: number): ReadonlyArray<RevisedEntry | AnsweredEntry> {
    const about = this.of(message);
    const edits = about.filter(goesWithMessage);
    if (edits.length === 0) return edits;
    for (const each of edits) this.#last.delete(placeOf(each));
    if (edits.length === about.length) this.#entries.delete(message);
    else this.#entries.set(message, about.filter((each) => !goesWithMessage(each)));
    return edits;
  }
}

/** What a later entry would have to be of to take this one's place. */
function placeOf(entry: LifeEntry): string {
  const { kind, re } = entry;
  if (kind === "answered") return `${re} ${kind} ${entry.who}`;
  return kind === "reacted" ? `${re} ${kind} ${entry.key} ${entry.who}` : `${re} ${kind}`;
}
