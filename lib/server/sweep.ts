/** One timer for all deadlines: all that may time out is checked at a fixed interval. */

/** Something with deadlines. */
export interface Swept {
  /** Checks its deadlines; `now` is in ms of a clock that never goes back. */
  sweep(now: number): void;
}

/** Calls `sweep` of all its members at an interval, until it is disposed of. */
export class Sweep {
  /** The time of the last sweep, in ms: exact enough for deadlines, and it costs nothing to read. */
  now: number = performance.now();
  readonly #swept = new Set<Swept>();
  readonly #timer: ReturnType<typeof setInterval>;

  /** A deadline is noticed at most `intervalMs` late. */
  constructor(intervalMs: number) {
    this.#timer = setInterval(() => this.#round(), intervalMs);
  }

  add(swept: Swept): void {
    this.#swept.add(swept);
  }

  delete(swept: Swept): void {
    this.#swept.delete(swept);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #round(): void {
    this.now = performance.now();
    for (const swept of this.#swept) swept.sweep(this.now);
  }
}
