/** One timer for all deadlines: everything that may time out is looked at at a fixed interval. */

/** Something that has deadlines. */
export interface Swept {
  /** Looks at its deadlines; `now` is in ms of a clock that never goes back. */
  sweep(now: number): void;
}

/** Looks at everything in it every so often, until disposed. */
export class Sweep {
  /** The time of the latest round, in ms: good enough for deadlines, and free to read. */
  now: number = performance.now();
  readonly #swept = new Set<Swept>();
  readonly #timer: ReturnType<typeof setInterval>;

  /** `intervalMs` bounds how late a deadline is noticed. */
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
