/**
 * Finds frames in the read buffer of a client, in place. It makes no object for a frame, because there
 * are millions of them per second.
 */

import { HEADER_BYTES } from "../wire/frame.ts";
import { LoadBuffer } from "./load_buffer.ts";

const FIRST_BYTES = 1_024;
/** The largest frame that a client takes, by the specification. */
const MAX_FRAME_BYTES = 8 * 1_048_576;
const SPACE = 0x20;
const ZERO = 0x30;

/** Takes the payload in `bytes` from `from` up to `to`, which is valid only during the call. */
export type TakePayload = (bytes: Uint8Array, from: number, to: number) => void;

/** The frames that one client reads. */
export class Scanner {
  readonly #read = new LoadBuffer(FIRST_BYTES);

  /** The part of the buffer that the next read may fill. */
  space(): Uint8Array<ArrayBuffer> {
    return this.#read.space();
  }

  /**
   * Call this after `count` bytes were read into the last `space()`. Passes on the frames that are
   * complete now. Throws if the bytes are no frame.
   */
  filled(count: number, take: TakePayload): void {
    const buffer = this.#read.bytes;
    const end = this.#read.end + count;
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
    this.#read.keep(at, end, wanted);
  }
}

/** The number in the header at `at`; -1 if there is none. */
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
