/**
 * A chain of hashes over all that was read and what it came to. Nodes that have the same hash at a place have
 * read the same and made the same of it. Each batch tells its sender's, so that nodes that have come apart,
 * by whatever fault, notice it at the next batch.
 */

import { createHash } from "node:crypto";
import type { LogPlace } from "../store/applied_notes.ts";

/** For so many of the last places the hash is remembered: older batches are not compared. */
const REMEMBERED = 16_384;

/** The chain at one node. */
export class Chain {
  readonly #hashes = new Map<number, string>();

  /** Goes on from a place, or begins. */
  constructor(place?: LogPlace) {
    if (place !== undefined) this.#hashes.set(place.seq, place.hash);
  }

  /** The hash after a message with a seq, and what it came to, goes on from `before`. */
  next(before: string, seq: number, data: Uint8Array, outcome: string): string {
    const hash = createHash("sha256").update(before).update(data).update(outcome).digest("hex")
      .slice(0, 32);
    this.#hashes.set(seq, hash);
    if (this.#hashes.size > REMEMBERED) {
      for (const oldest of this.#hashes.keys()) {
        this.#hashes.delete(oldest);
        break;
      }
    }
    return hash;
  }

  /** Whether somebody who says that it has this hash at a place has come apart from this node. */
  differs(seq: number, hash: string): boolean {
    const own = this.#hashes.get(seq);
    return own !== undefined && own !== hash;
  }
}
