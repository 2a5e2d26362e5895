/**
 * Fetches one file: asks for its bytes with credit for as many as the link takes without delay, writes
 * them to its target, and checks their hash. After a connection that broke, it goes on where it was.
 */

import { createHash } from "node:crypto";
import type { SentFile } from "../../wire/events.ts";
import { RequestError } from "../conversation.ts";
import { IncomingBytes } from "./incoming_bytes.ts";
import { orAborted } from "../../words/or_aborted.js";
import type { TransferLink } from "./transfer_link.ts";
import type { TransferProgress } from "./transfer_progress.ts";

/** After these errors what has come is of no use. */
const DISCARDED: ReadonlySet<string> = new Set([
  "cancelled",
  "bad-hash",
  "no-such-file",
  "file-gone",
]);

/** Where the bytes of a download go. Its methods reject with a `RequestError` (`not-saved`). */
export interface DownloadTarget<Result> extends Disposable {
  /** Calls `take` with what is there from an earlier try, and resolves with how many bytes that is. */
  readBack(take: (bytes: Uint8Array) => void): Promise<number>;
  /** Adds to what is there. */
  write(bytes: Uint8Array): Promise<void>;
  /** All is there, and right. */
  finish(): Promise<Result>;
  /** Drops what is there, to begin anew. */
  empty(): Promise<void>;
  /** Drops what is there, for good. */
  discard(): Promise<void>;
}

/** What a {@linkcode Downloader} is made with. */
export interface DownloaderParts<Result> {
  readonly link: TransferLink;
  readonly file: SentFile;
  readonly target: DownloadTarget<Result>;
  readonly progress: TransferProgress<Result>;
}

/** One download. */
export class Downloader<Result> {
  readonly #parts: DownloaderParts<Result>;
  #hash = createHash("sha256");
  /** How many bytes are written. */
  #done = 0;
  /** How many of them were there from an earlier try. */
  #readBack = 0;

  constructor(parts: DownloaderParts<Result>) {
    this.#parts = parts;
  }

  /** Resolves with what the target says; rejects with a `RequestError`. */
  async run(): Promise<Result> {
    const { target, file, progress } = this.#parts;
    this.#done = this.#readBack = await target.readBack((bytes) => this.#hash.update(bytes));
    try {
      await this.#fetch();
      let sha256 = this.#hash.digest("hex");
      if (sha256 !== file.sha256 && this.#readBack > 0) {
        // What was there was not the beginning of it.
        await this.#restart();
        sha256 = this.#hash.digest("hex");
      }
      if (sha256 !== file.sha256) throw differs(file);
      progress.closing();
      return await target.finish();
    } catch (error) {
      const code = error instanceof RequestError ? error.code : "";
      // Of a part without a byte nothing can go on.
      if (DISCARDED.has(code) || this.#done === 0) await target.discard().catch(() => {});
      throw error;
    }
  }

  async #restart(): Promise<void> {
    await this.#parts.target.empty();
    this.#hash = createHash("sha256");
    this.#done = this.#readBack = 0;
    await this.#fetch();
  }

  async #fetch(): Promise<void> {
    const { link, file, progress } = this.#parts;
    const { signal } = progress;
    // Then what is there is not the beginning of this file.
    if (this.#done > file.size) return;
    const wait = (): void => progress.wait();
    await link.throughBreaks({ signal, wait }, async () => {
      if (this.#done === file.size && file.size > 0) return;
      using coming = new IncomingBytes(link, file, this.#done);
      progress.run(this.#done);
      for (let bytes; (bytes = await orAborted(signal, coming.next(this.#done))) !== undefined;) {
        await this.#parts.target.write(bytes);
        this.#hash.update(bytes);
        this.#done += bytes.length;
        progress.moved(this.#done);
      }
    });
  }
}

function differs({ name }: SentFile): RequestError {
  const text = `What came is not ${name} as it was sent, since its hash is another; fetch it again`;
  return new RequestError("bad-hash", text);
}
