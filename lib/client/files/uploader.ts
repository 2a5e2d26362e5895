/**
 * Sends one file: asks for a place for it, sends its bytes, and says that it is complete. After a
 * connection that broke, it goes on where the server is; and it is never sent twice.
 */

import { createHash } from "node:crypto";
import { delay } from "@std/async/delay";
import type { Event, EventOf } from "../../wire/events.ts";
import { MAX_PAYLOAD_BYTES } from "../../wire/frame.ts";
import type { RequestOf } from "../../wire/requests.ts";
import { RequestError } from "../conversation.ts";
import { isSecret, MAY_BE_SECRET } from "../../words/secret.js";
import { excessOf } from "../requests.ts";
import type { FileDestination, KeptUpload } from "./file_transfer.ts";
import { sendChunks } from "./send_chunks.ts";
import type { Connected, TransferLink } from "./transfer_link.ts";
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
/** How often it asks in one connection where to go on. */
const MAX_TRIES = 5;
/** Whom the server asks to wait for longer than this is told so instead, in ms. */
const MAX_PAUSE_MS = 60_000;

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
  readonly #doneId: string;
  readonly #hash = createHash("sha256");
  /** How many bytes the hash has. */
  #hashed = 0;
  /** The hash of the whole, once all of it was read. */
  #sha256: string | undefined;
  /** What the server calls the upload. */
  #file: string | undefined;
  /** The session in which its end was sent; `earlier`: before a restart. */
  #doneIn: number | "earlier" | undefined;
  /** Its end was sent, and the session that would know of it is over: it may have been sent or not. */
  #isDoubtful = false;

  constructor(parts: UploaderParts) {
    const { earlier } = parts;
    this.#parts = parts;
    this.#doneId = earlier.doneId ?? crypto.randomUUID();
    this.#file = earlier.file;
    this.#doneIn = earlier.finishing ? "earlier" : undefined;
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
      if (hashFirst && source.size !== undefined) await this.#hashAll(source.size);
      const wait = (): void => progress.wait();
      return await link.throughBreaks(
        { signal: progress.signal, wait },
        (connected) => this.#attempt(connected),
      );
    } catch (error) {
      if (!mayGoOn(error, source)) this.#letGo();
      throw error;
    }
  }

  async #attempt(connected: Connected): Promise<EventOf<"ack">> {
    for (let tries = 1;; tries++) {
      try {
        const ack = this.#doneIn === undefined ? undefined : await this.#askAgain(connected);
        if (ack !== undefined) return ack;
        await this.#sendFrom(await this.#put());
        return await this.#end(connected);
      } catch (error) {
        const pauseMs = pauseAfter(error);
        if (pauseMs === undefined || tries === MAX_TRIES) throw error;
        await this.#refused(pauseMs);
      }
    }
  }

  /** The server wants the rest from elsewhere, or later: it was not sent, and what has arrived stays. */
  async #refused(pauseMs: number): Promise<void> {
    const { progress } = this.#parts;
    this.#doneIn = undefined;
    progress.reopen();
    this.#keep();
    if (pauseMs === 0) return;
    progress.wait();
    await delay(pauseMs, { signal: progress.signal });
  }

  /** Sends its end again. Resolves with `undefined` if the server does not know of it. */
  async #askAgain({ session }: Connected): Promise<EventOf<"ack"> | undefined> {
    try {
      return await this.#sendDone();
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== "no-such-file") throw error;
      this.#isDoubtful = this.#doneIn !== session;
      this.#doneIn = undefined;
      this.#parts.progress.reopen();
      return undefined;
    }
  }

  /** Asks for a place; resolves with how much the server has already. */
  async #put(): Promise<number> {
    const { link, source: { name, size }, destination } = this.#parts;
    const { request: done, excess } = this.#checkedDone();
    if (excess !== undefined) throw excess;
    const slot = await link.send({
      type: "put",
      name,
      ...size === undefined ? {} : { size },
      ...done.sha256 === undefined ? {} : { sha256: done.sha256 },
      ...destination,
      ...this.#file === undefined ? {} : { file: this.#file },
    });
    if (slot.type !== "slot") throw unexpected(slot);
    const { file, offset } = slot;
    const earlier = this.#file;
    this.#file = file;
    if (file === earlier) {
      // What is not finished was not sent.
      this.#isDoubtful = false;
    } else if (this.#isDoubtful) {
      throw new RequestError(
        "lost",
        `The connection was lost when ${name} had just arrived, and the server may have sent it on or ` +
          "not; look whether it is there before you send it again",
      );
    } else this.#keep();
    return offset;
  }

  async #sendFrom(from: number): Promise<void> {
    const { link, source, progress } = this.#parts;
    const { signal } = progress;
    for (let at = this.#hashed; at < from;) at += await this.#hashNext(at, from - at);
    progress.run(from);
    await sendChunks({
      link,
      source,
      signal,
      from,
      file: this.#file ?? "",
      ...this.#chunkSizes,
      onRead: (offset, bytes) => this.#take(offset, bytes),
      onTaken: (offset) => progress.moved(offset),
    });
    this.#sha256 ??= this.#hash.digest("hex");
  }

  async #end({ session }: Connected): Promise<EventOf<"ack">> {
    this.#parts.progress.closing();
    this.#doneIn = session;
    this.#keep({ finishing: true });
    return await this.#sendDone();
  }

  async #sendDone(): Promise<EventOf<"ack">> {
    const answer = await this.#parts.link.send(this.#checkedDone().request);
    if (answer.type !== "ack") throw unexpected(answer);
    return answer;
  }

  /** The request that ends it, and why it is too long if it is: nobody should learn that at the end. */
  #checkedDone(): { request: RequestOf<"done">; excess: RequestError | undefined } {
    const { link: { welcome }, text } = this.#parts;
    const request: RequestOf<"done"> = {
      type: "done",
      id: this.#doneId,
      file: this.#file ?? "",
      ...this.#sha256 === undefined ? {} : { sha256: this.#sha256 },
      ...text === undefined ? {} : { text },
    };
    const limit = welcome?.limits.payload ?? MAX_PAYLOAD_BYTES;
    return { request, excess: excessOf(request, limit, false) };
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

  async #hashAll(size: number): Promise<void> {
    while (this.#hashed < size) await this.#hashNext(this.#hashed, size - this.#hashed);
    this.#sha256 = this.#hash.digest("hex");
  }

  /** Reads on without sending; resolves with how many bytes were read. */
  async #hashNext(at: number, most: number): Promise<number> {
    const { source, progress } = this.#parts;
    progress.signal.throwIfAborted();
    const bytes = await source.read(at, Math.min(most, HASH_BYTES));
    this.#take(at, bytes);
    source.arrived(at + bytes.length);
    if (bytes.length > 0) return bytes.length;
    throw new RequestError("not-read", `The server has more of ${source.name} than there is`);
  }

  /** Adds to the hash what it does not have. */
  #take(offset: number, bytes: Uint8Array): void {
    const known = this.#hashed - offset;
    if (known >= bytes.length) return;
    this.#hash.update(bytes.subarray(known));
    this.#hashed = offset + bytes.length;
  }

  #keep(more: Pick<KeptUpload, "finishing"> = {}): void {
    const { source, destination, text, keep, earlier } = this.#parts;
    if (source.kept === undefined || source.size === undefined) return;
    if (text !== undefined && isSecret(text)) return;
    keep({
      kind: "upload",
      ...source.kept,
      size: source.size,
      destination,
      ...text === undefined ? {} : { text },
      ...this.#file === undefined ? {} : { file: this.#file },
      doneId: this.#doneId,
      ...this.#doneIn === "earlier" && earlier.finishing ? { finishing: true } : {},
      ...more,
    });
  }

  /** The server need not keep what it has. */
  #letGo(): void {
    const { link } = this.#parts;
    if (this.#file !== undefined) link.send({ type: "cancel", file: this.#file }).catch(() => {});
  }
}

/** Whether it may go on from what has arrived: in the next conversation, or when the server takes more again. */
export function mayGoOn(error: unknown, { kept }: Pick<UploadSource, "kept">): boolean {
  if (!(error instanceof RequestError)) return false;
  return error.code === "ended" || kept !== undefined && error.retryAfterMs !== undefined;
}

/** How long to wait before the next try, in ms; `undefined`: there should be none. */
function pauseAfter(error: unknown): number | undefined {
  if (!(error instanceof RequestError)) return undefined;
  const { code, retryAfterMs = Infinity } = error;
  if (code === "bad-offset") return 0;
  return retryAfterMs <= MAX_PAUSE_MS ? retryAfterMs : undefined;
}

function unexpected({ type }: Event): RequestError {
  return new RequestError(
    "no-answer",
    `The server answers with ${JSON.stringify(type)}, which is none`,
  );
}
