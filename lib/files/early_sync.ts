/**
 * Brings a long file to the disk while more of it is written, so that whoever waits for its end does not wait
 * for all of it. That is done beside the writing, with the file opened once more.
 */

import { type OpenFew, SeldomOpen } from "./open_few.ts";

/** After so many bytes it is worth the effort. */
const SYNC_BYTES = 16_777_216;

/** Brings one file to the disk, now and then. */
export class EarlySync {
  readonly #file: SeldomOpen;
  readonly #open: OpenFew;
  /** Bytes that were written since. */
  #written = 0;
  #syncing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor({ path, options }: SeldomOpen, open: OpenFew) {
    this.#file = new SeldomOpen(path, options);
    this.#open = open;
  }

  /** So many bytes more were written. */
  wrote(bytes: number): void {
    this.#written += bytes;
    if (this.#written < SYNC_BYTES || this.#syncing !== undefined) return;
    this.#written = 0;
    this.#syncing = this.#sync().finally(() => this.#syncing = undefined);
  }

  /**
   * Settles when nothing is on its way to the disk any more. Rejects if some of it did not get there: the system
   * tells that once, and not to whoever asks at the end.
   */
  async end(): Promise<void> {
    await this.#syncing;
    await this.#open.close(this.#file);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #sync(): Promise<void> {
    try {
      await this.#open.use(this.#file, (file) => file.syncData());
    } catch (error) {
      this.#failure ??= { error };
    }
  }
}
