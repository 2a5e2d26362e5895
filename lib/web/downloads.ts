/** Which addresses are fetching files over HTTP: how many each at once, and how fast. */

import { opensAt, type Rate, spend } from "../chat/limits/rate.ts";
import type { Swept, Ticks } from "../server/timers.ts";
import type { HttpRefusal } from "./http_refusal.ts";

/** When a client that is refused may try again, in ms. */
const RETRY_AFTER_MS = 5_000;

/** Options of {@linkcode Downloads}. */
export interface DownloadOptions {
  readonly limits: { readonly webDownloads: number; readonly webDownloadsPerAddress: number };
  /** How many bytes of files one address gets in a second. */
  readonly rate: Rate;
  readonly ticks: Ticks;
}

/** An address. */
interface Fetching {
  /** How many files it is fetching. */
  count: number;
  /** When its rate owes it nothing any more, in ms of `performance.now()`. */
  due: number;
}

/** A file that is being fetched. Disposed of, it counts no more. */
export interface Download extends Disposable {
  /** Counts bytes that are about to be sent. Settles when they may be; `undefined`: at once. */
  paced(bytes: number, isWanted: () => boolean): Promise<void> | undefined;
}

/** Counts the files that are being fetched. Each keeps a file open, and two pieces of it in memory. */
export class Downloads implements Swept {
  readonly #options: DownloadOptions;
  /** By the keys of addresses. */
  readonly #all = new Map<string, Fetching>();
  #count = 0;

  constructor(options: DownloadOptions) {
    this.#options = options;
  }

  /** Counts one more from an address, or says why there is no place for it. */
  enter(key: string): Download | HttpRefusal {
    const { limits: { webDownloads, webDownloadsPerAddress }, rate, ticks } = this.#options;
    const fetching = this.#all.get(key) ?? { count: 0, due: 0 };
    if (fetching.count >= webDownloadsPerAddress) {
      const text = `Your address is fetching ${fetching.count} files, which is the limit.`;
      return { status: 429, text, retryAfterMs: RETRY_AFTER_MS };
    }
    if (this.#count >= webDownloads) {
      const text = `${this.#count} files are being fetched, which is the limit.`;
      return { status: 503, text, retryAfterMs: RETRY_AFTER_MS };
    }
    this.#all.set(key, fetching);
    this.#count++;
    fetching.count++;
    return {
      paced: (bytes, isWanted) => {
        fetching.due = spend(rate, fetching.due, bytes, performance.now());
        return ticks.until(opensAt(rate, fetching.due), isWanted);
      },
      [Symbol.dispose]: () => {
        this.#count--;
        fetching.count--;
      },
    };
  }

  /** Forgets the addresses that fetch nothing and are below their rate. */
  sweep(now: number): void {
    for (const [key, { count, due }] of this.#all) {
      if (count === 0 && due <= now) this.#all.delete(key);
    }
  }
}
