/** A buffer to read a stream into, which grows while reads fill it and shrinks while little arrives. */

const MIN_BYTES = 512;
const MAX_IDLE_BYTES = 4_096;
const MAX_BYTES = 65_536;

/**
 * The buffer for one stream. It has 512 bytes while the stream is silent, and up to 64 KiB:
 *
 *     const count = await conn.read(buffer.space());
 *     const chunk = buffer.filled(count);
 */
export class ReadBuffer {
  #bytes = new Uint8Array(MIN_BYTES);
  /** The size of the buffer for the next read, in bytes. */
  #size = MIN_BYTES;

  /** The buffer for the next read, never empty. After this call, bytes of the last read are invalid. */
  space(): Uint8Array<ArrayBuffer> {
    if (this.#size !== this.#bytes.length) this.#bytes = new Uint8Array(this.#size);
    return this.#bytes;
  }

  /** The `count` bytes that were read into the last `space()`. Valid until the next `space()`. */
  filled(count: number): Uint8Array<ArrayBuffer> {
    const { length } = this.#bytes;
    if (count === length) this.#size = Math.min(length * 4, MAX_BYTES);
    else if (count * 4 < length) this.#size = length > MAX_IDLE_BYTES ? length / 4 : MIN_BYTES;
    return this.#bytes.subarray(0, count);
  }
}
