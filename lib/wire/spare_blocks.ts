/**
 * Blocks of memory that are used again: a new one has to be cleared, and while a file goes through there
 * would be megabytes of them before the collector takes the old ones.
 */

/**
 * So many bytes may be kept for later: with less, twenty files at once would have ever new blocks made, and the
 * heap grow by twice as much as this keeps.
 */
const KEPT_BYTES = 8_388_608;

/** Blocks of one size. */
export class SpareBlocks {
  readonly #bytes: number;
  readonly #spare: Uint8Array[] = [];

  /** `bytes` is the size of a block. */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** A block with whatever was in it before. */
  take(): Uint8Array {
    return this.#spare.pop() ?? new Uint8Array(this.#bytes);
  }

  /** Nobody uses the block any more. */
  give(block: Uint8Array): void {
    if (this.#spare.length * this.#bytes < KEPT_BYTES) this.#spare.push(block);
  }
}
