/**
 * A file on its way to the server or from it, as terminals and scripts see it; and what is kept of it, so
 * that it goes on after a restart of the client.
 */

import type { SentFile } from "../../wire/events.ts";

/**
 * `waiting`: for the connection, or for its turn. `running`: bytes are on their way, or the last step is
 * being taken. The other three are final.
 */
export type TransferState = "waiting" | "running" | "done" | "cancelled" | "failed";

/** A file on its way. What is read of it is as it is now. */
export interface FileTransfer<Result = unknown> {
  readonly direction: "upload" | "download";
  /** What the file is called; not made safe to show. */
  readonly name: string;
  /** In bytes; `undefined` until it is known, for what comes from a pipe. */
  readonly size: number | undefined;
  /** How many bytes have arrived at the other side. */
  readonly done: number;
  /** Bytes per second, over the last few seconds. */
  readonly rate: number;
  /** How long it takes until all has arrived, at that rate; `undefined`: nobody knows. */
  readonly leftMs: number | undefined;
  readonly state: TransferState;
  /**
   * What came of it. Rejects with a `RequestError`: with the code of the server, or `cancelled`, `ended`
   * (the link has ended, and the transfer can go on in another), `no-files` (the server has none),
   * `lost` (it may have been sent or not), `not-read`, `not-saved`. Nobody needs to catch it.
   */
  readonly result: Promise<Result>;
  /** Ends it, and lets go what has arrived. Has no effect once the last step is being taken. */
  cancel(): void;
}

/** Where a file is sent: to a room, to a person, or into a conversation. */
export type FileDestination =
  | { readonly room: string }
  | { readonly to: string }
  | { readonly chat: string };

/** Where a file that comes is saved: in a folder, under its own name, or at exactly this path. */
export type SavePlace = { readonly folder: string } | { readonly path: string };

/** What is kept of an upload, as plain JSON. */
export interface KeptUpload {
  readonly kind: "upload";
  /** The file on this machine; one that was changed since then is sent from its beginning. */
  readonly path: string;
  readonly size: number;
  /** When it was last changed, in ms since 1970. */
  readonly changedAt: number;
  readonly destination: FileDestination;
  readonly text?: string;
  /** What the server calls the upload. */
  readonly file?: string;
  /** The id of the request that ends it. */
  readonly doneId: string;
  /** That request was sent: it may have been stored. */
  readonly finishing?: true;
}

/** What is kept of a download, as plain JSON. */
export interface KeptDownload {
  readonly kind: "download";
  readonly file: SentFile;
  readonly place: SavePlace;
}

/** What is kept of a transfer, so that it can go on after a restart of the client. */
export type KeptTransfer = KeptUpload | KeptDownload;
