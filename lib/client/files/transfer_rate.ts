/** How fast a file moves, over the last few seconds. Pure: it is told the time. */

/** Over how long the rate is taken, in ms. */
const SPAN_MS = 5_000;
/** How often a place is noted, in ms. */
const STEP_MS = 250;

/** The rate of one transfer. */
export class TransferRate {
  /** Where it was at which time, the earliest first. */
  readonly #places: Array<{ readonly at: number; readonly done: number }> = [];

  /** It begins at `done` bytes, or goes on there after a pause. */
  start(done: number, now: number): void {
    this.#places.length = 0;
    this.#places.push({ at: now, done });
  }

  /** So many bytes have arrived now. */
  moved(done: number, now: number): void {
    if (now - (this.#places.at(-1)?.at ?? -Infinity) < STEP_MS) return;
    this.#places.push({ at: now, done });
    while ((this.#places[1]?.at ?? now) < now - SPAN_MS) this.#places.shift();
  }

  /** Bytes per second until now, when `done` have arrived. */
  at(done: number, now: number): number {
    const [first] = this.#places;
    if (first === undefined || now <= first.at) return 0;
    return (done - first.done) * 1_000 / (now - first.at);
  }
}
