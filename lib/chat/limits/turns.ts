/**
 * Shares out what takes much of a processor's time: a few run at once, one of each address, and the
 * addresses take turns, so that a crowd from one address holds up nobody else.
 */

import { type Refusal, tryLater } from "../refusal.ts";

/** How many may wait for one address. */
const MOST_OF_ADDRESS = 64;
/**
 * How many addresses may wait, each for about a tenth of a second of a core: who comes when more do is
 * told to try again, which is better than to wait for half a minute.
 */
const MOST_ADDRESSES = 64;
/** After how many ms a client that can't wait here should try again. */
const RETRY_AFTER_MS = 2_000;

/** What is done in turn. */
export interface TurnsOptions {
  /** How many run at once, of all addresses together. */
  readonly atOnce: number;
  /** What clients that can't wait are told is under way: the beginning of a sentence. */
  readonly what: string;
}

/** What waits for its turn. */
interface Waiting {
  readonly begin: () => void;
  readonly refuse: (refusal: Refusal) => void;
  /** Whether the one for whom it is has gone, as far as is known. */
  readonly hasGone: () => boolean;
}

/** Lets work begin in turn. */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #running = new Set<string>();
  /** What waits, by address; the address whose turn is next is first. */
  readonly #lines = new Map<string, Waiting[]>();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** How many addresses wait. */
  get waiting(): number {
    return this.#lines.size;
  }

  /**
   * Does `work` when it is its turn. What is for somebody who has gone comes after all that is not, and
   * gives way to it. Rejects with a {@linkcode Refusal} when too many wait.
   */
  async run<T>(
    address: string,
    work: () => Promise<T>,
    hasGone: () => boolean = () => false,
  ): Promise<T> {
    await this.#turn(address, hasGone);
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

  #turn(address: string, hasGone: () => boolean): Promise<void> | undefined {
    if (this.#running.size < this.#options.atOnce && !this.#running.has(address)) {
      this.#running.add(address);
      return undefined;
    }
    if (this.#isFull(address)) this.#dropGone();
    if (this.#isFull(address)) throw this.#refusal();
    const line = this.#lines.get(address) ?? [];
    this.#lines.set(address, line);
    return new Promise((begin, refuse) => line.push({ begin, refuse, hasGone }));
  }

  #isFull(address: string): boolean {
    const line = this.#lines.get(address);
    return line === undefined ? this.waiting >= MOST_ADDRESSES : line.length >= MOST_OF_ADDRESS;
  }

  #refusal(): Refusal {
    return tryLater(this.#options.what, RETRY_AFTER_MS);
  }

  /** Refuses all that is for those who have gone. */
  #dropGone(): void {
    for (const [address, line] of [...this.#lines]) {
      const left = line.filter(({ hasGone }) => !hasGone());
      for (const each of line) if (!left.includes(each)) each.refuse(this.#refusal());
      if (left.length > 0) this.#lines.set(address, left);
      else this.#lines.delete(address);
    }
  }

  /** Starts what is next for the first address that has nothing running. */
  #next(): void {
    const lines = [...this.#lines].filter(([address]) => !this.#running.has(address));
    const first = lines.find(([, line]) => line.some(({ hasGone }) => !hasGone())) ?? lines[0];
    if (first === undefined) return;
    const [address, line] = first;
    const [next] = line.splice(Math.max(0, line.findIndex(({ hasGone }) => !hasGone())), 1);
    this.#lines.delete(address);
    // With what is left it goes behind the others.
    if (line.length > 0) this.#lines.set(address, line);
    this.#running.add(address);
    next?.begin();
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
