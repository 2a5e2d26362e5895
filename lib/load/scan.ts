/**
 * Finds the frames in what a client reads, in place: nothing is made for a frame, as there are
 * millions of them in a second.
 */

import { HEADER_BYTES } from "../wire/frame.ts";

const FIRST_BYTES = 1_024;
const LARGEST_READ_BYTES = 65_536;
/** The largest frame that a client takes, as the specification has it. */
const MAX_FRAME_BYTES = 8 * 1_048_576;
const SPACE = 0x20;
const ZERO = 0x30;

/** Takes the payload that lies in `bytes` from `from` up to `to`; it is there until it returns. */
export type TakePayload = (bytes: Uint8Array, from: number, to: number) => void;

/** The read buffer of one client. Its frames are found however the bytes arrive. */
export class Scanner {
  #buffer = new Uint8Array(FIRST_BYTES);
  /** Bytes in the buffer that no complete frame was found in yet. */
  #end = 0;

  /** The part of the buffer that the next read may fill. */
  space(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#end);
  }

  /**
   * Says that the last `space()` begins with `count` new bytes, and hands out the frames that are
   * complete now. Throws an error when the bytes are no frame.
   */
  filled(count: number, take: TakePayload): void {
    const buffer = this.#buffer;
    const end = this.#end + count;
    let at = 0;
    let wanted = HEADER_BYTES;
    while (end - at >= HEADER_BYTES) {
      const length = readLength(buffer, at);
      if (length < 0 || length > MAX_FRAME_BYTES) {
        throw new Error("What the server sent is not a frame of the chatroom protocol");
      }
      wanted = HEADER_BYTES + length;
      if (end - at < wanted) break;
      take(buffer, at + HEADER_BYTES, at + wanted);
      at += wanted;
      wanted = HEADER_BYTES;
    }
    this.#keep(at, end, wanted);
  }

  /** Moves what is left to the front, and grows for a frame that does not fit or reads that fill. */
  #keep(at: number, end: number, wanted: number): void {
    const buffer = this.#buffer;
    const eager = end === buffer.length ? Math.min(buffer.length * 4, LARGEST_READ_BYTES) : 0;
    const size = Math.max(wanted, eager);
    if (size > buffer.length) {
      this.#buffer = new Uint8Array(size);
      this.#buffer.set(buffer.subarray(at, end));
    } else if (at > 0 && end > at) buffer.copyWithin(0, at, end);
    this.#end = end - at;
  }
}

/** The number in the header at `at`, or -1 where there is none. */
function readLength(bytes: Uint8Array, at: number): number {
  let length = -1;
  for (let i = at; i < at + HEADER_BYTES; i++) {
    const byte = bytes[i] as number;
    if (byte === SPACE) continue;
    if (byte < ZERO || byte > ZERO + 9) return -1;
    length = (length < 0 ? 0 : length * 10) + byte - ZERO;
  }
  return length;
}
