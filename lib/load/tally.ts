/** The counters that all clients of a load share. */

import { Histogram } from "./histogram.ts";

const PROBLEMS_KEPT = 5;

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
  readonly #over = new AbortController();

  /** `readers`: how many clients read. */
  constructor(readers: number) {
    this.#readers = readers;
  }

  /** Aborts when no client is left to send or to read. */
  get over(): AbortSignal {
    return this.#over.signal;
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
    this.#over.abort();
  }
}
