/** An index that gives only what a client can take; what is larger has a stub in its place. */

import { fits } from "./fits.ts";
import type { Page, Range, Search } from "./history.ts";
import type { Index } from "./log/fact_log.ts";
import type { LogKey, RoomLog } from "./log_key.ts";
import type { Named } from "./sanctions.ts";
import { withheld } from "./withheld.ts";

/** Hands everything on but texts whose event would have more than `messageBytes`. */
export class FittingIndex implements Index {
  readonly #index: Index;
  readonly #messageBytes: number;

  constructor(index: Index, messageBytes: number) {
    this.#index = index;
    this.#messageBytes = messageBytes;
  }

  get epoch(): string {
    return this.#index.epoch;
  }

  get trouble(): string | undefined {
    return this.#index.trouble;
  }

  last(log: LogKey): number {
    return this.#index.last(log);
  }

  rooms(): Iterable<Named> {
    return this.#index.rooms();
  }

  has(log: RoomLog): boolean {
    return this.#index.has(log);
  }

  topic(log: RoomLog): string {
    return this.#index.topic(log);
  }

  keptBy(opener: string): number {
    return this.#index.keptBy(opener);
  }

  recall(session: string): boolean | Promise<boolean> {
    return this.#index.recall(session);
  }

  audit(limit: number): ReturnType<Index["audit"]> {
    return this.#index.audit(limit);
  }

  page(log: LogKey, range: Range): Page | Promise<Page> {
    return this.#fit(this.#index.page(log, range));
  }

  search(search: Search): Page | Promise<Page> {
    return this.#fit(this.#index.search(search));
  }

  #fit(page: Page | Promise<Page>): Page | Promise<Page> {
    if (page instanceof Promise) return page.then((page) => this.#fitted(page));
    return this.#fitted(page);
  }

  #fitted(page: Page): Page {
    if (page.entries.every(({ message }) => fits(message.text, this.#messageBytes))) return page;
    const entries = page.entries.map((entry) => {
      const { message } = entry;
      if (fits(message.text, this.#messageBytes)) return entry;
      return { ...entry, message: withheld(message, "too-large") };
    });
    return { ...page, entries };
  }
}
