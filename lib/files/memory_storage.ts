/** Keeps the bytes of files in memory, until the server stops. */

import type { FileSource } from "../chat/files/file_store.ts";
import type { BlobStorage, FoundPart, StoragePart } from "./blob_storage.ts";
import { fileGone } from "./file_refusals.ts";
import { Segments } from "./segments.ts";

/** How many hashes are listed at once. */
const LISTED = 500;

/** A part in memory. */
class MemoryPart implements StoragePart {
  readonly segments = new Segments();
  readonly #storage: MemoryStorage;

  constructor(storage: MemoryStorage) {
    this.#storage = storage;
  }

  async write(data: Uint8Array, offset: number): Promise<void> {
    await this.#storage.checkRoom(offset + data.length - this.segments.taken);
    this.segments.write(data, offset);
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return Promise.resolve(this.segments.read(offset, length));
  }

  remove(): Promise<void> {
    this.#storage.forget(this);
    return Promise.resolve();
  }
}

/** Blobs and parts in memory. */
export class MemoryStorage implements BlobStorage {
  readonly found: readonly FoundPart[] = [];
  readonly #maxBytes: () => number;
  readonly #blobs = new Map<string, Segments>();
  #blobBytes = 0;
  readonly #parts = new Set<MemoryPart>();

  /** Holds at most so many bytes, parts included; a function is asked each time. */
  constructor(maxBytes: number | (() => number)) {
    this.#maxBytes = typeof maxBytes === "number" ? () => maxBytes : maxBytes;
  }

  checkRoom(bytes: number): Promise<number> {
    let taken = this.#blobBytes;
    for (const { segments } of this.#parts) taken += segments.taken;
    const left = this.#maxBytes() - taken - bytes;
    if (left >= 0) return Promise.resolve(left);
    return Promise.reject(new Error("the server keeps files in memory, and has no room for more"));
  }

  makePart(): Promise<StoragePart> {
    const part = new MemoryPart(this);
    this.#parts.add(part);
    return Promise.resolve(part);
  }

  async place(part: StoragePart, sha256: string, size: number): Promise<void> {
    const { segments } = part as MemoryPart;
    segments.cut(size);
    await this.remove(sha256);
    this.#blobs.set(sha256, segments);
    this.#blobBytes += size;
    await part.remove();
  }

  open(sha256: string): Promise<FileSource> {
    const segments = this.#blobs.get(sha256);
    if (segments === undefined) return Promise.reject(fileGone());
    return Promise.resolve({
      size: segments.taken,
      read: (offset, length) => Promise.resolve(segments.read(offset, length)),
      close: () => {},
    });
  }

  remove(sha256: string): Promise<void> {
    this.#blobBytes -= this.#blobs.get(sha256)?.taken ?? 0;
    this.#blobs.delete(sha256);
    return Promise.resolve();
  }

  async *list(): AsyncGenerator<readonly string[]> {
    const all = [...this.#blobs.keys()];
    for (let at = 0; at < all.length; at += LISTED) yield all.slice(at, at + LISTED);
  }

  /** Lets go of a part, whose bytes are gone or are a blob's now. */
  forget(part: MemoryPart): void {
    this.#parts.delete(part);
  }

  close(): void {}
}
