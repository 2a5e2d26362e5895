/**
 * The bytes of files, on disk or in memory: blobs by their SHA-256, and parts of uploads. This folder knows
 * no rooms, messages or protocols; whose a file is and who may read it is the log's.
 */

import type { FileSource, UploadNote } from "../chat/files/file_store.ts";

/** The bytes of one upload, as far as they have come. */
export interface StoragePart {
  /** Writes at `offset`, which is where the bytes end that count; what lies behind does not count. */
  write(data: Uint8Array, offset: number): Promise<void>;
  /** Up to `length` bytes from an offset, fewer at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Removes it; nothing is written or read afterwards. */
  remove(): Promise<void>;
}

/** A part that an earlier process has left. */
export interface FoundPart {
  readonly id: string;
  readonly note: UploadNote;
  readonly part: StoragePart;
  readonly size: number;
  /** When the last bytes came, in ms since 1970. */
  readonly touched: number;
}

/**
 * What `place` rejects with when nobody knows which bytes of a part are on the disk: to ask the system once
 * more would tell that all are, since it has given up those that it could not write.
 */
export class PartLost extends Error {
  override readonly name = "PartLost";
}

/** Where bytes are kept. What fails rejects with an error whose message says why, as a part of a sentence. */
export interface BlobStorage {
  /** The parts of uploads that were there when it was opened. */
  readonly found: readonly FoundPart[];
  /**
   * Rejects if there is no room for so many bytes more. Resolves with how many more than these there is
   * room for, as far as is known.
   */
  checkRoom(bytes: number): Promise<number>;
  /** Makes the empty part of a new upload. */
  makePart(id: string, note: UploadNote): Promise<StoragePart>;
  /**
   * Makes a blob of the first `size` bytes of a part, for good; in the place of one with the same hash.
   * Rejects with a {@linkcode PartLost} when the part is of no use any more.
   */
  place(part: StoragePart, sha256: string, size: number): Promise<void>;
  /** Opens a blob. Rejects with a `Refusal` (`file-gone`) when it is not there. */
  open(sha256: string): Promise<FileSource>;
  /** Removes a blob, if it is there. */
  remove(sha256: string): Promise<void>;
  /** The hashes of all blobs, some at a time. */
  list(): AsyncIterable<readonly string[]>;
  /** Ends what holds on to the system. Parts and blobs stay, where they can. */
  close(): void;
}
