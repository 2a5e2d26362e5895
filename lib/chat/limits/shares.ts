/** Who has had how much lately of what is shared out, such as an address, its network or an account. */

import { type Rate, rateOf, spend } from "./rate.ts";

/** The most that are remembered; the one that was added first is dropped first. */
const MAX_REMEMBERED = 10_000;

/** What one has had is forgotten at the rate of one a minute. */
const FORGOTTEN: Rate = rateOf(1 / 60, 1);

/** Counts by any text. Times are in ms. */
export class Shares {
  readonly #due = new Map<string, number>();

  /** How many are remembered. */
  get size(): number {
    return this.#due.size;
  }

  /** How much one has had that is not forgotten, in turns: a fraction, as it is forgotten bit by bit. */
  had(share: string, now: number): number {
    return Math.max(0, (this.#due.get(share) ?? 0) - now) / FORGOTTEN.msEach;
  }

  /** One has had a turn. */
  count(share: string, now: number): void {
    const due = spend(FORGOTTEN, this.#due.get(share) ?? 0, 1, now);
    if (!this.#due.has(share) && this.#due.size >= MAX_REMEMBERED) {
      for (const oldest of this.#due.keys()) {
        this.#due.delete(oldest);
        break;
      }
    }
    this.#due.set(share, due);
  }

  /** Forgets what is over. Call it now and then. */
  expire(now: number): void {
    for (const [share, due] of this.#due) if (due <= now) this.#due.delete(share);
  }
}

/**
 * The network of an address as connections are counted by: a /24 of IPv4, and a /48 of IPv6, which one site
 * may have to itself.
 */
export function networkOf(address: string): string {
  return address.includes(":")
    ? address.split(":").slice(0, 3).join(":")
    : address.split(".").slice(0, 3).join(".");
}
