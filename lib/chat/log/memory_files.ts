/** The files that the messages in memory have brought. */

import type { FileOwner, FileUsage } from "../files/file_store.ts";
import type { StoredFile } from "./fact_log.ts";

/** What is known of the files of all logs. */
export class MemoryFiles {
  readonly #files = new Map<string, StoredFile>();
  /** How many of the files have each blob. */
  readonly #counts = new Map<string, number>();
  readonly #bytes = new Map<FileOwner, number>();
  #guestBytes = 0;
  #allBytes = 0;
  /** Blobs that no file has any more, until somebody takes note of them. */
  #letGo = new Set<string>();

  get(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  add(file: StoredFile): void {
    const { id, sha256, owner, size } = file;
    this.#files.set(id, file);
    this.#counts.set(sha256, (this.#counts.get(sha256) ?? 0) + 1);
    this.#letGo.delete(sha256);
    this.#count(owner, size);
  }

  remove(id: string): void {
    const file = this.#files.get(id);
    if (file === undefined) return;
    const { sha256, owner, size } = file;
    this.#files.delete(id);
    this.#count(owner, -size);
    const left = (this.#counts.get(sha256) ?? 0) - 1;
    if (left > 0) return void this.#counts.set(sha256, left);
    this.#counts.delete(sha256);
    this.#letGo.add(sha256);
  }

  usage(owner: FileOwner): FileUsage {
    const own = this.#bytes.get(owner) ?? 0;
    return { own, guests: this.#guestBytes, all: this.#allBytes };
  }

  /** Which of these blobs a file has. */
  kept(sha256s: readonly string[]): Set<string> {
    return new Set(sha256s.filter((sha256) => this.#counts.has(sha256)));
  }

  /** The blobs that no file has any more since this was called last. */
  takeLetGo(): string[] {
    if (this.#letGo.size === 0) return [];
    const gone = [...this.#letGo];
    this.#letGo = new Set();
    return gone;
  }

  #count(owner: FileOwner, bytes: number): void {
    const own = (this.#bytes.get(owner) ?? 0) + bytes;
    if (own === 0) this.#bytes.delete(owner);
    else this.#bytes.set(owner, own);
    if (owner.startsWith("address ")) this.#guestBytes += bytes;
    this.#allBytes += bytes;
  }
}
