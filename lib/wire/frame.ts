/**
 * The frame that both protocols share: a header of ten ASCII bytes with the length of the payload, then
 * the payload. The wire folder turns bytes into values and back. It knows no sockets, no rooms and no
 * clock.
 */

import { MAX_HEAD_BYTES } from "./raw.ts";
import { SpareBlocks } from "./spare_blocks.ts";
import { utf8Length } from "./text.ts";

/** The length of a header, in bytes. */
export const HEADER_BYTES = 10;

/** The largest payload that a server accepts by default, in bytes. */
export const MAX_PAYLOAD_BYTES = 65_536;

/** How the number in the header is justified, which says which protocol the peer speaks. */
export type Padding = "left" | "right";

/** One frame. `payload` is a view into a buffer, and valid only until the next call to the decoder. */
export interface Frame {
  readonly padding: Padding;
  readonly payload: Uint8Array;
}

/** What is wrong with a header. */
export type FrameFault = "bad-frame" | "too-large" | "no-tls";

/** Thrown when a header is wrong. The rest of the stream can't be read then. */
export class FrameError extends Error {
  override readonly name = "FrameError";
  /** For the peer's `bye`: not a header, too long a frame, or TLS on a port without it. */
  readonly reason: FrameFault;

  constructor(message: string, reason: FrameFault = "bad-frame") {
    super(message);
    this.reason = reason;
  }
}

const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
/** The largest buffer for split frames that is kept for the next one, in bytes. */
const KEPT_BYTES = 512;
/** Larger ones are shared, as long as this is enough: for a piece of a file, that may be raw, it is. */
const SHARED_BYTES = HEADER_BYTES + MAX_PAYLOAD_BYTES + MAX_HEAD_BYTES;
const shared = new SpareBlocks(SHARED_BYTES);
const NOTHING = new Uint8Array();
const NO_HEADER = " ".repeat(HEADER_BYTES);

const encoder = new TextEncoder();

/**
 * A frame as text, to be encoded together with others, which is much cheaper than one by one. `bytes` is
 * the length of the text in UTF-8, if the caller knows it.
 */
export function frameText(
  text: string,
  padding: Padding,
  bytes: number = utf8Length(text),
): string {
  return frameHeader(bytes, padding) + text;
}

/** The header of a frame with so many bytes of payload. */
export function frameHeader(bytes: number, padding: Padding): string {
  const length = String(bytes);
  return padding === "left" ? length.padEnd(HEADER_BYTES) : length.padStart(HEADER_BYTES);
}

/** Encodes `text` as one frame. */
export function encodeFrame(text: string, padding: Padding): Uint8Array<ArrayBuffer> {
  // Encoded with room for the header, which has the length that comes of that.
  const frame = encoder.encode(NO_HEADER + text);
  encoder.encodeInto(frameHeader(frame.length - HEADER_BYTES, padding), frame);
  return frame;
}

/**
 * Cuts a byte stream into frames, whatever chunks the bytes arrive in:
 *
 *     decoder.take(chunk);
 *     for (let frame; (frame = decoder.next());) { … }
 *
 * A frame that is whole in one chunk is not copied. One that is split between chunks is copied to a
 * buffer. Its length is checked before the buffer is allocated. When no part of a frame is there, a decoder
 * keeps at most 512 bytes.
 */
export class FrameDecoder {
  readonly #maxPayload: number;
  #chunk: Uint8Array = NOTHING;
  /** The index in the chunk at which the next frame begins. */
  #at = 0;
  /** The buffer for a split frame; its first `#splitBytes` bytes have arrived. */
  #split: Uint8Array = NOTHING;
  #splitBytes = 0;

  /** `maxPayload` is the largest payload that is accepted, in bytes. */
  constructor(maxPayload = MAX_PAYLOAD_BYTES) {
    this.#maxPayload = maxPayload;
  }

  /** How many bytes have arrived that belong to frames not returned yet. */
  get pending(): number {
    return this.#splitBytes + this.#chunk.length - this.#at;
  }

