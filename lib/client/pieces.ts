/**
 * Pieces of files that have come and wait to be taken, in memory that is used again: to clear new memory takes
 * longer than to copy them.
 */

import { SpareBlocks } from "../wire/spare_blocks.ts";

/** As large as the pieces are that come on a fast link, in bytes. */
const PIECE_BYTES = 65_536;

const blocks = new SpareBlocks(PIECE_BYTES);

/** A copy of a piece, which lasts until {@linkcode letPieceGo}. */
export function keptPiece(piece: Uint8Array): Uint8Array {
  const { length } = piece;
  if (length > PIECE_BYTES || length < PIECE_BYTES / 2) return piece.slice();
  const block = blocks.take();
  block.set(piece);
  return block.subarray(0, length);
}

/** Nobody uses the piece any more, nor what its buffer has besides. */
export function letPieceGo({ buffer }: Uint8Array): void {
  if (buffer.byteLength === PIECE_BYTES) blocks.give(new Uint8Array(buffer));
}
