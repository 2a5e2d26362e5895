/** How often an address may do what is costly, or leaves something behind. */

import { opensAt, type Rate, rateOf, spend } from "./rate.ts";
import { Refusal } from "./refusal.ts";

/** Addresses that are remembered; the one that began longest ago gives way. */
const MAX_ADDRESSES = 10_000;

/** Counts by address: so many an hour, and as many at once. */
export class Quota {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #due = new Map<string, number>();

  constructor(perHour: number, now: () => number) {
    this.#rate = rateOf(perHour / 3_600, perHour);
    this.#now = now;
  }

  /** Whether one more would do, without counting it. */
  allows(address: string): boolean {
    const now = this.#now();
    return opensAt(this.#rate, spend(this.#rate, this.#due.get(address) ?? 0, 1, now)) <= now + 1;
  }

  /** Counts one; throws a {@linkcode Refusal} (`try-later`) with `text` when there were too many. */
  spend(address: string, text: string): void {
    const now = this.#now();
    const due = spend(this.#rate, this.#due.get(address) ?? 0, 1, now);
    // A millisecond more or less comes of adding up fractions.
    const waitMs = opensAt(this.#rate, due) - now;
    if (waitMs > 1) throw new Refusal("try-later", text, Math.ceil(waitMs));
    if (this.#due.size >= MAX_ADDRESSES) {
      for (const oldest of this.#due.keys()) {
        this.#due.delete(oldest);
        break;
      }
    }
    this.#due.set(address, due);
  }

  /** Forgets those who may do it as often as anybody. */
  expire(): void {
    const now = this.#now();
    for (const [address, due] of this.#due) if (due <= now) this.#due.delete(address);
  }
}
