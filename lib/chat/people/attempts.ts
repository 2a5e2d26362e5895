/** Counts wrong passwords by address: after each, the address has to wait longer. */

import { tryLater } from "../refusal.ts";

/** The wait after the first wrong password, and the longest, in ms. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** How long after its last wrong password an address is remembered, in ms. */
const FORGET_MS = 15 * 60_000;
/** The most addresses that are remembered; the one that failed longest ago is dropped first. */
const MAX_ADDRESSES = 10_000;

interface Tries {
  failures: number;
  failedAt: number;
  opensAt: number;
}

/**
 * Slows down guessing. There are no timers: a try that comes too early is refused without a look at
 * the password. A right password resets nothing, or guessers could log in to accounts of their own between
 * guesses.
 */
export class Attempts {
  readonly #now: () => number;
  /** In the order in which the addresses failed. */
  readonly #tries = new Map<string, Tries>();

  /** `now` has to be exact, since the wait is told in seconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#tries.size;
  }

  /** Throws a `Refusal` (`try-later`) while the address has to wait. */
  check(address: string): void {
    const waitMs = (this.#tries.get(address)?.opensAt ?? 0) - this.#now();
    if (waitMs <= 0) return;
    throw tryLater("Wrong passwords came from your address", waitMs);
  }

  /** A try was wrong, which makes the next one wait. */
  failed(address: string): void {
    const now = this.#now();
    const failures = this.#tries.get(address)?.failures ?? 0;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures, 10), LONGEST_WAIT_MS);
    this.#tries.delete(address);
    if (this.#tries.size >= MAX_ADDRESSES) this.#forgetOne();
    this.#tries.set(address, { failures: failures + 1, failedAt: now, opensAt: now + wait });
  }

  /** Forgets the addresses that failed long ago. */
  expire(): void {
    const before = this.#now() - FORGET_MS;
    for (const [address, { failedAt }] of this.#tries) {
      if (failedAt > before) break;
      this.#tries.delete(address);
    }
  }

  #forgetOne(): void {
    for (const oldest of this.#tries.keys()) {
      this.#tries.delete(oldest);
      return;
    }
  }
}
