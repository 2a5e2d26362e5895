/**
 * Shares out the time that large requests take, and pieces of files, whichever way they go. To read 64 KiB of
 * JSON may take some milliseconds, in which nobody else is served; a hundred connections that send a dozen of
 * them at once, or fetch files as fast as they can, would hold everybody up for seconds. So in each turn of
 * the event loop only so much time goes to them, and the addresses take turns. Small requests, as nearly all
 * are, never wait here; nor do large ones that cost little, as those with a piece of a file, while there are
 * few of them.
 */

/** A request of more bytes is large. */
export const LARGE_BYTES = 4_096;

/** The time in ms after which no further large request of an address is answered in a turn. */
const ADDRESS_MS = 5;
/** The same for all addresses together. */
const ALL_MS = 20;

/** Answers a large request, or sends a piece of a file; whatever comes later is the answer's own time. */
type Answer = () => void | Promise<void>;

/** Answers large requests, and sends pieces of files, in turn. */
export class LargeTurns implements Disposable {
  readonly #now: () => number;
  /** The time that they took in this turn, by address, and in all; in ms. */
  readonly #spent = new Map<string, number>();
  #all = 0;
  /** What waits, by address; the address whose turn is next is first. */
  readonly #lines = new Map<string, Array<() => void>>();
  #isAround = false;
  #isDisposed = false;

  /** The clock, in ms, never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Answers a request when it is its turn, which may be at once, unless nobody `listens` any more by then. */
  run(address: string, answer: Answer, listens: () => boolean): void | Promise<void> {
    if (this.#isDisposed) return answer();
    this.#around();
    const line = this.#lines.get(address);
    if (line === undefined && this.#mayBegin(address)) return this.#answer(address, answer);
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        try {
          resolve(listens() ? this.#answer(address, answer) : undefined);
        } catch (error) {
          reject(error);
        }
      };
      if (line === undefined) this.#lines.set(address, [begin]);
      else line.push(begin);
    });
  }

  /** From here on nothing waits. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const line of this.#lines.values()) for (const begin of line) begin();
    this.#lines.clear();
  }

  #mayBegin(address: string): boolean {
    return this.#all < ALL_MS && (this.#spent.get(address) ?? 0) < ADDRESS_MS;
  }

  #answer(address: string, answer: Answer): void | Promise<void> {
    const began = this.#now();
    try {
      return answer();
    } finally {
      const took = this.#now() - began;
      this.#all += took;
      this.#spent.set(address, (this.#spent.get(address) ?? 0) + took);
    }
  }

  /** Has the next turn begin when the event loop has come around. */
  #around(): void {
    if (this.#isAround) return;
    this.#isAround = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isAround = false;
    this.#spent.clear();
    this.#all = 0;
    for (const [address, line] of [...this.#lines]) {
      // All together have had their share: the rest keep their places.
      if (this.#all >= ALL_MS) break;
      let count = 0;
      while (count < line.length && this.#mayBegin(address)) line[count++]?.();
      // This address has had its turn: it goes behind the others.
      this.#lines.delete(address);
      if (count < line.length) this.#lines.set(address, line.slice(count));
    }
    if (this.#lines.size > 0) this.#around();
  }
}
