/**
 * Sends one file over the link, by the steps that the page takes too. Here it is hashed as it is sent, and what
 * is under way is kept for the next conversation.
 */

import { createHash } from "node:crypto";
import { delay } from "@std/async/delay";
import type { EventOf } from "../../wire/events.ts";
import { MAX_PAYLOAD_BYTES } from "../../wire/frame.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { RequestError } from "../conversation.ts";
import { isSecret, MAY_BE_SECRET } from "../../words/secret.js";
import { UploadSteps } from "../../words/upload_steps.js";
import { excessOf } from "../requests.ts";
import type { FileDestination, KeptUpload } from "./file_transfer.ts";
import type { TransferLink } from "./transfer_link.ts";
import type { TransferProgress } from "./transfer_progress.ts";
import type { UploadSource } from "./upload_source.ts";

/** The size of a chunk unless the server says another, and the largest that any takes, in bytes. */
const CHUNK_BYTES = 16_384;
const MAX_CHUNK_BYTES = 32_768;
/** The feature of servers that take the bytes of files as they are. */
const BYTES = "bytes";
/** What a chunk has besides its data, in bytes, at most. */
const CHUNK_FRAME_BYTES = 300;
/** How much of a file is read at once to hash it, in bytes. */
const HASH_BYTES = 262_144;

/** What is sent, and how. */
export interface UploadWish {
  /** It is disposed of at the end; when the upload fails, what is left of a stream is read before. */
  readonly source: UploadSource;
  readonly destination: FileDestination;
  /** What is said with it. */
  readonly text?: string;
  /**
   * Read the file twice, so that the server goes on with it also after a restart of which nothing was
   * kept, if the same person sends it.
   */
  readonly hashFirst?: boolean;
}

/** What an {@linkcode Uploader} is made with. */
export interface UploaderParts extends UploadWish {
  readonly link: TransferLink;
  readonly progress: TransferProgress<EventOf<"ack">>;
  /** What was kept before a restart. */
  readonly earlier: Partial<KeptUpload>;
  /** Called with what is to be kept now. */
  readonly keep: (kept: KeptUpload) => void;
}

/** One upload. */
export class Uploader {
  readonly #parts: UploaderParts;
  readonly #steps: UploadSteps;
  readonly #doneId: string;
  readonly #hash = createHash("sha256");
  /** How many bytes the hash has. */
  #hashed = 0;
  /** The hash of the whole, once all of it was read. */
  #sha256: string | undefined;

  constructor(parts: UploaderParts) {
    const { earlier } = parts;
    this.#parts = parts;
    this.#doneId = earlier.doneId ?? crypto.randomUUID();
    this.#steps = this.#takeSteps();
    // One that waits for its turn goes on after a restart, too.
    this.#keep();
  }

  /** Resolves with the server's ack; rejects with a `RequestError`. */
  async run(): Promise<EventOf<"ack">> {
    const { link, progress, source, hashFirst, text } = this.#parts;
    // The server would refuse it at the end; here it does not even get there.
    if (text !== undefined && isSecret(text)) {
      throw new RequestError("may-be-secret", MAY_BE_SECRET);
    }
    try {
      if (hashFirst && source.size !== undefined) {
        await this.#reach(source.size);
        this.#ended();
      }
      const wait = (): void => progress.wait();
      return await link.throughBreaks(
        { signal: progress.signal, wait },
        ({ session }) => this.#steps.attempt(session),
      );
    } catch (error) {
      if (!mayGoOn(error, source)) this.#letGo();
      throw error;
    }
  }

