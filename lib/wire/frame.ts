/**
 * The frame that both protocols share: a header of ten ASCII bytes that holds the payload's length,
 * then the payload. The wire folder turns bytes into values and back; it knows no sockets, no
 * rooms and no clock.
 */

/** Bytes in a header. */
export const HEADER_BYTES = 10;

/** The largest payload a server takes unless it says otherwise, in bytes. */
export const MAX_PAYLOAD_BYTES = 65_536;

/** How the header's number is justified, which is how a peer names its protocol. */
export type Padding = "left" | "right";

/** One frame. `payload` is a view of the decoder's buffer, valid until the next call to it. */
export interface Frame {
  readonly padding: Padding;
  readonly payload: Uint8Array;
}

/** What is wrong with bytes that no frame begins with. */
export type FrameFault = "bad-frame" | "too-large" | "no-tls";

/** Thrown for bytes that no frame begins with. The stream can't be read on after it. */
export class FrameError extends Error {
  override readonly name = "FrameError";
  /** For the peer's `bye`: no header, one that asks for too much, or TLS where there is none. */
  readonly reason: FrameFault;

  constructor(message: string, reason: FrameFault = "bad-frame") {
    super(message);
    this.reason = reason;
  }
}

const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const MIN_BUFFER_BYTES = 512;
const MAX_IDLE_BUFFER_BYTES = 4_096;
const MAX_READ_BYTES = 65_536;

const encoder = new TextEncoder();

/** Bytes that `text` takes in UTF-8. A lone surrogate counts as the replacement character. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else {
      length += 2;
      // A pair is two units and four bytes.
      if (unit >= 0xd800 && unit < 0xdc00) {
        const next = text.charCodeAt(i + 1);
        if (next >= 0xdc00 && next < 0xe000) i++;
      }
    }
  }
  return length;
}

/**
 * A frame as text, to be encoded together with others: that is much cheaper than one by one. `bytes`
 * is what the text takes, for who knows it already.
 */
export function frameText(
  text: string,
  padding: Padding,
  bytes: number = utf8Length(text),
): string {
  const length = String(bytes);
  return (padding === "left" ? length.padEnd(HEADER_BYTES) : length.padStart(HEADER_BYTES)) + text;
}

/** Encodes `text` as one frame. */
export function encodeFrame(text: string, padding: Padding): Uint8Array<ArrayBuffer> {
  return encoder.encode(frameText(text, padding));
}

/**
 * Cuts a byte stream into frames, however the bytes arrive.
 *
 * The reader fills the decoder's own buffer, so nothing is copied on the way in:
 *
 *     const n = await conn.read(decoder.space());
 *     decoder.filled(n);
 *     for (let frame; (frame = decoder.next());) { … }
 *
 * A silent connection holds 512 bytes. The buffer grows while reads fill it, to 64 KiB or to the
 * frame that is arriving, and shrinks again when it has been emptied. A length is checked before
 * anything is allocated for it.
 */
export class FrameDecoder {
  readonly #maxPayload: number;
  #buffer = new Uint8Array(MIN_BUFFER_BYTES);
  #start = 0;
  #end = 0;
  #wanted = HEADER_BYTES;
  #eager = MIN_BUFFER_BYTES;

  /** `maxPayload` is the largest payload that is accepted, in bytes. */
  constructor(maxPayload = MAX_PAYLOAD_BYTES) {
    this.#maxPayload = maxPayload;
  }

  /** Bytes that have arrived and belong to no complete frame yet. */
  get pending(): number {
    return this.#end - this.#start;
  }

  /** The part of the buffer that the next read may fill; never empty. */
  space(): Uint8Array<ArrayBuffer> {
    const pending = this.pending;
    const size = Math.max(this.#eager, this.#wanted, pending + 1);
    if (size !== this.#buffer.length && (size > this.#buffer.length || pending === 0)) {
      const grown = new Uint8Array(size);
      grown.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = grown;
    } else if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = pending;
    return this.#buffer.subarray(pending);
  }

  /** Says that the last `space()` now begins with `count` bytes from the peer. */
  filled(count: number): void {
    const room = this.#buffer.length - this.#end;
    if (count === room) this.#eager = Math.min(this.#buffer.length * 4, MAX_READ_BYTES);
    else if (count * 4 < room && this.#eager > MAX_IDLE_BUFFER_BYTES) this.#eager /= 4;
    else if (count * 4 < room) this.#eager = MIN_BUFFER_BYTES;
    this.#end += count;
  }

  /**
   * The next complete frame, or `undefined` until more bytes arrive.
   *
   * Throws {@linkcode FrameError} when the header is none or asks for more than the cap.
   */
  next(): Frame | undefined {
    const have = this.#end - this.#start;
    if (have < HEADER_BYTES) {
      this.#wanted = HEADER_BYTES;
      return undefined;
    }
    const header = this.#buffer.subarray(this.#start, this.#start + HEADER_BYTES);
    const { length, padding } = readHeader(header);
    if (length > this.#maxPayload) {
      throw new FrameError(
        `A frame of ${length} bytes is over the limit of ${this.#maxPayload} bytes`,
        "too-large",
      );
    }
    const whole = HEADER_BYTES + length;
    if (have < whole) {
      this.#wanted = whole;
      return undefined;
    }
    this.#wanted = HEADER_BYTES;
    const begin = this.#start + HEADER_BYTES;
    this.#start += whole;
    return { padding, payload: this.#buffer.subarray(begin, this.#start) };
  }
}

/** Reads a header: one run of ASCII digits, with spaces before it or after it but not both. */
function readHeader(header: Uint8Array): { length: number; padding: Padding } {
  let at = 0;
  while (at < HEADER_BYTES && header[at] === SPACE) at++;
  const first = at;
  let length = 0;
  for (; at < HEADER_BYTES; at++) {
    const byte = header[at] as number;
    if (byte < ZERO || byte > NINE) break;
    length = length * 10 + byte - ZERO;
  }
  const last = at;
  while (at < HEADER_BYTES && header[at] === SPACE) at++;
  const bothSides = first > 0 && last < HEADER_BYTES;
  // A record of TLS that begins a handshake, of any version.
  if (header[0] === 0x16 && header[1] === 0x03) {
    throw new FrameError("This port does not speak TLS; connect without it", "no-tls");
  }
  if (["H", "T", "T", "P", "/"].every((each, n) => header[n] === each.charCodeAt(0))) {
    throw new FrameError(
      "This is the port of a web server, whose page a browser opens; connect to the one that " +
        "chatroom serve prints for connect",
    );
  }
  if (first === last || at < HEADER_BYTES || bothSides) {
    throw new FrameError(
      `A frame can't begin with ${quoteBytes(header)}: ` +
        "ten bytes with a decimal length, padded with spaces on one side, are expected",
    );
  }
  return { length, padding: first > 0 ? "right" : "left" };
}

/** Shows bytes that are not to be trusted, for an error message. */
function quoteBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    text += byte >= SPACE && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${text}"`;
}
