/** What a client of a load has read and not understood yet. It is read into in place, and seldom copied. */

const LARGEST_READ_BYTES = 65_536;

/** The read buffer of one client. */
export class LoadBuffer {
  /** What was read, and behind it what the next read may fill. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many of the bytes were read. */
  end = 0;

  /** With room for so many bytes at first. */
  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** The part that the next read may fill. */
  space(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(this.end);
  }

  /**
   * Keeps what lies from `from` up to `end`, and moves it to the front. Grows where that is to become longer
   * than the buffer, `wanted` bytes, and where a read has filled it.
   */
  keep(from: number, end: number, wanted = 0): void {
    const { bytes } = this;
    const eager = end === bytes.length ? Math.min(bytes.length * 4, LARGEST_READ_BYTES) : 0;
    const size = Math.max(wanted, eager);
    if (size > bytes.length) {
      this.bytes = new Uint8Array(size);
      this.bytes.set(bytes.subarray(from, end));
    } else if (from > 0 && end > from) bytes.copyWithin(0, from, end);
    this.end = end - from;
  }
}
