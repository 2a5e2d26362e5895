/** Wrong passwords, counted by address: each makes the next try from there wait longer. */

import { Refusal } from "./refusal.ts";

/** The wait after the first wrong password, and the longest, in ms. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** How long after the last wrong one an address is remembered, in ms. */
const FORGET_MS = 15 * 60_000;
/** Addresses that are remembered; the one that failed longest ago gives way. */
const MAX_ADDRESSES = 10_000;
/** Passwords of one address that are being checked at once. */
const MAX_PENDING = 4;

interface Tries {
  failures: number;
  pending: number;
  failedAt: number;
  opensAt: number;
}

/**
 * Holds up whoever guesses. A table and no timers: a try that comes too early is refused unseen. A
 * right password forgives nothing, or one's own would pay for guessing at others'.
 */
export class Attempts {
  readonly #now: () => number;
  /** The address that failed last is last. */
  readonly #tries = new Map<string, Tries>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#tries.size;
  }

  /** Begins a try; throws a {@linkcode Refusal} (`try-later`) while the address has to wait. */
  begin(address: string): void {
    const now = this.#now();
    const tries = this.#tries.get(address) ?? this.#remember(address, now);
    if (now < tries.opensAt) {
      const seconds = Math.ceil(Math.round(tries.opensAt - now) / 1_000);
      throw new Refusal(
        "try-later",
        `Wrong passwords came from your address; try again in ${seconds} s`,
      );
    }
    if (tries.pending >= MAX_PENDING) {
      throw new Refusal("try-later", "Your address has others being checked; try again in 1 s");
    }
    tries.pending++;
  }

  /** Ends a try; a wrong one makes the next wait. */
  end(address: string, right: boolean): void {
    const tries = this.#tries.get(address);
    if (tries === undefined) return;
    tries.pending = Math.max(0, tries.pending - 1);
    if (right) {
      if (tries.failures === 0 && tries.pending === 0) this.#tries.delete(address);
      return;
    }
    const now = this.#now();
    const wait = FIRST_WAIT_MS * 2 ** Math.min(tries.failures++, 10);
    tries.failedAt = now;
    tries.opensAt = now + Math.min(wait, LONGEST_WAIT_MS);
    this.#tries.delete(address);
    this.#tries.set(address, tries);
  }

  /** Forgets those who failed long ago. */
  expire(): void {
    const before = this.#now() - FORGET_MS;
    for (const [address, { failedAt, pending }] of this.#tries) {
      if (failedAt > before) break;
      if (pending === 0) this.#tries.delete(address);
    }
  }

  #remember(address: string, now: number): Tries {
    if (this.#tries.size >= MAX_ADDRESSES) {
      for (const [oldest, { pending }] of this.#tries) {
        if (pending > 0) continue;
        this.#tries.delete(oldest);
        break;
      }
    }
    const tries: Tries = { failures: 0, pending: 0, failedAt: now, opensAt: 0 };
    this.#tries.set(address, tries);
    return tries;
  }
}
