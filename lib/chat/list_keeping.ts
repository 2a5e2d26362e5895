/** Has kept what accounts have listed and read: soon after it changed, and never one by one. */

import type { HouseParts } from "./house_parts.ts";
import { put } from "./put.ts";

/** How long a mark waits before it is kept, in ms: people read much more often than they leave. */
const KEEP_MS = 5_000;
/** Changes in one fact at most, but for those of one account. */
const MOST_CHANGES = 500;

/** Puts what differs from what is kept. */
export class ListKeeping {
  readonly #parts: () => HouseParts;
  #keptAt = -Infinity;
  /** A fact is on its way: what has changed since waits for the next one. */
  #isUnderWay = false;

  constructor(parts: () => HouseParts) {
    this.#parts = parts;
  }

  /** Puts what has waited long enough at `now`. */
  expire(now: number): void {
    if (now - this.#keptAt < KEEP_MS || this.#isUnderWay) return;
    const changes = this.#parts().state.lists.unkept(MOST_CHANGES);
    if (changes.length === 0) return;
    this.#keptAt = now;
    this.#isUnderWay = true;
    const done = (): void => void (this.#isUnderWay = false);
    put(this.#parts(), { kind: "list", changes }, { done });
  }

  /** Puts now what has changed of one account: it has listed something, or one of its devices leaves. */
  keep(account: string | undefined): void {
    if (account === undefined) return;
    const parts = this.#parts();
    const changes = parts.state.lists.unkept(Infinity, account);
    if (changes.length > 0) put(parts, { kind: "list", changes });
  }
}
