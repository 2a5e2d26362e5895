/** How many files are being fetched over HTTP: in all, and from each address. */

import type { HttpRefusal } from "./gatekeeper.ts";

/** When a client that is refused may try again, in ms. */
const RETRY_AFTER_MS = 5_000;

/** Options of {@linkcode Downloads}. */
export interface DownloadLimits {
  readonly webDownloads: number;
  readonly webDownloadsPerAddress: number;
}

/** Counts the files that are being fetched. Each keeps a file open, and two pieces of it in memory. */
export class Downloads {
  readonly #limits: DownloadLimits;
  /** By the keys of addresses. */
  readonly #counts = new Map<string, number>();
  #open = 0;

  constructor(limits: DownloadLimits) {
    this.#limits = limits;
  }

  /** Counts one until what is returned is disposed of; or says why there is no place for it. */
  enter(key: string): Disposable | HttpRefusal {
    const { webDownloads, webDownloadsPerAddress } = this.#limits;
    const own = this.#counts.get(key) ?? 0;
    if (own >= webDownloadsPerAddress) {
      const text = `Your address is fetching ${own} files, which is the limit.`;
      return { status: 429, text, retryAfterMs: RETRY_AFTER_MS };
    }
    if (this.#open >= webDownloads) {
      const text = `${this.#open} files are being fetched, which is the limit.`;
      return { status: 503, text, retryAfterMs: RETRY_AFTER_MS };
    }
    this.#open++;
    this.#counts.set(key, own + 1);
    return { [Symbol.dispose]: () => this.#leave(key) };
  }

  #leave(key: string): void {
    this.#open--;
    const left = (this.#counts.get(key) ?? 1) - 1;
    if (left === 0) this.#counts.delete(key);
    else this.#counts.set(key, left);
  }
}
