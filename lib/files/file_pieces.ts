/** Reads, hashes and copies whole files, a piece at a time. */

import { createHash } from "node:crypto";
import { FILE_MODE } from "./disk_paths.ts";

const PIECE_BYTES = 1_048_576;

/** What is left to read of an open file; each piece is in the same memory as the one before. */
export async function* piecesOf(file: Deno.FsFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(PIECE_BYTES);
  for (let count = await file.read(bytes); count !== null; count = await file.read(bytes)) {
    yield bytes.subarray(0, count);
  }
}

/** The SHA-256 of what is left to read of an open file, in hexadecimal. */
export async function sha256Left(file: Deno.FsFile): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of piecesOf(file)) hash.update(bytes);
  return hash.digest("hex");
}

/** Writes all of some bytes. */
export async function writeWhole(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/**
 * Copies what is left to read of an open file to where none is yet, for its owner alone; with `isSynced` it
 * is on the disk then. Resolves with the SHA-256 of what was read.
 */
export async function copyHashed(
  source: Deno.FsFile,
  to: string,
  { isSynced = false }: { readonly isSynced?: boolean } = {},
): Promise<string> {
  using target = await Deno.open(to, { write: true, createNew: true, mode: FILE_MODE });
  const hash = createHash("sha256");
  for await (const bytes of piecesOf(source)) {
    hash.update(bytes);
    await writeWhole(target, bytes);
  }
  if (isSynced) await target.sync();
  return hash.digest("hex");
}
