/** What all clients of a load count together. */

import { Histogram } from "./histogram.ts";

const PROBLEMS_KEPT = 5;

/** The counters of one load. */
export class Tally {
  /** Messages count from when this is set. */
  measuring = false;
  /** The time of the read that is being looked at, in µs: one look at the clock for all in it. */
  now = 0;
  sent = 0;
  delivered = 0;
  /** Deliveries that are on their way. */
  owed = 0;
  /** Clients that read and whose connection ended early. */
  closed = 0;
  /** Clients that read, the closed ones included. */
  readonly #readers: number;
  readonly histogram = new Histogram();
  readonly problems = new Set<string>();
  /** Called when a read has been looked at that brought messages, or a client has gone. */
  onChange: () => void = () => {};
  readonly #over = new AbortController();

  /** `readers`: the clients that read. */
  constructor(readers: number) {
    this.#readers = readers;
  }

  /** Aborts when nobody is left to talk or to listen. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** A message of the time `sentAt` reached a client. */
  deliver(sentAt: number): void {
    this.delivered++;
    this.owed--;
    this.histogram.record(this.now - sentAt);
  }

  /** The connection of a client that reads ended early. */
  close(): void {
    this.closed++;
    if (this.closed === this.#readers) this.end();
  }

  /** Keeps what went wrong, if it is not known yet and there is room. */
  problem(text: string): void {
    if (this.problems.size < PROBLEMS_KEPT) this.problems.add(text);
  }

  /** There is no use in going on. */
  end(): void {
    this.#over.abort();
  }
}
