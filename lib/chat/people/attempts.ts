/**
 * What is remembered of passwords by address: wrong ones, after each of which the address has to wait longer,
 * and to which accounts right ones came from it.
 */

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

/** The most addresses that are remembered of one account; the one used longest ago is dropped first. */
const MAX_OF_ACCOUNT = 8;
/** The most accounts of which any is remembered; the one that came in longest ago is dropped first. */
const MAX_ACCOUNTS = 10_000;

/** From which addresses people have come in to their accounts since the start: 8 for each of 10,000 at most. */
export class KnownPlaces {
  /** By account, each with those that were used last at the end. */
  readonly #addresses = new Map<string, readonly string[]>();

  /** Whether somebody came in to an account from an address. */
  has(account: string, address: string): boolean {
    return this.#addresses.get(account)?.includes(address) ?? false;
  }

  /** Somebody came in to an account from an address; `""` is none. */
  add(account: string, address: string): void {
    if (address === "") return;
    const others = (this.#addresses.get(account) ?? []).filter((each) => each !== address);
    this.#addresses.delete(account);
    this.#addresses.set(account, [...others, address].slice(-MAX_OF_ACCOUNT));
    if (this.#addresses.size <= MAX_ACCOUNTS) return;
    for (const oldest of this.#addresses.keys()) {
      this.#addresses.delete(oldest);
      break;
    }
  }
}
