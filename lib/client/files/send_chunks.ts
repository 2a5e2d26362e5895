/** Sends the bytes of a file in chunks, of which as many are on their way as the link takes without delay. */

import { AdaptiveWindow } from "../../words/adaptive_window.js";
import { orAborted } from "./or_aborted.ts";
import type { TransferLink } from "./transfer_link.ts";
import type { UploadSource } from "./upload_source.ts";

/** What is sent, and who is told. */
export interface ChunksWish {
  readonly link: TransferLink;
  readonly source: UploadSource;
  /** What the server calls the upload. */
  readonly file: string;
  /** Where to begin. */
  readonly from: number;
  /** How many bytes a chunk has, and how many at most on a fast link: that takes less work. */
  readonly chunk: number;
  readonly largest: number;
  readonly signal: AbortSignal;
  /** Told of all that was read, in order. */
  readonly onRead: (offset: number, bytes: Uint8Array) => void;
  /** Told up to where the server has it. */
  readonly onTaken: (offset: number) => void;
}

/** Resolves when the server has taken everything; rejects with the first `RequestError`. */
export async function sendChunks(wish: ChunksWish): Promise<void> {
  const { link, source, file, from, signal, onRead, onTaken } = wish;
  const window = new AdaptiveWindow(wish.chunk);
  let [at, onTheWay] = [from, 0];
  let failure: { readonly error: unknown } | undefined;
  let settled = Promise.withResolvers<void>();
  const send = (offset: number, bytes: Uint8Array): void => {
    const { length } = bytes;
    const sentAt = performance.now();
    onTheWay += length;
    link.send({ type: "chunk", file, offset, data: bytes }).then(() => {
      window.answered(sentAt, performance.now(), length);
      source.arrived(offset + length);
      onTaken(offset + length);
    }, (error) => failure ??= { error }).finally(() => {
      onTheWay -= length;
      settled.resolve();
      settled = Promise.withResolvers();
    });
  };
  while (failure === undefined) {
    signal.throwIfAborted();
    const chunk = window.piece(wish.largest);
    if (onTheWay > 0 && onTheWay + chunk > window.bytes) {
      await orAborted(signal, settled.promise);
      continue;
    }
    // A pipe may give nothing for long.
    const bytes = await orAborted(signal, source.read(at, chunk));
    if (bytes.length === 0) break;
    onRead(at, bytes);
    send(at, bytes);
    at += bytes.length;
  }
  // After a failure the server need not answer the others.
  while (onTheWay > 0 && failure === undefined) await orAborted(signal, settled.promise);
  if (failure !== undefined) throw failure.error;
}
