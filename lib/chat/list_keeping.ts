/** Has kept what accounts have listed and read: soon after it changed, and never one by one. */

import type { HouseParts } from "./house_parts.ts";
import { put } from "./put.ts";

/** How long a mark waits before it is kept, in ms: people read much more often than they leave. */
const KEEP_MS = 5_000;
/** Changes in one fact: many are cut into several, between which others have their turn. */
const MOST_CHANGES = 500;

/** Puts what differs from what is kept. */
export class ListKeeping {
  readonly #parts: () => HouseParts;
  #keptAt = -Infinity;
  /** Facts that are on their way: what has changed since waits until they have come back. */
  #underWay = 0;

  constructor(parts: () => HouseParts) {
    this.#parts = parts;
  }

  /** Puts what has waited long enough at `now`. */
  expire(now: number): void {
    if (now - this.#keptAt < KEEP_MS || this.#underWay > 0) return;
    this.#keptAt = now;
    this.keepAll();
  }

  /** Puts all that differs from what is kept, as nothing waits any more when the server stops. */
  keepAll(): void {
    const all = this.#parts().state.lists.unkept();
    const done = (): void => void this.#underWay--;
    for (let at = 0; at < all.length; at += MOST_CHANGES) {
      this.#underWay++;
      const changes = all.slice(at, at + MOST_CHANGES);
      put(this.#parts(), { kind: "list", changes }, { done });
    }
  }

  /** Puts now what has changed of one account: it has listed something, or one of its devices leaves. */
  keep(account: string | undefined): void {
    if (account === undefined) return;
    const parts = this.#parts();
    const changes = parts.state.lists.unkept(account);
    if (changes.length > 0) put(parts, { kind: "list", changes });
  }
}
