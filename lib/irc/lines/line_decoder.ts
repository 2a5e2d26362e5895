/** Cuts the bytes that an IRC client sends into lines, in whatever pieces they come. */

/** More bytes than that without an end of line are no IRC: the connection ends. */
export const MOST_UNENDED = 16_384;

const LF = 0x0a;
const CR = 0x0d;
const NOTHING: Uint8Array = new Uint8Array();

/** Whether what {@linkcode LineDecoder.next} has returned is no line, but what stands between lines. */
export function isBlank(line: Uint8Array): boolean {
  return line.length === 0 || line[0] === LF || line[0] === CR;
}

/** Cuts bytes into lines, which end in LF or CR LF. */
export class LineDecoder {
  /** More than {@linkcode MOST_UNENDED} bytes have come without an end of line; no line comes after that. */
  isOver = false;
  /** The beginning of a line whose end has not come: a copy, in a buffer that grows. */
  #kept = NOTHING;
  #length = 0;
  #chunk = NOTHING;
  #at = 0;

  /** Bytes of a line that is not complete. */
  get pending(): number {
    return this.#length + this.#chunk.length - this.#at;
  }

  /** Takes bytes, which may change once {@linkcode next} has returned `undefined`. */
  take(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /**
   * The next line, without its end, or the ends of empty lines, as many as follow each other; valid until the next
   * call. The empty ones are passed on since they cost time as well: whoever sends nothing else should have to wait.
   */
  next(): Uint8Array | undefined {
    const blanks = this.#blanks();
    if (blanks.length > 0) return blanks;
    const end = this.#chunk.indexOf(LF, this.#at);
    const piece = this.#chunk.subarray(this.#at, end < 0 ? undefined : end);
    this.isOver ||= this.#length + piece.length > MOST_UNENDED;
    if (this.isOver) return undefined;
    if (end < 0) {
      this.#keep(piece);
      this.take(NOTHING);
      return undefined;
    }
    this.#at = end + 1;
    return withoutEnd(this.#length === 0 ? piece : this.#whole(piece));
  }

  /** Ends of lines where one would begin. */
  #blanks(): Uint8Array {
    const from = this.#at;
    if (this.#length > 0 || this.isOver) return NOTHING;
    while (this.#chunk[this.#at] === LF || this.#chunk[this.#at] === CR) this.#at++;
    return this.#chunk.subarray(from, this.#at);
  }

  #whole(piece: Uint8Array): Uint8Array {
    this.#keep(piece);
    const whole = this.#kept.subarray(0, this.#length);
    this.#length = 0;
    return whole;
  }

  #keep(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#kept.length) {
      const larger = new Uint8Array(Math.min(Math.max(2 * length, 512), MOST_UNENDED));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(piece, this.#length);
    this.#length = length;
  }
}

function withoutEnd(line: Uint8Array): Uint8Array {
  let end = line.length;
  while (end > 0 && line[end - 1] === CR) end--;
  return line.subarray(0, end);
}
