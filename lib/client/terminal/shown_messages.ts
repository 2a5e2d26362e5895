/**
 * The messages that were shown: each has a number, by which the person means it, and changes when it is
 * edited, removed, pinned or reacted to. Does no IO.
 */

import type { EventOf, Message } from "../../wire/events.ts";
import { captionOf } from "../../words/files.js";
import { foldEntry, type LifeEvent, RecentEntries } from "../../words/fold.js";

/** The most messages that are remembered, and the most of their texts, in UTF-16 code units. */
const MAX_MESSAGES = 2_000;
const MAX_LENGTH = 4_194_304;
/** So many are forgotten at once: a map is slow to find its oldest behind others that are gone. */
const FORGOTTEN = 100;
/** Of the most rooms and conversations it is remembered what was done lately. */
const MAX_LOGS = 100;

/** A message as it is now; of a conversation, `room` is what it goes by here. */
export interface ShownMessage extends Message {
  /** Up to which number what was done is in it already. */
  readonly upTo?: number;
}

/** What is remembered of one. */
export interface KnownMessage {
  readonly message: ShownMessage;
  /** Whether the person has said it. */
  readonly own: boolean;
}

/** The messages of all rooms and conversations; `log` is what each of those goes by for good. */
export class ShownMessages {
  /** In the order in which they were shown first. */
  readonly #messages = new Map<string, KnownMessage & { readonly log: string }>();
  readonly #recent = new Map<string, RecentEntries>();
  /** How often the numbers of a log have begun again. */
  readonly #eras = new Map<string, number>();
  #length = 0;

  /** What a message goes by among those on screen, also when others have its number. */
  keyOf(log: string, seq: number): string {
    return `${seq} ${this.#eras.get(log) ?? 0} ${log}`;
  }

  /** A message is shown; one without a number can't be meant. */
  note(log: string, message: ShownMessage, own: boolean): void {
    if (message.seq === 0) return;
    const key = this.keyOf(log, message.seq);
    const before = this.#messages.get(key);
    // One that is shown again in a page does not become the last that was said.
    this.#length += message.text.length - (before?.message.text.length ?? 0);
    this.#messages.set(key, { log, message, own: own || before?.own === true });
    if (this.#messages.size <= MAX_MESSAGES && this.#length <= MAX_LENGTH) return;
    const most = this.#messages.size > MAX_MESSAGES ? MAX_MESSAGES - FORGOTTEN : MAX_MESSAGES;
    for (const [oldest, { message: { text } }] of this.#messages) {
      if (this.#messages.size <= most && this.#length <= MAX_LENGTH) break;
      this.#messages.delete(oldest);
      this.#length -= text.length;
    }
  }

  /** The message with a number; `undefined` if it was not shown, or too long ago. */
  get(log: string, seq: number): KnownMessage | undefined {
    return this.#messages.get(this.keyOf(log, seq));
  }

  /** What was shown of a room or conversation, the latest first. */
  in(log: string): KnownMessage[] {
    const all = [...this.#messages.values()].filter((each) => each.log === log);
    return all.sort((a, b) => b.message.seq - a.message.seq);
  }

  /** The number of the last message there, removed or not; 0: none. */
  lastIn(log: string): number {
    return this.in(log)[0]?.message.seq ?? 0;
  }

  /** What the person said last there, and did not remove; `isRemoved`: they have asked for that. */
  lastOwn(log: string, isRemoved: (seq: number) => boolean): ShownMessage | undefined {
    let last: ShownMessage | undefined;
    for (const each of this.#messages.values()) {
      const { own, message } = each;
      if (each.log !== log || !own || message.text === "") continue;
      if (message.seq > (last?.seq ?? 0) && !isRemoved(message.seq)) last = message;
    }
    return last;
  }

  /** Something was done about a message. Returns those that are shown otherwise now. */
  take(log: string, entry: LifeEvent): KnownMessage[] {
    this.#recentIn(log).note(entry);
    const changed: KnownMessage[] = [];
    for (const [key, each] of this.#messages) {
      if (each.log !== log) continue;
      const message = foldEntry(each.message, entry);
      if (message === each.message) continue;
      this.#length += message.text.length - each.message.text.length;
      const now = { ...each, message };
      this.#messages.set(key, now);
      changed.push(now);
    }
    return changed;
  }

  /** The messages of a page, with what was done while it was on its way. */
  foldPage(log: string, page: Pick<EventOf<"page">, "messages" | "upTo">): ShownMessage[] {
    // More than is kept can't have come: we would be told of a gap.
    return this.#recentIn(log).foldPage<ShownMessage>(page) ?? [...page.messages];
  }

  /** These numbers hold nothing any more. */
  emptied(log: string, from: number, to: number): void {
    for (const [key, each] of this.#messages) {
      const { seq, text } = each.message;
      if (each.log !== log || seq < from || seq > to) continue;
      this.#messages.delete(key);
      this.#length -= text.length;
    }
  }

  /** The numbers of a log begin again: those that were used before mean other messages now. */
  renumber(log: string): void {
    this.emptied(log, 0, Infinity);
    this.#recent.delete(log);
    this.#eras.set(log, (this.#eras.get(log) ?? 0) + 1);
  }

  #recentIn(log: string): RecentEntries {
    const recent = this.#recent.get(log) ?? new RecentEntries();
    this.#recent.delete(log);
    this.#recent.set(log, recent);
    const [oldest = ""] = this.#recent.keys();
    if (this.#recent.size > MAX_LOGS) this.#recent.delete(oldest);
    return recent;
  }
}

/** What somebody has written of a message: without what stands for a file. */
export function writtenOf({ seq, text, file }: Message): { seq: number; text: string } {
  return { seq, text: file === undefined ? text : captionOf(text, file) };
}
