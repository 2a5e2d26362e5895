/** Bytes in memory that grow at their end, in segments of one size: nothing is moved as they grow. */

const SEGMENT_BYTES = 65_536;

/** Bytes that grow. */
export class Segments {
  #segments: Uint8Array[] = [];
  /** How many bytes the segments take, of which the last may be filled in part. */
  #taken = 0;

  /** How many bytes of memory they take. */
  get taken(): number {
    return this.#taken;
  }

  /** Writes at an offset that is not behind the end of what was written. */
  write(data: Uint8Array, offset: number): void {
    for (let done = 0; done < data.length;) {
      const at = offset + done;
      const segment = this.#segments[Math.floor(at / SEGMENT_BYTES)] ?? this.#add();
      const within = at % SEGMENT_BYTES;
      const piece = data.subarray(done, done + SEGMENT_BYTES - within);
      segment.set(piece, within);
      done += piece.length;
    }
  }

  /** A copy of the bytes from an offset, at most `length`; what was never written is zero. */
  read(offset: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.#taken - offset));
    const bytes = new Uint8Array(wanted);
    for (let done = 0; done < wanted;) {
      const at = offset + done;
      const within = at % SEGMENT_BYTES;
      const segment = this.#segments[Math.floor(at / SEGMENT_BYTES)] ?? new Uint8Array();
      const piece = segment.subarray(within, within + wanted - done);
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes;
  }

  /** Gives back what is behind the first `size` bytes. Nothing is written afterwards. */
  cut(size: number): void {
    const whole = Math.ceil(size / SEGMENT_BYTES);
    const last = this.#segments[whole - 1];
    this.#segments = this.#segments.slice(0, whole);
    const left = size % SEGMENT_BYTES;
    if (last !== undefined && left > 0) this.#segments[whole - 1] = last.slice(0, left);
    this.#taken = size;
  }

  #add(): Uint8Array {
    const segment = new Uint8Array(SEGMENT_BYTES);
    this.#segments.push(segment);
    this.#taken += SEGMENT_BYTES;
    return segment;
  }
}