  /**
   * Takes the next bytes of the stream. Call it only after `next` has returned `undefined`. The caller
   * may use the buffer again when `next` returns `undefined` the next time.
   */
  take(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /**
   * The next complete frame, or `undefined` until more bytes arrive.
   *
   * Throws a {@linkcode FrameError} if the header is wrong or the payload is too large.
   */
  next(): Frame | undefined {
    if (this.#splitBytes > 0) return this.#nextSplit();
    const have = this.#chunk.length - this.#at;
    if (have < HEADER_BYTES) return this.#keep(HEADER_BYTES);
    const { length, padding } = this.#header(this.#chunk, this.#at);
    const whole = HEADER_BYTES + length;
    if (have < whole) return this.#keep(whole);
    const begin = this.#at + HEADER_BYTES;
    this.#at += whole;
    return { padding, payload: this.#chunk.subarray(begin, this.#at) };
  }

  /** Copies the rest of the chunk to the buffer for a split frame, which gets room for `wanted` bytes. */
  #keep(wanted: number): undefined {
    const left = this.#chunk.subarray(this.#at);
    if (left.length > 0) {
      this.#makeRoom(wanted);
      this.#split.set(left);
      this.#splitBytes = left.length;
    } else if (this.#split.length > KEPT_BYTES) this.#letGo();
    this.take(NOTHING);
  }

  /** Gives the buffer for a split frame room for so many bytes; what is in it is copied. */
  #makeRoom(wanted: number): void {
    if (this.#split.length >= wanted) return;
    const grown = wanted <= KEPT_BYTES
      ? new Uint8Array(KEPT_BYTES)
      : wanted <= SHARED_BYTES
      ? shared.take()
      : new Uint8Array(wanted);
    grown.set(this.#split.subarray(0, this.#splitBytes));
    this.#letGo();
    this.#split = grown;
  }

  /** Keeps the buffer for a split frame no longer. */
  #letGo(): void {
    if (this.#split.length === SHARED_BYTES) shared.give(this.#split);
    this.#split = NOTHING;
  }

  /** The split frame, or `undefined` until the rest of it has arrived. */
  #nextSplit(): Frame | undefined {
    if (!this.#fill(HEADER_BYTES)) return undefined;
    const { length, padding } = this.#header(this.#split, 0);
    const whole = HEADER_BYTES + length;
    this.#makeRoom(whole);
    if (!this.#fill(whole)) return undefined;
    const payload = this.#split.subarray(HEADER_BYTES, whole);
    this.#splitBytes = 0;
    return { padding, payload };
  }

  /** Copies bytes from the chunk until the split frame has `wanted`. Returns whether it has. */
  #fill(wanted: number): boolean {
    if (this.#splitBytes >= wanted) return true;
    const end = this.#at + wanted - this.#splitBytes;
    const more = this.#chunk.subarray(this.#at, end);
    this.#split.set(more, this.#splitBytes);
    this.#splitBytes += more.length;
    if (end <= this.#chunk.length) this.#at = end;
    else this.take(NOTHING);
    return this.#splitBytes === wanted;
  }

  #header(bytes: Uint8Array, at: number): { length: number; padding: Padding } {
    const header = readHeader(bytes, at);
    if (header === undefined) throw notAFrame(bytes.subarray(at, at + HEADER_BYTES));
    if (header.length <= this.#maxPayload) return header;
    throw new FrameError(
      `A frame of ${header.length} bytes is over the limit of ${this.#maxPayload} bytes`,
      "too-large",
    );
  }
}

/**
 * Reads the header at `from`: one run of ASCII digits, with spaces before it or after it but not both.
 * Returns `undefined` if it is not a header.
 */
function readHeader(
  bytes: Uint8Array,
  from: number,
): { length: number; padding: Padding } | undefined {
  const end = from + HEADER_BYTES;
  let at = from;
  while (at < end && bytes[at] === SPACE) at++;
  const first = at;
  let length = 0;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte < ZERO || byte > NINE) break;
    length = length * 10 + byte - ZERO;
  }
  const last = at;
  while (at < end && bytes[at] === SPACE) at++;
  const bothSides = first > from && last < end;
  if (first === last || at < end || bothSides) return undefined;
  return { length, padding: first > from ? "right" : "left" };
}

/** The error for bytes that are not a header. It says what they are if it recognizes them. */
function notAFrame(header: Uint8Array): FrameError {
  // A TLS record that begins a handshake, in any version of TLS.
  if (header[0] === 0x16 && header[1] === 0x03) {
    return new FrameError("This port does not speak TLS; connect without it", "no-tls");
  }
  if (["H", "T", "T", "P", "/"].every((each, n) => header[n] === each.charCodeAt(0))) {
    return new FrameError(
      "This is the port of a web server, whose page a browser opens; connect to the one that " +
        "chatroom serve prints for connect",
    );
  }
  return new FrameError(
    `A frame can't begin with ${quoteBytes(header)}: ` +
      "ten bytes with a decimal length, padded with spaces on one side, are expected",
  );
}

/** Quotes untrusted bytes for an error message. */
function quoteBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    text += byte >= SPACE && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${text}"`;
}
