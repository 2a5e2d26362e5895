/** How often an address may do what is costly, or leaves something behind. */

import { opensAt, type Rate, rateOf, spend } from "./rate.ts";
import { Refusal } from "./refusal.ts";

/** Addresses that are remembered; the one that began longest ago gives way. */
const MAX_ADDRESSES = 10_000;

/** Counts by address: so many an hour, and as many at once. It is told the time, in ms. */
export class Quota {
  readonly #rate: Rate;
  readonly #due = new Map<string, number>();

  constructor(perHour: number) {
    this.#rate = rateOf(perHour / 3_600, perHour);
  }

  /** Whether one more would do, without counting it. */
  allows(address: string, now: number): boolean {
    return this.#waitMs(this.#spent(address, now), now) <= 1;
  }

  /** Counts one; throws a {@linkcode Refusal} (`try-later`) with `text` when there were too many. */
  spend(address: string, now: number, text: string): void {
    const waitMs = this.#waitMs(this.#spent(address, now), now);
    // A millisecond more or less comes of adding up fractions.
    if (waitMs > 1) throw new Refusal("try-later", text, Math.ceil(waitMs));
    this.count(address, now);
  }

  /** Counts one, be it too many. */
  count(address: string, now: number): void {
    if (this.#due.size >= MAX_ADDRESSES) {
      for (const oldest of this.#due.keys()) {
        this.#due.delete(oldest);
        break;
      }
    }
    this.#due.set(address, this.#spent(address, now));
  }

  /** Forgets those who may do it as often as anybody. */
  expire(now: number): void {
    for (const [address, due] of this.#due) if (due <= now) this.#due.delete(address);
  }

  #spent(address: string, now: number): number {
    return spend(this.#rate, this.#due.get(address) ?? 0, 1, now);
  }

  #waitMs(due: number, now: number): number {
    return opensAt(this.#rate, due) - now;
  }
}
