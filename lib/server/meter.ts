/** How fast one connection may ask: over its rate it is read later, and cut off only for a flood. */

import { costOf, opensAt, type Rate, rateOf, spend } from "../chat/rate.ts";
import type { EventOf } from "../wire/events.ts";
import type { Request, RequestOf } from "../wire/requests.ts";
import { bye } from "./bye.ts";
import type { Limits } from "./limits.ts";
import type { Ticks } from "./ticks.ts";

/** Requests whose answers cost so much that they have a rate of their own. */
export type Costly = "history" | "search";

/** What each of those requests counts as: a list does as a page of history. */
const COSTLY = {
  history: "history",
  search: "search",
  rooms: "history",
  who: "history",
  bans: "history",
  audit: "history",
} as const satisfies Partial<Record<Request["type"], Costly>>;

/** Those requests. */
export type CostlyRequest = RequestOf<keyof typeof COSTLY>;

/** Whether a request is one of those. */
export function isCostly(request: Request): request is CostlyRequest {
  return Object.hasOwn(COSTLY, request.type);
}

/** What a costly request is counted as. */
export function costlyKind({ type }: CostlyRequest): Costly {
  return COSTLY[type];
}

/** The rates of a server's connections. */
export interface Rates {
  readonly requests: Rate;
  readonly history: Rate;
  readonly search: Rate;
}

/** The rates that the limits name. */
export function ratesOf(limits: Limits): Rates {
  return {
    requests: rateOf(limits.requestsPerSecond, limits.requestBurst),
    history: rateOf(limits.historyPerSecond, limits.historyPerSecond * COSTLY_BURST),
    search: rateOf(limits.searchesPerSecond, limits.searchesPerSecond * COSTLY_BURST),
  };
}

/** After a rest, so many seconds' worth of costly requests may come at once. */
const COSTLY_BURST = 4;

/** How long a client that was cut off for a flood does well to wait, in ms. */
const RETRY_AFTER_FLOOD_MS = 5_000;

/** What a connection has spent: a few numbers. */
export class Meter {
  readonly #rates: Rates;
  readonly #ticks: Ticks;
  readonly #holds: () => boolean;
  #due = 0;
  #historyDue = 0;
  #searchDue = 0;
  /**
   * Since when it has asked for more than its rate, without as much rest as earns half of a burst;
   * `Infinity` for one that has not.
   */
  #since = Infinity;

  /** A wait ends early when `holds` does not. */
  constructor(rates: Rates, ticks: Ticks, holds: () => boolean) {
    this.#rates = rates;
    this.#ticks = ticks;
    this.#holds = holds;
  }

  /** Counts a request of `bytes`; a promise means that the next one should wait for it. */
  request(bytes: number, now: number): Promise<void> | undefined {
    const { requests } = this.#rates;
    this.#due = spend(requests, this.#due, costOf(bytes), now);
    const time = opensAt(requests, this.#due);
    if (time > now) return this.#wait(time);
    if (this.#since !== Infinity && time < now - requests.burstMs / 2) this.#since = Infinity;
    return undefined;
  }

  /** The last words to one who has asked for more than its rate for longer than `floodMs`. */
  flooded(floodMs: number): EventOf<"bye"> | undefined {
    if (performance.now() - this.#since <= floodMs) return undefined;
    const text = `You have been sending faster than the server reads for ${floodMs / 1_000} s.`;
    return bye("flood", text, RETRY_AFTER_FLOOD_MS);
  }

  /** Counts a costly request; a promise means that it should wait itself. */
  costly(kind: Costly, now: number): Promise<void> | undefined {
    const rate = this.#rates[kind];
    const due = spend(rate, kind === "history" ? this.#historyDue : this.#searchDue, 1, now);
    if (kind === "history") this.#historyDue = due;
    else this.#searchDue = due;
    return this.#ticks.until(opensAt(rate, due), this.#holds);
  }

  #wait(time: number): Promise<void> | undefined {
    const waits = this.#ticks.until(time, this.#holds);
    if (waits !== undefined && this.#since === Infinity) this.#since = performance.now();
    return waits;
  }
}
