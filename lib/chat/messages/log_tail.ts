/**
 * The end of one log in memory: its last entries without holes. All that is about a message comes after
 * it, so what was done about each of the messages here is here, too. It is also known which entries are
 * about a message that is not here any more, since its edits go with it when it is removed.
 */

import type { Message } from "../../wire/events.ts";
import { asNow, reactsTo, untilStanding } from "./as_now.ts";
import { countUpTo } from "./count_up_to.ts";
import {
  emptiedEntry,
  type EntryRange,
  type HistoryEntry,
  isAbout,
  isMessage,
  isWanted,
  type LifeEntry,
  type ReplacedEntry,
  type RevisedEntry,
  seqOf,
} from "./entries.ts";
import { EntriesAbout } from "./entries_about.ts";
import { emptied, fold, withQuotes } from "./fold.ts";
import type { Page, PageRange, Reactor, Stored } from "./history.ts";
import type { LogKey } from "./log_key.ts";

/** The first and the last of the numbers of a log that are kept, here or elsewhere. */
export interface Numbers {
  readonly first: number;
  readonly last: number;
}

/** The end of a log. */
export class LogTail {
  readonly key: LogKey;
  #last = 0;
  #entries: HistoryEntry[] = [];
  /** Where `#entries` begins; what is before it has been dropped. */
  #head = 0;
  /** The numbers of the entries that are no messages, in ascending order. */
  #others: number[] = [];
  #about: EntriesAbout | undefined;
  /** The messages that were edited, with their newest text. */
  #edited: Map<number, Stored> | undefined;

  constructor(key: LogKey) {
    this.key = key;
  }

  /** The number of the last entry. */
  get last(): number {
    return this.#last;
  }

  /** The number from which on all entries are here. */
  get first(): number {
    return this.#last - this.length + 1;
  }

  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** How many of the entries are messages. */
  get messages(): number {
    return this.length - this.#others.length;
  }

