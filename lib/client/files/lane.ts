/** Lets a few through at once, and the others one after the other as those are done. */

import { orAborted } from "../../words/or_aborted.js";

/** A lane with a number of places. */
export class Lane {
  #free: number;
  readonly #waiting: Array<() => void> = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Resolves with a place, to be disposed of, or rejects with the signal's reason. */
  async enter(signal: AbortSignal): Promise<Disposable> {
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    return { [Symbol.dispose]: () => this.#leave() };
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    try {
      await orAborted(signal, promise);
    } catch (error) {
      const at = this.#waiting.indexOf(resolve);
      // It was given its place in the same moment.
      if (at === -1) this.#leave();
      else this.#waiting.splice(at, 1);
      throw error;
    }
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
