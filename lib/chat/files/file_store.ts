/**
 * Where the bytes of files are kept: the interface that each store implements. What a file is called, and
 * who may read it, is the log's, see fact_log.ts. This folder knows no disk and no protocol.
 */

import type { SentFile } from "../../wire/events.ts";
import type { PersonId } from "../people/chats.ts";

/** Whose quota a file counts in: an account's, or that of the address that a guest comes from. */
export type FileOwner = `account ${string}` | `address ${string}`;

/** What is asked of a store for an upload that is new or goes on. */
export interface UploadAsked {
  readonly owner: FileOwner;
  /** Who sends it: nobody else goes on with it. */
  readonly person: PersonId;
  readonly name: string;
  /** In bytes; none: that is known at the end only. */
  readonly size?: number;
  /** In hexadecimal. */
  readonly sha256?: string;
  /** The id of the upload to go on with, if it is still there. */
  readonly id?: string;
  /** Whether an upload goes on already: such a one is meant only by its id, and not by its hash. */
  readonly isRunning?: (id: string) => boolean;
}

/** What is known of an upload besides its bytes. */
export type UploadNote = Omit<UploadAsked, "id" | "isRunning">;

/** A blob that is stored, and what its first bytes tell. */
export interface StoredBlob extends Pick<SentFile, "size" | "type" | "sha256"> {
  readonly width?: number;
  readonly height?: number;
}

/** How many bytes are stored: of an owner, of all guests, of all. Each reference to a blob counts in full. */
export interface FileUsage {
  readonly own: number;
  readonly guests: number;
  readonly all: number;
}

/** What is under way: bytes that were announced or have come, whichever is more, and how many uploads. */
export interface UnderWay {
  readonly bytes: number;
  readonly count: number;
}

/** Keeps the bytes of files, by their SHA-256, and the parts of those that are on their way. */
export interface FileStore {
  /**
   * The unfinished upload that is meant, or a new one with `newId`: that with the id, if it is the same
   * person's; otherwise, where a hash is given, one of the same person, name, size and hash that does not go
   * on already. Rejects with a `Refusal` (`not-stored`) when the disk is nearly full or fails.
   */
  begin(asked: UploadAsked, newId: string): Promise<Upload>;
  /** An upload that is not finished. */
  upload(id: string): Upload | undefined;
  /**
   * Of the uploads of an owner that are not finished, and that nobody goes on with as `isRunning` says, the
   * one of which nothing has come for longest.
   */
  idlest(owner: FileOwner, isRunning: (id: string) => boolean): Upload | undefined;
  /** What is under way of an owner, of all guests (whose owners are addresses), or of all. */
  underWay(of?: FileOwner | "guests"): UnderWay;
  /** How many bytes of that have come. */
  come(of?: FileOwner | "guests"): number;
  /** Opens a blob. Rejects with a `Refusal` (`file-gone`) when it is not there, or not of that size any more. */
  open(sha256: string, size?: number): Promise<FileSource>;
  /**
   * The last references to these blobs are gone: removes those that no upload that finishes holds, and that
   * are still kept nowhere, for which it asks what was handed to {@linkcode tidy}.
   */
  letGo(sha256s: readonly string[]): void;
  /** Removes blobs that are kept nowhere, and parts that are older than 24 hours. Called now and then. */
  tidy(isKept: (sha256s: readonly string[]) => Promise<ReadonlySet<string>>): Promise<void>;
  close(): Promise<void>;
}

/** A file on its way in. */
export interface Upload extends UploadNote {
  readonly id: string;
  /** How many bytes were taken. */
  readonly offset: number;
  /**
   * Writes the next bytes: the order of calls is their order in the file. They are the caller's again when
   * this returns. It settles when they were written to the system and hashed, and rejects with a `Refusal`
   * (`not-stored`), and then with the same for each later call.
   */
  write(data: Uint8Array): Promise<void>;
  /**
   * Brings it to the disk for good, under its hash, and holds it there until {@linkcode settle}, or until it is
   * given back and then cancelled. Rejects with
   * a `Refusal` (`bad-hash`) if it does not have the hash that is given here or was given before.
   */
  finish(sha256?: string): Promise<StoredBlob>;
  /** What it was for is stored: it counts as under way no more, and is held no more. */
  settle(): void;
  /** What it was for could not be stored: it stays as it is, and may be finished again. */
  giveBack(): void;
  /** Throws it away, after what is being written. */
  cancel(): Promise<void>;
}

/** A blob that can be read from. */
export interface FileSource {
  readonly size: number;
  /**
   * Up to `length` bytes from an offset, fewer at the end, which may be a part of `space`: that must be as
   * long. Rejects with a `Refusal` (`file-gone`).
   */
  read(offset: number, length: number, space?: Uint8Array): Promise<Uint8Array>;
  close(): void;
}
