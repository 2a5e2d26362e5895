/** Has kept what accounts have listed and read: soon after it changed, and never one by one. */

import type { HouseParts } from "./house_parts.ts";
import { fitting } from "./messages/fits.ts";
import type { ListChange } from "./people/records.ts";
import { put } from "./put.ts";

/** How long a mark waits before it is kept, in ms: people read much more often than they leave. */
const KEEP_MS = 5_000;
/**
 * Changes in one fact, at most and if they are not too long: many are cut into several, between which others
 * have their turn, and a message of a cluster's log has a largest size.
 */
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
    const done = (): void => void this.#underWay--;
    for (const changes of parts(this.#parts().state.lists.unkept())) {
      this.#underWay++;
      put(this.#parts(), { kind: "list", changes }, { done });
    }
  }

  /** Puts now what has changed of one account: it has listed something, or one of its devices leaves. */
  keep(account: string | undefined): void {
    if (account === undefined) return;
    const house = this.#parts();
    for (const changes of parts(house.state.lists.unkept(account))) {
      put(house, { kind: "list", changes });
    }
  }
}

/** Changes in as many parts as facts are put. */
function* parts(all: readonly ListChange[]): Generator<readonly ListChange[]> {
  for (let at = 0; at < all.length;) {
    const changes = fitting(all.slice(at, at + MOST_CHANGES));
    yield changes;
    at += changes.length;
  }
}
