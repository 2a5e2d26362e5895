/** Writes a file that comes to a stream as it comes, of which nothing can be taken back. */

import { outputError } from "../printer.ts";
import type { DownloadTarget } from "./downloader.ts";

/** Thrown when the reader of the stream has gone: it has read enough. */
export class ReaderGone extends Error {}

/** The stream as the target of a download. Rejects with an `OutputError`, or with {@linkcode ReaderGone}. */
export function streamTarget(
  stream: WritableStream<Uint8Array<ArrayBuffer>>,
): DownloadTarget<void> {
  const writer = stream.getWriter();
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    readBack: () => Promise.resolve(0),
    write: async (bytes) => {
      try {
        await writer.write(new Uint8Array(bytes));
      } catch (error) {
        if (error instanceof Deno.errors.BrokenPipe) throw new ReaderGone();
        throw outputError(error);
      }
    },
    finish: nothing,
    empty: nothing,
    discard: nothing,
    [Symbol.dispose]: () => writer.releaseLock(),
  };
}
