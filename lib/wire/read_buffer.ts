/** A buffer to read a stream into: small while little comes, and larger while reads fill it. */

const MIN_BYTES = 512;
const MAX_IDLE_BYTES = 4_096;
const MAX_BYTES = 65_536;

/**
 * Where one stream is read into, from 512 bytes while it is silent up to 64 KiB:
 *
 *     const count = await conn.read(buffer.space());
 *     const chunk = buffer.filled(count);
 */
export class ReadBuffer {
  #bytes = new Uint8Array(MIN_BYTES);
  /** What the next read is made room for. */
  #size = MIN_BYTES;

  /** Where the next read may write to; never empty. What was read before is gone with it. */
  space(): Uint8Array<ArrayBuffer> {
    if (this.#size !== this.#bytes.length) this.#bytes = new Uint8Array(this.#size);
    return this.#bytes;
  }

  /** The `count` bytes that were read into the last `space()`; valid until the next. */
  filled(count: number): Uint8Array<ArrayBuffer> {
    const { length } = this.#bytes;
    if (count === length) this.#size = Math.min(length * 4, MAX_BYTES);
    else if (count * 4 < length) this.#size = length > MAX_IDLE_BYTES ? length / 4 : MIN_BYTES;
    return this.#bytes.subarray(0, count);
  }
}
