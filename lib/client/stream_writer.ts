/** Writes to a stream completely and in order, also for several callers. */

import { joinBytes } from "../wire/join_bytes.ts";

/** What is written to: a part of a connection. */
type Written = Pick<Deno.Conn, "write" | "closeWrite">;

/** So many bytes go out in one write at most, unless one frame has more. */
const WRITE_BYTES = 262_144;

/** What gathers while a write is under way goes out in the next one. */
export class StreamWriter {
  readonly #stream: Written;
  /** What waits, frame by frame. */
  #waiting: Array<{ readonly parts: readonly Uint8Array[]; readonly length: number }> = [];
  /** Where they are joined, as large as the largest write so far. */
  #space = new Uint8Array();
  #last: Promise<void> = Promise.resolve();

  constructor(stream: Written) {
    this.#stream = stream;
  }

  /** Resolves when these bytes are written. They must not change until then. */
  write(...parts: readonly Uint8Array[]): Promise<void> {
    this.#waiting.push({ parts, length: parts.reduce((sum, { length }) => sum + length, 0) });
    return this.#last = this.#last.then(() => this.#writeNext());
  }

  /** Ends our side after all that was written. */
  async end(): Promise<void> {
    await this.#last;
    await this.#stream.closeWrite();
  }

  /** Writes the first that waits, and those behind it that fit beside; nothing if an earlier write did. */
  async #writeNext(): Promise<void> {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ length }) => (bytes += length) > WRITE_BYTES);
    const count = end === -1 ? this.#waiting.length : Math.max(end, 1);
    const next = this.#waiting.splice(0, count);
    if (next.length === 0) return;
    const length = next.reduce((sum, { length }) => sum + length, 0);
    if (this.#space.length < length) this.#space = new Uint8Array(length);
    await writeAll(this.#stream, joinBytes(next.flatMap(({ parts }) => parts), this.#space));
  }
}

/** Writes all of `bytes`. */
export async function writeAll(stream: Pick<Written, "write">, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
}
