/**
 * Who may go on with what takes a processor's time: a few at once, one of each address, and the
 * addresses in turn. Those of one address wait for each other, and for nobody's crowd.
 */

import { Refusal } from "./refusal.ts";

/** Those of one address that may wait. */
const MOST_OF_ADDRESS = 64;
/** Addresses that may have somebody wait, each for about a tenth of a second of a core. */
const MOST_ADDRESSES = 256;
/** When to come back for one who can't wait here, in ms. */
const RETRY_AFTER_MS = 2_000;

/** What is done in turn. */
export interface TurnsOptions {
  /** How many are at it at once in all. */
  readonly atOnce: number;
  /** What those who can't wait are told is under way, at the beginning of a sentence. */
  readonly what: string;
}

/** Lets work begin in turn. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #running = new Set<string>();
  /** Who waits, by address; the address whose turn is next is first. */
  readonly #lines = new Map<string, Array<() => void>>();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Addresses that have somebody wait. */
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
      // Who has had a turn is behind those who have not.
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

  /** Begins the next of an address that has none under way. */
  #next(): void {
    for (const [address, line] of this.#lines) {
      if (this.#running.has(address)) continue;
      const begin = line.shift();
      this.#lines.delete(address);
      // Behind all others, with what is left.
      if (line.length > 0) this.#lines.set(address, line);
      this.#running.add(address);
      begin?.();
      return;
    }
  }
}
