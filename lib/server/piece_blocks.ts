/**
 * The memory of pieces of files on their way out, which is used again as soon as they are written: a file would
 * else leave so much for the collector that the heap grows.
 */

import { joinBytes } from "../wire/join_bytes.ts";
import { SpareBlocks } from "../wire/spare_blocks.ts";

/** A piece of 64 KiB and what is around it, in bytes. Larger ones are left to the collector. */
const BLOCK_BYTES = 69_632;

const blocks = new SpareBlocks(BLOCK_BYTES);
/** Those that are in use. */
const lent = new WeakSet<ArrayBufferLike>();

/** Joins the parts of the frame of a piece. It goes to one client, and then to {@linkcode letFrameGo}. */
export function frameOfPiece(...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, { length }) => sum + length, 0);
  if (length > BLOCK_BYTES || length < BLOCK_BYTES / 2) return joinBytes(parts);
  const block = blocks.take();
  lent.add(block.buffer);
  return joinBytes(parts, block);
}

/** Whoever has written these bytes needs them no more. Only memory that is from here is used again. */
export function letFrameGo({ buffer }: Uint8Array): void {
  if (lent.delete(buffer)) blocks.give(new Uint8Array(buffer));
}
