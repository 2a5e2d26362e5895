/**
 * How fast one connection may send requests. A connection that is over its rate is read later; it is
 * cut off only if that goes on for long.
 */

import { costOf, opensAt, type Rate, rateOf, spend } from "../chat/limits/rate.ts";
import type { EventOf } from "../wire/events.ts";
import type { Request, RequestOf } from "../wire/requests.ts";
import { bye } from "./bye.ts";
import type { Limits } from "./limits.ts";
import type { Ticks } from "./timers.ts";

/** Kinds of requests that cost so much that each kind has a rate of its own. */
export type Costly = "history" | "search";

/** Which kind each costly request counts as: a list counts as a page of history. */
const COSTLY = {
  history: "history",
  search: "search",
  rooms: "history",
  devices: "history",
  logout: "history",
  who: "history",
  bans: "history",
  audit: "history",
  missed: "history",
  whois: "history",
  people: "history",
  put: "history",
  get: "history",
  link: "history",
} as const satisfies Partial<Record<Request["type"], Costly>>;

/** A request that counts as costly. */
export type CostlyRequest = RequestOf<keyof typeof COSTLY>;

/** Whether a request counts as costly. */
export function isCostly(request: Request): request is CostlyRequest {
  return Object.hasOwn(COSTLY, request.type);
}

/** The kind that a costly request counts as. */
export function costlyKind({ type }: CostlyRequest): Costly {
  return COSTLY[type];
}

/** A chunk of that many bytes counts by them alone, and credit for that many bytes not at all. */
const TRANSFER_BYTES = 3_072;
const TRANSFER_CREDIT = 16_384;

/**
 * How many bytes of a file on its way a request brings: they have a rate in bytes, in place of the rate of
 * requests. What lets bytes come brings none itself. `undefined`: it is a request like others, as pieces are
 * that are so small that they would be many.
 */
export function fileBytesIn(request: Request): number | undefined {
  if (request.type === "credit") return request.credit >= TRANSFER_CREDIT ? 0 : undefined;
  if (request.type !== "chunk") return undefined;
  return request.data.length >= TRANSFER_BYTES ? request.data.length : undefined;
}

/** The rates of one connection. */
export type Rates = Readonly<Record<"requests" | "files" | Costly, Rate>>;

/** The rates that the limits set. */
export function ratesOf(limits: Limits): Rates {
  return {
    requests: rateOf(limits.requestsPerSecond, limits.requestBurst),
    files: rateOf(limits.fileBytesPerSecond, limits.fileBytesPerSecond),
    history: rateOf(limits.historyPerSecond, limits.historyPerSecond * COSTLY_BURST),
    search: rateOf(limits.searchesPerSecond, limits.searchesPerSecond * COSTLY_BURST),
  };
}

/** How many seconds' worth of costly requests may come at once after a rest. */
const COSTLY_BURST = 4;

/** How long a client that was cut off for a flood should wait, in ms. */
const RETRY_AFTER_FLOOD_MS = 5_000;

/** Measures what one connection asks. */
export class Meter {
  readonly #rates: Rates;
  readonly #ticks: Ticks;
  readonly #holds: () => boolean;
  #due = 0;
  #filesDue = 0;
  readonly #costlyDue: Record<Costly, number> = { history: 0, search: 0 };
  /**
   * When it first exceeded its rate, unless it has rested since for as long as half a burst takes;
   * `Infinity`: it is within its rate.
   */
  #since = Infinity;

  /** A wait ends early when `holds` returns false. */
  constructor(rates: Rates, ticks: Ticks, holds: () => boolean) {
    this.#rates = rates;
    this.#ticks = ticks;
    this.#holds = holds;
  }

  /**
   * Counts what has come: by its bytes where it is part of a file (`fileBytes`; 0: it brings none), else as a request.
   * Await the promise, if any, before the next one.
   */
  heard(
    { bytes, count, fileBytes }: {
      readonly bytes: number;
      readonly count?: number | undefined;
      readonly fileBytes: number | undefined;
    },
    now: number,
  ): Promise<void> | undefined {
    if (fileBytes === undefined) return this.request(bytes, now, count);
    return fileBytes > 0 ? this.transfer(fileBytes, now) : undefined;
  }

  /** Counts a request of so many bytes that stands for `count`. Await the promise, if any, before the next one. */
  request(bytes: number, now: number, count = 1): Promise<void> | undefined {
    const { requests } = this.#rates;
    this.#due = spend(requests, this.#due, costOf(bytes) + count - 1, now);
    const time = opensAt(requests, this.#due);
    if (time > now) return this.#wait(time);
    if (this.#since !== Infinity && time < now - requests.burstMs / 2) this.#since = Infinity;
    return undefined;
  }

  /** Counts bytes of files, of whichever direction. Await the promise, if any, before the next ones. */
  transfer(bytes: number, now: number): Promise<void> | undefined {
    const { files } = this.#rates;
    this.#filesDue = spend(files, this.#filesDue, bytes, now);
    return this.#ticks.until(opensAt(files, this.#filesDue), this.#holds);
  }

  /** The goodbye for a connection that has exceeded its rate for longer than `floodMs`. */
  flooded(floodMs: number): EventOf<"bye"> | undefined {
    if (performance.now() - this.#since <= floodMs) return undefined;
    const text = `You have been sending faster than the server reads for ${floodMs / 1_000} s.`;
    return bye("flood", text, RETRY_AFTER_FLOOD_MS);
  }

  /** Counts a costly request. Await the promise, if any, before you answer it. */
  costly(kind: Costly, now: number): Promise<void> | undefined {
    const rate = this.#rates[kind];
    const due = this.#costlyDue[kind] = spend(rate, this.#costlyDue[kind], 1, now);
    return this.#ticks.until(opensAt(rate, due), this.#holds);
  }

  #wait(time: number): Promise<void> | undefined {
    const waits = this.#ticks.until(time, this.#holds);
    if (waits !== undefined && this.#since === Infinity) this.#since = performance.now();
    return waits;
  }
}
