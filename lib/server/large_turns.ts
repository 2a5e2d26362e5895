/**
 * Shares out the time that large requests take. To read 64 KiB of JSON takes some milliseconds, in which
 * nobody else is served; a hundred connections that send a dozen of them at once would hold everybody up for
 * seconds. So in each turn of the event loop only so many bytes of them are answered, and the addresses take
 * turns. Small requests, as nearly all are, never wait here.
 */

import { setImmediate } from "node:timers";

/** A request of more bytes is large. */
export const LARGE_BYTES = 4_096;

/** The bytes of large requests that one address may begin with in a turn; one may have more. */
const ADDRESS_BYTES = 65_536;
/** The same for all addresses together. */
const ALL_BYTES = 262_144;

/** A large request that waits. */
interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

/** Lets large requests begin in turn. */
export class LargeTurns implements Disposable {
  /** What has begun in this turn, by address. */
  readonly #begun = new Map<string, number>();
  #all = 0;
  /** What waits, by address; the address whose turn is next is first. */
  readonly #lines = new Map<string, Waiting[]>();
  #isAround = false;
  #isDisposed = false;

  /** Settles when a request of so many bytes may be answered; `undefined`: it may be now. */
  take(address: string, bytes: number): Promise<void> | undefined {
    if (bytes <= LARGE_BYTES || this.#isDisposed) return undefined;
    this.#around();
    const line = this.#lines.get(address);
    if (line === undefined && this.#mayBegin(address, bytes)) {
      this.#count(address, bytes);
      return undefined;
    }
    const { promise, resolve: begin } = Promise.withResolvers<void>();
    if (line === undefined) this.#lines.set(address, [{ bytes, begin }]);
    else line.push({ bytes, begin });
    return promise;
  }

  /** From here on nothing waits. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const line of this.#lines.values()) for (const { begin } of line) begin();
    this.#lines.clear();
  }

  #mayBegin(address: string, bytes: number): boolean {
    const begun = this.#begun.get(address) ?? 0;
    return (this.#all === 0 || this.#all + bytes <= ALL_BYTES) &&
      (begun === 0 || begun + bytes <= ADDRESS_BYTES);
  }

  #count(address: string, bytes: number): void {
    this.#all += bytes;
    this.#begun.set(address, (this.#begun.get(address) ?? 0) + bytes);
  }

  /** Has the next turn begin when the event loop has come around. */
  #around(): void {
    if (this.#isAround) return;
    this.#isAround = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isAround = false;
    this.#begun.clear();
    this.#all = 0;
    for (const [address, line] of [...this.#lines]) {
      let count = 0;
      for (const { bytes, begin } of line) {
        if (!this.#mayBegin(address, bytes)) break;
        count++;
        this.#count(address, bytes);
        begin();
      }
      // All together have had their share: the rest keep their places.
      if (count === 0) break;
      // This address has had its turn: it goes behind the others.
      this.#lines.delete(address);
      if (count < line.length) this.#lines.set(address, line.slice(count));
    }
    if (this.#lines.size > 0) this.#around();
  }
}
