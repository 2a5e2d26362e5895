/** How often an address may do what is costly, or what takes up a place for good. */

import { tryLater } from "../refusal.ts";
import { opensAt, type Rate, rateOf, spend } from "./rate.ts";

/** The most addresses that are remembered; the one that was added first is dropped first. */
const MAX_ADDRESSES = 10_000;

/** What a quota has counted. */
export type QuotaDump = ReadonlyArray<readonly [address: string, due: number]>;

/** Counts by address: so many an hour, all of which may come at once. Times are in ms. */
export class Quota {
  readonly #perHour: () => number;
  /** What that was when it was asked last. */
  #was: number;
  readonly #due = new Map<string, number>();

  /** `perHour` is asked each time, since it may change. */
  constructor(perHour: () => number) {
    this.#perHour = perHour;
    this.#was = perHour();
  }

  /** What is counted, in order: when each address has its whole quota again. */
  get dump(): QuotaDump {
    return [...this.#due];
  }

  /** Counts what was counted, where nothing is. */
  load(dump: QuotaDump): void {
    for (const [address, due] of dump) this.#due.set(address, due);
  }

  /** After how many ms one more is allowed; 0: now. It is not counted. */
  waitMs(address: string, now: number): number {
    const waitMs = opensAt(this.#rate(now), this.#spent(address, now)) - now;
    // Adding up fractions of a ms is off by a little: 1 ms does not count.
    return waitMs > 1 ? waitMs : 0;
  }

  /**
   * Counts one; throws a `Refusal` (`try-later`) when there were too many. Its text begins with `text`,
   * and says when there is one again.
   */
  spend(address: string, now: number, text: string): void {
    this.check(address, now, text);
    this.count(address, now);
  }

  /** Throws the `Refusal` that {@linkcode spend} would, and counts nothing. */
  check(address: string, now: number, text: string): void {
    const waitMs = this.waitMs(address, now);
    if (waitMs > 0) throw tryLater(text, waitMs);
  }

  /** Counts one, even if it is one too many. */
  count(address: string, now: number): void {
    if (this.#due.size >= MAX_ADDRESSES) {
      for (const oldest of this.#due.keys()) {
        this.#due.delete(oldest);
        break;
      }
    }
    this.#due.set(address, this.#spent(address, now));
  }

  /** What was counted for an address came to nothing, and counts no more. */
  giveBack(address: string, now: number): void {
    const { msEach } = this.#rate(now);
    const due = this.#due.get(address);
    if (due === undefined) return;
    if (due - msEach > now) this.#due.set(address, due - msEach);
    else this.#due.delete(address);
  }

  /** Forgets the addresses that have their whole quota again. */
  expire(now: number): void {
    for (const [address, due] of this.#due) if (due <= now) this.#due.delete(address);
  }

  /** The rate now. When it has changed, what was counted stays as many, which is another time. */
  #rate(now: number): Rate {
    const perHour = this.#perHour();
    if (perHour !== this.#was) {
      for (const [address, due] of this.#due) {
        if (due > now) this.#due.set(address, now + (due - now) * this.#was / perHour);
      }
      this.#was = perHour;
    }
    return rateOf(perHour / 3_600, perHour);
  }

  #spent(address: string, now: number): number {
    const rate = this.#rate(now);
    return spend(rate, this.#due.get(address) ?? 0, 1, now);
  }
}
