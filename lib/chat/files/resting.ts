/**
 * Uploads that are on no connection, and wait for their people to come back. Whoever closes a page in the
 * middle of them may never do so, and should not be kept from sending others by what is left of them.
 */

import type { FileOwner, Upload } from "./file_store.ts";

/** Knows them by their owners, the one that rests for longest first. */
export class Resting {
  readonly #uploads = new Map<FileOwner, Set<Upload>>();

  /** An upload is on no connection any more. */
  add(upload: Upload): void {
    const { owner } = upload;
    const uploads = this.#uploads.get(owner) ?? new Set();
    this.#uploads.set(owner, uploads);
    uploads.add(upload);
  }

  /** It goes on, or is no more. */
  delete(upload: Upload): void {
    const { owner } = upload;
    const uploads = this.#uploads.get(owner);
    uploads?.delete(upload);
    if (uploads?.size === 0) this.#uploads.delete(owner);
  }

  /** Forgets those that are there no more. */
  forgetGone(isThere: (upload: Upload) => boolean): void {
    for (const uploads of [...this.#uploads.values()]) {
      for (const upload of [...uploads]) if (!isThere(upload)) this.delete(upload);
    }
  }

  /** The one of an owner that rests for longest, which gives way to a new one. */
  take(owner: FileOwner): Upload | undefined {
    for (const oldest of this.#uploads.get(owner) ?? []) {
      this.delete(oldest);
      return oldest;
    }
    return undefined;
  }
}
