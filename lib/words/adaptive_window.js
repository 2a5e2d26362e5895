// @ts-check
/**
 * How many bytes of a file may be on their way at once. A fixed window is either slow on a fast link or,
 * on a slow one, holds up what is said on the same connection for as long as the window takes. So this
 * one grows while the answers come quickly, and shrinks when they begin to wait for each other. Pure.
 */

/** The largest window, in bytes. */
const MAX_WINDOW_BYTES = 1_048_576;
/** How much later than the fastest answer the others may come, in ms. */
const PATIENCE_MS = 25;
/** A window holds so many pieces at least, unless they would be smaller than a chunk. */
const PIECES = 4;
/** What is left of the window when they come later. */
const SHRINK = 0.7;

/** The window of one transfer in one connection. */
export class AdaptiveWindow {
  #chunk;
  #bytes;
  /** The shortest time that an answer took: what the link takes when nothing waits. */
  #fastestMs = Infinity;
  /** Whether every answer has come quickly so far: until then the window doubles with each round. */
  #isOpening = true;
  /** No chunk that was sent before this time shrinks the window: it was shrunk since then. */
  #shrunkAt = -Infinity;

  /** @param {number} chunk the size of one piece, in bytes */
  constructor(chunk) {
    this.#chunk = chunk;
    this.#bytes = chunk;
  }

  /** How many bytes may be on their way. */
  get bytes() {
    return this.#bytes;
  }

  /** The best size of the next piece, up to `largest`: a quarter of the window, or one chunk. @param {number} largest */
  piece(largest) {
    return Math.min(Math.max(this.#chunk, Math.floor(this.#bytes / PIECES)), largest);
  }

  /**
   * Bytes that were sent at the one time were answered at the other; both are in ms.
   * @param {number} sentAt @param {number} now @param {number} bytes
   */
  answered(sentAt, now, bytes) {
    const tookMs = now - sentAt;
    this.#fastestMs = Math.min(this.#fastestMs, tookMs);
    if (tookMs - this.#fastestMs < PATIENCE_MS) {
      const growth = this.#isOpening ? bytes : bytes * this.#chunk / this.#bytes;
      this.#bytes = Math.min(this.#bytes + growth, MAX_WINDOW_BYTES);
    } else if (sentAt >= this.#shrunkAt) {
      this.#isOpening = false;
      this.#shrunkAt = now;
      this.#bytes = Math.max(this.#bytes * SHRINK, this.#chunk);
    }
  }
}
