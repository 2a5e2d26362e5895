/** Finds lines in the read buffer of a client, in place, as scan.ts finds frames. */

import type { TakePayload } from "./scan.ts";

const FIRST_BYTES = 4_096;
const LARGEST_READ_BYTES = 65_536;
/** The longest line that a client takes, with its tags: twice what IRCv3 has. */
const MAX_LINE_BYTES = 16_384;
const [LF, CR] = [0x0a, 0x0d];

/** The read buffer of one client that takes lines. */
export class LineScanner {
  #buffer = new Uint8Array(FIRST_BYTES);
  /** How many bytes in the buffer belong to a line that has not ended yet. */
  #end = 0;

  /** The part of the buffer that the next read may fill. */
  space(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#end);
  }

  /**
   * Call this after `count` bytes were read into the last `space()`. Passes on the lines that are complete now,
   * without their ends. Throws if a line is too long.
   */
  filled(count: number, take: TakePayload): void {
    const buffer = this.#buffer;
    const end = this.#end + count;
    let from = 0;
    // What was there before has no end of a line.
    for (let at = buffer.indexOf(LF, this.#end); at !== -1 && at < end;) {
      const to = at > from && buffer[at - 1] === CR ? at - 1 : at;
      if (to > from) take(buffer, from, to);
      from = at + 1;
      at = buffer.indexOf(LF, from);
    }
    this.#keep(from, end);
  }

  /** Moves the rest to the front. Grows if a read filled the buffer. */
  #keep(from: number, end: number): void {
    const buffer = this.#buffer;
    const rest = end - from;
    if (rest > MAX_LINE_BYTES) throw new Error("What the server sent are no lines of IRC");
    if (end === buffer.length && buffer.length < LARGEST_READ_BYTES) {
      this.#buffer = new Uint8Array(buffer.length * 4);
      this.#buffer.set(buffer.subarray(from, end));
    } else if (from > 0 && rest > 0) buffer.copyWithin(0, from, end);
    this.#end = rest;
  }
}
