/** A file on its way out to one connection: never more of it than its client has given credit for. */

import type { SentFile } from "../../wire/events.ts";
import { Refusal } from "../refusal.ts";
import { Batch } from "../sessions/batch.ts";
import type { Peer } from "../sessions/peer.ts";
import { SpareBlocks } from "../../wire/spare_blocks.ts";
import type { FileSource } from "./file_store.ts";

/** Credit that may be open, in bytes. */
export const MAX_CREDIT = 8 * 1_048_576;
/** The most bytes in one `data`: chat that comes meanwhile waits for no more than that. */
const DATA_BYTES = 16_384;
/** A client that gives credit for so much at once has a fast link: there larger ones delay nothing. */
const FAST_CREDIT = 131_072;
const FAST_DATA_BYTES = 32_768;
/** Bytes that a `data` has besides them, at most: names, a hash, an id. */
const REST_BYTES = 2_048;
/** For one that takes bytes as they are so much of its credit goes into one, and at most so many bytes. */
const RAW_SHARE = 1 / 4;
const RAW_BYTES = 65_536;
/** Bytes that are read at once. They stay in memory while the client does not read. */
const READ_BYTES = 262_144;

const blocks = new SpareBlocks(READ_BYTES);

/** What a {@linkcode Downloading} is made with. */
export interface DownloadingOptions {
  readonly file: SentFile;
  readonly source: FileSource;
  readonly peer: Peer;
  /** The id of the `get`, which each `data` repeats. */
  readonly id: string | undefined;
  readonly offset: number;
  /** The largest event that its client may be sent, in bytes. */
  readonly eventBytes: number;
  /** Throws a {@linkcode Refusal} when its client may not read the file any more. Asked before each `data`. */
  readonly check: () => void;
  /** Rejects with one when the file is there no more. Asked now and then. */
  readonly checkKept: () => Promise<void> | undefined;
  /** Told how many bytes were sent. */
  readonly onSent: (bytes: number) => void;
  /** Called once, when no more is sent, with why if that is not the end of the file. */
  readonly onEnd: (error?: unknown) => void;
}

/** A download on one connection. */
export class Downloading {
  readonly #options: DownloadingOptions;
  readonly #mostBytes: number;
  #offset: number;
  #credit = 0;
  #hasBegun = false;
  #isRunning = false;
  #isOver = false;

  constructor(options: DownloadingOptions) {
    this.#options = options;
    this.#offset = options.offset;
    // In base64 three bytes are four characters.
    this.#mostBytes = Math.max(1, Math.floor((options.eventBytes - REST_BYTES) / 4) * 3);
  }

  /** Whether all of the file has been sent. */
  get isComplete(): boolean {
    return this.#isOver && this.#hasBegun && this.#isAtEnd;
  }

  /** Lets so many more bytes be sent. Throws a {@linkcode Refusal} (`bad-field`) when too many may be. */
  grant(credit: number): void {
    const open = this.#credit + credit;
    if (open > MAX_CREDIT) {
      throw new Refusal(
        "bad-field",
        `At most ${MAX_CREDIT} bytes of credit may be open; with these it would be ${open}`,
      );
    }
    this.#credit = open;
    if (!this.#isRunning) this.#run();
  }

  /** Sends no more. */
  stop(): void {
    this.#end();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (!this.#isOver && (this.#credit > 0 || this.#isAtEnd)) await this.#sendSome();
    } catch (error) {
      this.#end(error);
    } finally {
      this.#isRunning = false;
      if (this.#isOver) this.#options.source.close();
    }
  }

  get #isAtEnd(): boolean {
    return this.#offset >= this.#options.source.size;
  }

  /** Sends what is read at once, piece by piece: what else the client is told goes in between. */
  async #sendSome(): Promise<void> {
    const { source, peer, check, checkKept } = this.#options;
    // What does not fit yet need not be in memory.
    await peer.drained();
    await checkKept();
    if (this.#isOver) return;
    check();
    const pieceBytes = this.#pieceBytes;
    const most = Math.min(READ_BYTES, this.#credit, source.size - this.#offset);
    const space = blocks.take();
    try {
      const bytes = most === 0 ? new Uint8Array() : await source.read(this.#offset, most, space);
      if (bytes.length === 0 && most > 0) {
        throw new Refusal("file-gone", `${this.#options.file.name} is shorter here than it was`);
      }
      await this.#sendPieces(bytes, pieceBytes);
    } finally {
      blocks.give(space);
    }
  }

  get #pieceBytes(): number {
    const { takesBytes } = this.#options.peer;
    const inJson = this.#credit < FAST_CREDIT ? DATA_BYTES : FAST_DATA_BYTES;
    const raw = Math.max(DATA_BYTES, Math.floor(this.#credit * RAW_SHARE));
    return Math.min(takesBytes ? Math.min(raw, RAW_BYTES) : inJson, this.#mostBytes);
  }

  async #sendPieces(bytes: Uint8Array, pieceBytes: number): Promise<void> {
    const { peer } = this.#options;
    let at = 0;
    do {
      const piece = bytes.subarray(at, at + pieceBytes);
      await peer.paced?.(piece.length);
      await peer.drained();
      await this.#sendInTurn(piece);
      at += piece.length;
    } while (at < bytes.length && !this.#isOver);
    // What was read in vain counts as well: a client that begins anew all the time pays for it.
    if (at < bytes.length) peer.paced?.(bytes.length - at);
  }

  /** Sends a piece when its address may take the time for it. */
  async #sendInTurn(piece: Uint8Array): Promise<void> {
    const { peer, check } = this.#options;
    const from = this.#offset;
    const send = (): void => {
      if (this.#isOver) return;
      check();
      this.#send(piece);
    };
    await (peer.inTurn === undefined ? send() : peer.inTurn(send));
    // It is served no more.
    if (this.#offset === from && piece.length > 0) this.#end();
  }

  #send(piece: Uint8Array): void {
    const { file, peer, id, onSent } = this.#options;
    const offset = this.#offset;
    this.#offset += piece.length;
    this.#credit -= piece.length;
    const isLast = this.#isAtEnd;
    const asked = id === undefined ? {} : { id };
    const more = {
      ...(isLast ? { last: true } as const : {}),
      ...(this.#hasBegun ? {} : { about: file }),
    };
    this.#hasBegun = true;
    peer.deliver(
      new Batch([{ type: "data", ...asked, file: file.id, offset, data: piece, ...more }]),
    );
    onSent(piece.length);
    if (isLast) this.#end();
  }

  #end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // What is being read from is closed after that.
    if (!this.#isRunning) this.#options.source.close();
    this.#options.onEnd(error);
  }
}
