/** A file on its way in, as it is sent on one connection. */

import { Refusal } from "../refusal.ts";
import type { Peer } from "../sessions/peer.ts";
import type { FileUsage, Upload } from "./file_store.ts";

/** Where a file is to be sent: the field of `put` that says so. */
export type FilePlace =
  | { readonly room: string }
  | { readonly to: string }
  | { readonly chat: string };

const SHA256 = /^[0-9a-f]{64}$/;

/** Throws a {@linkcode Refusal} (`bad-field`) for what is no hash, as it is written here. */
export function checkHash(sha256: string | undefined): string | undefined {
  if (sha256 === undefined || SHA256.test(sha256)) return sha256;
  const text = `A sha256 is 64 hexadecimal digits in lower case, not ${sha256.slice(0, 80)}`;
  throw new Refusal("bad-field", text);
}

/** What an {@linkcode Uploading} is made with. */
export interface UploadingOptions {
  readonly upload: Upload;
  readonly peer: Peer;
  readonly place: FilePlace;
  /** What its owner had when it was begun. */
  readonly usage: FileUsage;
}

/** An upload on one connection. Its pieces are written in the order in which they come. */
export class Uploading {
  readonly upload: Upload;
  readonly peer: Peer;
  readonly place: FilePlace;
  readonly usage: FileUsage;
  /**
   * `open`: its bytes may come. `finishing`: all have come, and it is being sent. `over`: it was sent, thrown
   * away, or goes on elsewhere.
   */
  state: "open" | "finishing" | "over" = "open";
  #next: number;
  #writing = 0;
  #failure: { readonly error: unknown } | undefined;
  #idle: PromiseWithResolvers<void> | undefined;
  readonly #over = Promise.withResolvers<void>();

  constructor({ upload, peer, place, usage }: UploadingOptions) {
    this.upload = upload;
    this.peer = peer;
    this.place = place;
    this.usage = usage;
    this.#next = upload.offset;
  }

  /** Up to where its bytes have come, written or not. */
  get next(): number {
    return this.#next;
  }

  /** Whether a piece of it could not be written. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Settles when it is over. */
  get ended(): Promise<void> {
    return this.#over.promise;
  }

  /** It is over. */
  end(): void {
    this.state = "over";
    this.#over.resolve();
  }

  /** Writes the next bytes. A piece that can't be written is the last. */
  async write(data: Uint8Array): Promise<void> {
    this.#next += data.length;
    this.#writing++;
    try {
      await this.upload.write(data);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      if (--this.#writing === 0) {
        this.#idle?.resolve();
        this.#idle = undefined;
      }
    }
  }

  /** Settles when nothing is being written; `undefined`: nothing is. */
  idle(): Promise<void> | undefined {
    return this.#writing === 0 ? undefined : (this.#idle ??= Promise.withResolvers()).promise;
  }

  /** Settles when all that has come was written; rejects when a piece of it could not be. */
  async written(): Promise<void> {
    await this.idle();
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
