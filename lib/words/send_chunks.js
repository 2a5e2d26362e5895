// @ts-check
/** Sends the bytes of a file in chunks, of which as many are on their way as the link takes without delay. */

import { AdaptiveWindow } from "./adaptive_window.js";
import { orAborted } from "./or_aborted.js";

/** @import { Event } from "../wire/events.ts" */
/** @import { RequestOf } from "../wire/requests.ts" */
/**
 * What is sent, and who is told. `file`: what the server calls the upload. `from`: where to begin. `chunk`: how
 * many bytes a chunk has, and `largest`: how many at most on a fast link, since that takes less work. `read`:
 * up to so many bytes from there on, and none behind the end. `took` is told of all that was read, in order, and
 * `arrived` up to where the server has it. `now` is in ms.
 * @typedef {object} ChunksWish
 * @property {(request: RequestOf<"chunk">) => Promise<Event>} ask
 * @property {string} file
 * @property {number} from
 * @property {number} chunk
 * @property {number} largest
 * @property {(offset: number, most: number) => Promise<Uint8Array>} read
 * @property {(offset: number, bytes: Uint8Array) => void} took
 * @property {(offset: number) => void} arrived
 * @property {AbortSignal} signal
 * @property {() => number} now
 */

/**
 * Resolves when the server has taken everything; rejects as the first request that does, or with the reason of
 * the signal.
 * @type {(wish: ChunksWish) => Promise<void>}
 */
export async function sendChunks(wish) {
  const { signal } = wish;
  let wake = () => {};
  const abort = () => wake();
  signal.addEventListener("abort", abort);
  try {
    await sendAll(wish, {
      woken: () => new Promise((resolve) => wake = () => resolve(undefined)),
      wake: () => wake(),
    });
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** @param {ChunksWish} wish @param {{ woken: () => Promise<void>, wake: () => void }} bell */
async function sendAll({ ask, file, from, largest, read, took, arrived, now, ...wish }, bell) {
  const { signal } = wish;
  const window = new AdaptiveWindow(wish.chunk);
  let onTheWay = 0;
  /** @type {{ error?: unknown }} */
  const failure = {};
  const send = (/** @type {number} */ offset, /** @type {Uint8Array} */ data) => {
    const { length } = data;
    const sentAt = now();
    onTheWay += length;
    ask({ type: "chunk", file, offset, data }).then(() => {
      window.answered(sentAt, now(), length);
      arrived(offset + length);
    }, (error) => {
      failure.error ??= error;
    }).finally(() => {
      onTheWay -= length;
      bell.wake();
    });
  };
  for (let at = from; !("error" in failure);) {
    signal.throwIfAborted();
    const most = window.piece(largest);
    if (onTheWay > 0 && onTheWay + most > window.bytes) {
      await bell.woken();
      continue;
    }
    // A pipe may give nothing for long.
    const bytes = await orAborted(signal, read(at, most));
    if (bytes.length === 0) break;
    took(at, bytes);
    send(at, bytes);
    at += bytes.length;
  }
  // After a failure the server need not answer the others.
  while (onTheWay > 0 && !("error" in failure)) {
    signal.throwIfAborted();
    await bell.woken();
  }
  if ("error" in failure) throw failure.error;
}