  #takeSteps(): UploadSteps {
    const { link, source, destination, text, progress, earlier } = this.#parts;
    return new UploadSteps({
      ask: (request) => link.send(request),
      faultOf: (error) => error instanceof RequestError ? error : undefined,
      fault: (code, text) => new RequestError(code, text),
      source: {
        name: source.name,
        size: source.size,
        read: (offset, most) => source.read(offset, most),
        arrived: (offset) => source.arrived(offset),
        reach: (offset) => this.#reach(offset),
        took: (offset, bytes) => this.#take(offset, bytes),
        ended: () => this.#ended(),
        sha256: () => this.#sha256,
      },
      ...{ destination, text, doneId: this.#doneId },
      ...{ file: earlier.file, isFinishing: earlier.finishing },
      check: (done) => this.#check(done),
      sizes: () => this.#chunkSizes,
      signal: progress.signal,
      now: () => performance.now(),
      pause: (ms, signal) => delay(ms, { signal }),
      ears: {
        begins: (offset) => progress.run(offset),
        arrived: (offset) => progress.moved(offset),
        waits: () => progress.wait(),
        closing: () => progress.closing(),
        reopened: () => progress.reopen(),
        kept: () => this.#keep(),
      },
    });
  }

  /** Throws for a request that is too long for the server. */
  #check(request: RequestOf<"done">): void {
    const limit = this.#parts.link.welcome?.limits.payload ?? MAX_PAYLOAD_BYTES;
    const excess = excessOf(request, limit, false);
    if (excess !== undefined) throw excess;
  }

  get #chunkSizes(): { chunk: number; largest: number } {
    const { limits, features } = this.#parts.link.welcome ?? {};
    const { payload = MAX_PAYLOAD_BYTES, chunk = CHUNK_BYTES, raw } = limits ?? {};
    // In base64 three bytes are four characters.
    const fits = Math.floor((payload - CHUNK_FRAME_BYTES) / 4) * 3;
    const inJson = Math.max(1, Math.min(MAX_CHUNK_BYTES, fits));
    const largest = features?.includes(BYTES) && raw !== undefined && raw > 0 ? raw : inJson;
    return { chunk: Math.max(1, Math.min(chunk, largest)), largest };
  }

  /** Reads on to an offset without sending. */
  async #reach(offset: number): Promise<void> {
    while (this.#hashed < offset) await this.#hashNext(this.#hashed, offset - this.#hashed);
  }

  /** Reads the next bytes without sending them. */
  async #hashNext(at: number, most: number): Promise<void> {
    const { source, progress } = this.#parts;
    progress.signal.throwIfAborted();
    const bytes = await source.read(at, Math.min(most, HASH_BYTES));
    this.#take(at, bytes);
    source.arrived(at + bytes.length);
    if (bytes.length > 0) return;
    throw new RequestError("not-read", `The server has more of ${source.name} than there is`);
  }

  /** Adds to the hash what it does not have. */
  #take(offset: number, bytes: Uint8Array): void {
    const known = this.#hashed - offset;
    if (known >= bytes.length) return;
    this.#hash.update(bytes.subarray(known));
    this.#hashed = offset + bytes.length;
  }

  /** All of it was read. */
  #ended(): void {
    this.#sha256 ??= this.#hash.digest("hex");
  }

  #keep(): void {
    const { source, destination, text, keep } = this.#parts;
    const { file, isFinishing } = this.#steps;
    if (source.kept === undefined || source.size === undefined) return;
    if (text !== undefined && isSecret(text)) return;
    keep({
      kind: "upload",
      ...source.kept,
      size: source.size,
      destination,
      ...text === undefined ? {} : { text },
      ...file === undefined ? {} : { file },
      doneId: this.#doneId,
      ...isFinishing ? { finishing: true } : {},
    });
  }

  /** The server need not keep what it has. */
  #letGo(): void {
    const { file } = this.#steps;
    if (file !== undefined) this.#parts.link.send({ type: "cancel", file }).catch(() => {});
  }
}

/** Whether it may go on from what has arrived: in the next conversation, or when the server takes more again. */
export function mayGoOn(error: unknown, { kept }: Pick<UploadSource, "kept">): boolean {
  if (!(error instanceof RequestError)) return false;
  return error.code === "ended" || kept !== undefined && error.retryAfterMs !== undefined;
}
