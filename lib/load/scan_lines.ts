/** Finds lines in the read buffer of a client, in place, as scan.ts finds frames. */

import { LoadBuffer } from "./load_buffer.ts";
import type { TakePayload } from "./scan.ts";

const FIRST_BYTES = 4_096;
/** The longest line that a client takes, with its tags: twice what IRCv3 has. */
const MAX_LINE_BYTES = 16_384;
const [LF, CR] = [0x0a, 0x0d];

/** The lines that one client reads. */
export class LineScanner {
  readonly #read = new LoadBuffer(FIRST_BYTES);

  /** The part of the buffer that the next read may fill. */
  space(): Uint8Array<ArrayBuffer> {
    return this.#read.space();
  }

  /**
   * Call this after `count` bytes were read into the last `space()`. Passes on the lines that are complete now,
   * without their ends. Throws if a line is too long.
   */
  filled(count: number, take: TakePayload): void {
    const { bytes, end: before } = this.#read;
    const end = before + count;
    let from = 0;
    // What was there before has no end of a line.
    for (let at = bytes.indexOf(LF, before); at !== -1 && at < end;) {
      const to = at > from && bytes[at - 1] === CR ? at - 1 : at;
      if (to > from) take(bytes, from, to);
      from = at + 1;
      at = bytes.indexOf(LF, from);
    }
    if (end - from > MAX_LINE_BYTES) throw new Error("What the server sent are no lines of IRC");
    this.#read.keep(from, end);
  }
}
