/** What all clients of a load share: the counters, and a clock of whole µs, which fit into a message. */

import { Histogram } from "./histogram.ts";
import { delay } from "@std/async/delay";

const PROBLEMS_KEPT = 5;

/** Microseconds since this process began. */
export function micros(): number {
  return Math.floor(performance.now() * 1_000);
}

/** Waits for `ms`, or until the signal aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, { signal }).catch(() => {});
}

/** The counters. */
export class Tally {
  /** Messages count from when this is set. */
  measuring = false;
  /** The time of the current read, in µs: all that it brought counts with the same time. */
  now = 0;
  sent = 0;
  delivered = 0;
  /** Deliveries that are on their way. */
  owed = 0;
  /** How many reading clients lost their connection early. */
  closed = 0;
  /** How many clients read, including those that lost their connection. */
  readonly #readers: number;
  readonly histogram = new Histogram();
  readonly problems = new Set<string>();
  /** Called after a read, and when a client has gone. */
  onChange: () => void = () => {};
  readonly #ending = new AbortController();
  /** Aborts when no client is left to send or to read. */
  readonly over: AbortSignal = this.#ending.signal;

  /** `readers`: how many clients read. */
  constructor(readers: number) {
    this.#readers = readers;
  }

  /** A message that was sent at `sentAt` reached a client. */
  deliver(sentAt: number): void {
    this.delivered++;
    this.owed--;
    this.histogram.record(this.now - sentAt);
  }

  /** A reading client lost its connection early. */
  close(): void {
    this.closed++;
    if (this.closed === this.#readers) this.end();
  }

  /** Keeps a text about a problem, if it is new and there is room. */
  problem(text: string): void {
    if (this.problems.size < PROBLEMS_KEPT) this.problems.add(text);
  }

  /** Ends the load: there is no point in going on. */
  end(): void {
    this.#ending.abort();
  }
}
