/**
 * A history that takes and gives only what a client can take: an event that is larger than may wait for
 * one would cut off everybody who enters its room, each time anew.
 */

import { bytesInEvent } from "../wire/event.ts";
import type { Draft, History, Outcome, Page, Range, Search, TopicDraft } from "./history.ts";
import type { LogKey, RoomLog } from "./log_key.ts";
import type { LogFigures } from "./log/figures.ts";
import { Refusal } from "./refusal.ts";
import type { Named } from "./sanctions.ts";
import { withheld } from "./withheld.ts";

/** Bytes of an event besides its text: names, a room, a time, an id. */
const REST_BYTES = 2_048;
/** Bytes of JSON that one UTF-16 code unit takes at most, as `\u0001` does. */
const JSON_FACTOR = 6;

/** Hands everything on but texts whose event would have more than `messageBytes`. */
export class FittingHistory implements History {
  readonly #history: History;
  readonly #messageBytes: number;

  constructor(history: History, messageBytes: number) {
    this.#history = history;
    this.#messageBytes = messageBytes;
  }

  get epoch(): string {
    return this.#history.epoch;
  }

  get trouble(): string | undefined {
    return this.#history.trouble;
  }

  get figures(): LogFigures | undefined {
    return this.#history.figures;
  }

  append(draft: Draft, done: (outcome: Outcome) => void): void | Promise<void> {
    if (this.#fits(draft.text)) return this.#history.append(draft, done);
    const text =
      `A message that takes ${bytesInEvent(draft.text)} bytes as JSON can't be passed on: ` +
      `at most ${this.#messageBytes} may wait for a client; send it in parts`;
    done({ kind: "refused", refusal: new Refusal("too-large", text) });
  }

  page(log: LogKey, range: Range): Page | Promise<Page> {
    return this.#fit(this.#history.page(log, range));
  }

  search(search: Search): Page | Promise<Page> {
    return this.#fit(this.#history.search(search));
  }

  setTopic(topic: TopicDraft, done: (refusal?: Refusal) => void): void {
    this.#history.setTopic(topic, done);
  }

  last(log: LogKey): number {
    return this.#history.last(log);
  }

  topic(log: RoomLog): string {
    return this.#history.topic(log);
  }

  rooms(): Iterable<Named> {
    return this.#history.rooms();
  }

  has(log: RoomLog): boolean {
    return this.#history.has(log);
  }

  keptBy(opener: string): number {
    return this.#history.keptBy(opener);
  }

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    this.#history.removeEmpty(isOpen);
  }

  recall(session: string): boolean | Promise<boolean> {
    return this.#history.recall(session);
  }

  keepSession(session: string): void {
    this.#history.keepSession(session);
  }

  forgetSession(session: string): void {
    this.#history.forgetSession(session);
  }

  settled(): Promise<void> | undefined {
    return this.#history.settled();
  }

  #fit(page: Page | Promise<Page>): Page | Promise<Page> {
    if (page instanceof Promise) return page.then((page) => this.#fitted(page));
    return this.#fitted(page);
  }

  #fitted(page: Page): Page {
    if (page.entries.every(({ message }) => this.#fits(message.text))) return page;
    const entries = page.entries.map((entry) => {
      const { message } = entry;
      if (this.#fits(message.text)) return entry;
      return { ...entry, message: withheld(message, "too-large") };
    });
    return { ...page, entries };
  }

  #fits(text: string): boolean {
    const most = Math.max(this.#messageBytes / 2, this.#messageBytes - REST_BYTES);
    return text.length * JSON_FACTOR <= most ||
      text.length <= most && bytesInEvent(text) <= most;
  }
}
