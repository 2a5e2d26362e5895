// @ts-check
/** How fast a file moves, over the last few seconds. Pure: it is told the time. */

/** Over how long the rate is taken, in ms. */
const SPAN_MS = 5_000;
/** How often a place is noted, in ms. */
const STEP_MS = 250;

/** The rate of one transfer. */
export class TransferRate {
  /** Where it was at which time, the earliest first. @type {Array<{ readonly at: number, readonly done: number }>} */
  #places = [];

  /** It begins at `done` bytes, or goes on there after a pause. @param {number} done @param {number} now */
  start(done, now) {
    this.#places = [{ at: now, done }];
  }

  /** So many bytes have arrived now. @param {number} done @param {number} now */
  moved(done, now) {
    if (now - (this.#places.at(-1)?.at ?? -Infinity) < STEP_MS) return;
    this.#places.push({ at: now, done });
    while ((this.#places[1]?.at ?? now) < now - SPAN_MS) this.#places.shift();
  }

  /**
   * Bytes per second until now, when `done` have arrived.
   * @type {(done: number, now: number) => number}
   */
  at(done, now) {
    const [first] = this.#places;
    if (first === undefined || now <= first.at) return 0;
    return (done - first.done) * 1_000 / (now - first.at);
  }
}
