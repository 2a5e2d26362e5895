/**
 * Shares out what takes much of a processor's time: a few run at once, one of each address, and the
 * addresses take turns, so that a crowd from one address holds up nobody else.
 */

import { Refusal } from "../refusal.ts";

/** How many may wait for one address. */
const MOST_OF_ADDRESS = 64;
/** How many addresses may wait, each for about a tenth of a second of a core. */
const MOST_ADDRESSES = 256;
/** After how many ms a client that can't wait here should try again. */
const RETRY_AFTER_MS = 2_000;

/** What is done in turn. */
export interface TurnsOptions {
  /** How many run at once, of all addresses together. */
  readonly atOnce: number;
  /** What clients that can't wait are told is under way: the beginning of a sentence. */
  readonly what: string;
}

/** Lets work begin in turn. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #running = new Set<string>();
  /** What waits, by address; the address whose turn is next is first. */
  readonly #lines = new Map<string, Array<() => void>>();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** How many addresses wait. */
  get waiting(): number {
    return this.#lines.size;
  }

  /** Does `work` when it is its turn. Rejects with a {@linkcode Refusal} when too many wait. */
  async run<T>(address: string, work: () => Promise<T>): Promise<T> {
    await this.#turn(address);
    try {
      return await work();
    } finally {
      this.#running.delete(address);
      // This address has had its turn: it goes behind the others.
      const line = this.#lines.get(address);
      this.#lines.delete(address);
      if (line !== undefined) this.#lines.set(address, line);
      this.#next();
    }
  }

  #turn(address: string): Promise<void> | undefined {
    if (this.#running.size < this.#options.atOnce && !this.#running.has(address)) {
      this.#running.add(address);
      return undefined;
    }
    const line = this.#lines.get(address) ?? [];
    if (line.length >= MOST_OF_ADDRESS || line.length === 0 && this.waiting >= MOST_ADDRESSES) {
      const text = `${this.#options.what}; try again in a moment`;
      throw new Refusal("try-later", text, RETRY_AFTER_MS);
    }
    this.#lines.set(address, line);
    return new Promise((resolve) => line.push(resolve));
  }

  /** Starts what is next for the first address that has nothing running. */
  #next(): void {
    for (const [address, line] of this.#lines) {
      if (this.#running.has(address)) continue;
      const begin = line.shift();
      this.#lines.delete(address);
      // With what is left it goes behind the others.
      if (line.length > 0) this.#lines.set(address, line);
      this.#running.add(address);
      begin?.();
      return;
    }
  }
}

/** Does what it is given in turn. */
export class OneByOne {
  #last: Promise<void> = Promise.resolve();

  /** Does `work` when all that was to be done before has ended. */
  run(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