  /** Adds the entry that follows the last one; after {@linkcode shift} has emptied it, any. */
  push(entry: HistoryEntry): void {
    this.#last = seqOf(entry);
    this.#entries.push(entry);
    if (isMessage(entry)) return;
    this.#others.push(this.#last);
    if (!isAbout(entry)) return;
    this.#about ??= new EntriesAbout();
    this.#about.add(entry);
    const target = entry.kind === "revised" ? this.#message(entry.re) : undefined;
    if (target === undefined || entry.kind !== "revised") return;
    const message = { ...target.message, text: entry.text, edited: entry.at };
    (this.#edited ??= new Map()).set(message.seq, { ...target, message });
  }

  /** Drops the oldest entry, and returns it. */
  shift(): HistoryEntry | undefined {
    if (this.length === 0) return undefined;
    const { first } = this;
    const entry = this.#entries[this.#head] as HistoryEntry;
    (this.#entries as Array<HistoryEntry | undefined>)[this.#head++] = undefined;
    if (this.#others[0] === first) this.#others.shift();
    if (isAbout(entry)) this.#about?.drop(entry);
    this.#edited?.delete(first);
    if (this.#head >= 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** The entry with a number. */
  get(seq: number): HistoryEntry | undefined {
    return seq < this.first ? undefined : this.#entries[this.#head + seq - this.first];
  }

  /** What was done about a message, in order of seq. */
  about(seq: number): readonly LifeEntry[] {
    return this.#about?.of(seq) ?? [];
  }

  /** The messages that are pinned now, the one that was pinned last at the end. */
  pinned(): readonly Stored[] {
    return this.#about?.pinned().flatMap((seq) => this.#message(seq) ?? []) ?? [];
  }

  /** Empties a message that was removed, and its edits, as far as they are here. */
  empty(seq: number): readonly ReplacedEntry[] {
    const stored = this.#message(seq);
    const edits = this.emptyEdits(seq);
    if (stored === undefined) return edits;
    const { mentions: _, question: __, ...rest } = stored as Stored & { mentions?: unknown };
    const to = { ...rest, message: emptied(stored.message) };
    this.#set(to);
    return [{ from: stored, to }, ...edits];
  }

  /** Gives the copy of a message in an inbox its newest text. */
  rewrite(seq: number, { text, at: edited }: RevisedEntry): void {
    const stored = this.#message(seq);
    if (stored === undefined) return;
    this.#set({ ...stored, message: { ...stored.message, text, edited } });
  }

  /** Empties the edits of all messages before `first`, here or not. */
  emptyEditsBefore(first: number): readonly ReplacedEntry[] {
    return this.#about?.messages.flatMap((re) => re < first ? this.emptyEdits(re) : []) ?? [];
  }

  /** Empties the edits of a message. */
  emptyEdits(seq: number): readonly ReplacedEntry[] {
    this.#edited?.delete(seq);
    return this.#about?.takeEdits(seq).map((from) => {
      const to = emptiedEntry(from);
      this.#set(to);
      return { from, to };
    }) ?? [];
  }

  /** Messages from the newest to the oldest, with their newest texts. */
  *backwards(): Generator<Stored> {
    for (let i = this.#entries.length - 1; i >= this.#head; i--) {
      const entry = this.#entries[i] as HistoryEntry;
      if (isMessage(entry)) yield this.#edited?.get(entry.message.seq) ?? entry;
    }
  }

  /** A page of a log that has the numbers `kept`; `undefined` when a part of it is not here. */
  page(range: PageRange, kept: Numbers): Page | undefined {
    const found = range.after === undefined
      ? this.#backward(range, kept)
      : this.#forward(range.after, range, kept);
    if (found === undefined) return undefined;
    const { messages, more } = found;
    const entries = this.readable(messages, kept, range.asker);
    return entries && { entries, more, upTo: kept.last };
  }

  /** Messages as they are to be read; `undefined` when something that they answer is not here. */
  readable(
    messages: readonly Stored[],
    kept: Numbers,
    asker?: Reactor,
  ): readonly Stored[] | undefined {
    const folded = this.#fold(messages, asker);
    return this.#knowsAnswered(messages, kept) ? this.#quoting(folded) : undefined;
  }

  /** A message as it is to be read, without what it answers. */
  folded(seq: number): Message | undefined {
    const stored = this.#message(seq);
    return stored && this.#fold([stored])[0]?.message;
  }

  /** Entries as they stand now; `undefined` when a part of them is not here. */
  entries(range: EntryRange, kept: Numbers): readonly HistoryEntry[] | undefined {
    const from = Math.max(kept.first, range.after + 1);
    if (from > kept.last) return [];
    if (from < this.first) return undefined;
    const place = this.#head + 1 - this.first;
    const entries = untilStanding(
      { ...range, after: from - 1 },
      (after) => this.#asNow(place + after, range, kept),
    );
    if (entries === undefined) return undefined;
    const answers = entries.filter(isMessage).filter(({ message: { re } }) => re !== undefined);
    if (answers.length === 0) return entries;
    if (!this.#knowsAnswered(answers, kept)) return undefined;
    const quoting = new Map(this.#quoting(answers).map((each) => [each.message.seq, each]));
    return entries.map((entry) => quoting.get(seqOf(entry)) ?? entry);
  }

  /** How many messages come after a number, without those that were removed; `undefined` when that is not known here. */
  messagesAfter(seq: number, kept: Numbers): number | undefined {
    const after = Math.max(seq, kept.first - 1);
    if (after >= this.#last) return 0;
    if (after < this.first - 1) return undefined;
    const removed = this.#about?.removedAfter(after) ?? 0;
    return this.#last - after - removed - (this.#others.length - countUpTo(this.#others, after));
  }

  /** The number after which the last `limit` messages come; `undefined` when that is not known here. */
  beforeLast(limit: number, kept: Numbers): number | undefined {
    if (this.#others.length === 0) {
      const before = Math.max(kept.first - 1, this.#last - limit);
      return before < this.first - 1 ? undefined : before;
    }
    const found = this.#backward({ limit }, kept);
    if (found === undefined) return undefined;
    const [first] = found.messages;
    if (found.more) return first === undefined ? this.#last : first.message.seq - 1;
    return kept.first - 1;
  }

  #message(seq: number): Stored | undefined {
    const entry = this.get(seq);
    return entry !== undefined && isMessage(entry) ? entry : undefined;
  }

  #backward(
    { before = Infinity, limit, files }: PageRange,
    kept: Numbers,
  ): { readonly messages: Stored[]; readonly more: boolean } | undefined {
    const messages: Stored[] = [];
    let more = false;
    for (let seq = Math.min(before - 1, this.#last); seq >= kept.first; seq--) {
      const entry = this.get(seq);
      // Whether there is a message among what is not here does not matter much once the page is full.
      if (entry === undefined && messages.length < limit) return undefined;
      if (entry !== undefined && !isWanted(entry, files)) continue;
      more = messages.length === limit;
      if (more || entry === undefined) break;
      messages.push(entry);
    }
    return { messages: messages.reverse(), more };
  }

  #forward(
    after: number,
    { limit, files }: PageRange,
    kept: Numbers,
  ): { readonly messages: Stored[]; readonly more: boolean } | undefined {
    const messages: Stored[] = [];
    for (let seq = Math.max(kept.first, after + 1); seq <= this.#last; seq++) {
      const entry = this.get(seq);
      if (entry === undefined) return undefined;
      if (!isWanted(entry, files)) continue;
      if (messages.length === limit) return { messages, more: true };
      messages.push(entry);
    }
    return { messages, more: false };
  }

  #fold(messages: readonly Stored[], asker?: Reactor): readonly Stored[] {
    const about = this.#about;
    if (about === undefined) return messages;
    return fold(messages, messages.flatMap(({ message: { seq } }) => about.of(seq)), asker);
  }

  /** Some entries as they stand; `undefined` when what became of one is not here. */
  #asNow(
    start: number,
    { limit, session }: EntryRange,
    kept: Numbers,
  ): ReturnType<typeof asNow> | undefined {
    const about = this.#about;
    const part = this.#entries.slice(start, start + limit);
    if (about === undefined) return part;
    if (part.some((entry) => reactsTo(entry, kept.first, this.first))) return undefined;
    return asNow(part, {
      ofMessage: (stored) => this.#edited?.get(stored.message.seq) ?? stored,
      stands: (entry) => entry.re >= kept.first && about.stands(entry),
      count: about.counts(),
      session,
    });
  }

  #quoting(messages: readonly Stored[]): readonly Stored[] {
    return withQuotes(messages, (seq) => this.folded(seq));
  }

  /** Whether all that messages answer is here, or nowhere. */
  #knowsAnswered(messages: readonly Stored[], kept: Numbers): boolean {
    return messages.every(({ message: { re } }) =>
      re === undefined || re >= this.first || re < kept.first
    );
  }

  #set(entry: HistoryEntry): void {
    this.#entries[this.#head + seqOf(entry) - this.first] = entry;
  }
}
