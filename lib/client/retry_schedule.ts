/** Decides when a link tries again after a connection has ended, and when it gives up. */

import { delay } from "@std/async/delay";
import type { Servers } from "./servers.ts";

/** The first and the longest pause of the backoff, in ms. */
const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** The longest wait that a server may ask for, in ms. */
const MAX_RETRY_AFTER_MS = 30_000;
/** The backoff starts again after a connection that lasted so many ms, or was of use earlier. */
const PROVEN_MS = 1_000;

/** A connection that has ended. */
export interface Attempted {
  /** When it came up (`performance.now()`); `undefined`: it never did. */
  readonly onlineAt: number | undefined;
  /** Whether it has brought a message or an ack. */
  readonly served: boolean;
  /** How long the server asks us to wait, in ms. */
  readonly retryAfterMs: number;
  /** The first connection is still to be had at another server, so nothing was lost yet. */
  readonly goesOn?: boolean;
}

/** Counts the attempts of one link. */
export class RetrySchedule {
  readonly #giveUpMs: number;
  readonly #random: (() => number) | undefined;
  #count = 0;
  #lostAt: number | undefined;
  #hurried = new AbortController();

  /** `giveUpMs`: how long to try after a connection was lost. */
  constructor(giveUpMs = Infinity, random?: () => number) {
    this.#giveUpMs = giveUpMs;
    this.#random = random;
  }

  /** Waits before the next attempt, until `closing` or {@linkcode hurry}. */
  async pause(waitMs: number, closing: AbortSignal): Promise<void> {
    this.#hurried = new AbortController();
    const signal = AbortSignal.any([closing, this.#hurried.signal]);
    await delay(waitMs, { signal }).catch(() => {});
  }

  /** Ends a pause, to try at once. */
  hurry(): void {
    this.#hurried.abort();
  }

  /**
   * Chooses the server for the next attempt. Returns how long to wait before that, in ms; `undefined`: give
   * up. The pauses grow from one round of all servers to the next.
   */
  next(
    { onlineAt, served, retryAfterMs, goesOn = false }: Attempted,
    servers: Servers,
  ): number | undefined {
    const now = performance.now();
    const proven = onlineAt !== undefined && (served || now - onlineAt >= PROVEN_MS);
    if (proven) this.#count = 0;
    const next = servers.next(proven, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS), now);
    // Whole ms: it is a point in time less another one.
    const waitMs = Math.round(next.waitMs) +
      backoffMs(next.isFresh ? 0 : this.#count++, this.#random);
    if (goesOn) return waitMs;
    if (proven || this.#lostAt === undefined) this.#lostAt = now;
    return now - this.#lostAt + waitMs > this.#giveUpMs ? undefined : waitMs;
  }
}

/**
 * The pause before repetition `n` (from 0), in ms: exponential backoff with full jitter, so that clients
 * that lost the same server do not come back all at once (see "Exponential Backoff And Jitter", AWS,
 * 2015). At least a tenth of the longest for that `n`.
 */
export function backoffMs(n: number, random: () => number = Math.random): number {
  const span = Math.min(FIRST_MS * 2 ** Math.min(n, 20), LONGEST_MS);
  return Math.round(span * (0.1 + 0.9 * random()));
}
