// @ts-check
/// <reference lib="dom" />
/**
 * Sends one file by the steps that other clients take too, and goes on when the connection was lost. It knows no
 * page and no rooms; the link and the time are handed in.
 */

import { UploadSteps } from "../../../words/upload_steps.js";
import { RequestFault } from "../request_fault.js";

/** @import { Event, EventOf } from "../../../wire/events.ts" */
/** @import { Request } from "../../../wire/requests.ts" */
/** @import { UploadFault } from "../../../words/upload_steps.js" */
/** @typedef {{ readonly room: string } | { readonly chat: string } | { readonly to: string }} Target */
/**
 * What an upload needs of the connection.
 * @typedef {object} UploadLink
 * @property {(request: Request) => Promise<Event>} ask rejects with a {@link RequestFault}
 * @property {(signal: AbortSignal) => Promise<void>} online resolves when there is a connection
 * @property {() => string} nextId
 * @property {() => number} [now] in ms
 */
/**
 * What is sent, and where to. `chunk` and `largest`: how many bytes go at once, and how many at most where the
 * link is fast.
 * @typedef {{ readonly name: string, readonly blob: Blob, readonly caption: string,
 *   readonly target: Target, readonly chunk: number, readonly largest: number }} Outgoing
 */

/** So much of the file is read at once, in bytes: reading chunk by chunk takes longer than sending. */
const BLOCK_BYTES = 1_048_576;
const UNREADABLE = "It can't be read: it was changed, moved or taken away, or it is a folder";

export class PageUpload {
  #out;
  #link;
  #signal;
  #steps;
  /** Counts the connections: whether the server knows our session still, nothing tells here. */
  #connections = 0;
  /** The block of the file that was read last, and where it begins. */
  #block = new Uint8Array(0);
  #blockAt = 0;

  /**
   * @param {Outgoing} out
   * @param {UploadLink} link
   * @param {AbortSignal} signal cancels it
   * @param {(arrived: number) => void} moved told whenever more bytes have arrived
   */
  constructor(out, link, signal, moved) {
    const { name, blob, caption, target, chunk, largest } = out;
    this.#out = out;
    this.#link = link;
    this.#signal = signal;
    this.#steps = new UploadSteps({
      ask: (request) => link.ask(request),
      faultOf,
      fault: (code, text) => new RequestFault(code, text),
      source: { name, size: blob.size, read: (offset, most) => this.#read(offset, most) },
      destination: target,
      text: caption === "" ? undefined : caption,
      doneId: link.nextId(),
      sizes: () => ({ chunk, largest }),
      signal,
      now: link.now ?? (() => performance.now()),
      pause,
      ears: { arrived: moved },
    });
  }

  /**
   * Sends it. Rejects with a {@link RequestFault}, or with the reason of the signal.
   * @returns {Promise<EventOf<"ack">>}
   */
  async run() {
    try {
      while (true) {
        await this.#link.online(this.#signal);
        try {
          return await this.#steps.attempt(++this.#connections);
        } catch (error) {
          if (!(error instanceof RequestFault) || error.code !== "offline") throw error;
        }
      }
    } catch (error) {
      const isLost = error instanceof RequestFault && error.code === "lost";
      if (isLost || this.#signal.aborted) await this.discard();
      throw this.#signal.aborted ? this.#signal.reason : error;
    }
  }

  /** Lets the server forget what has arrived, as soon as it can be told: it counts as long as it is there. */
  async discard() {
    const { file } = this.#steps;
    if (file === undefined) return;
    this.#steps.forget();
    try {
      await this.#link.online(new AbortController().signal);
      await this.#link.ask({ type: "cancel", file });
    } catch {
      // It is let go when it is old, too.
    }
  }

  /**
   * @param {number} offset @param {number} most
   * @returns {Promise<Uint8Array>} the chunk that begins there
   */
  async #read(offset, most) {
    const { blob } = this.#out;
    const end = Math.min(offset + most, blob.size);
    if (offset < this.#blockAt || end > this.#blockAt + this.#block.length) {
      const block = blob.slice(offset, offset + BLOCK_BYTES);
      try {
        this.#block = new Uint8Array(await block.arrayBuffer());
      } catch {
        throw new RequestFault("unreadable", UNREADABLE);
      }
      this.#blockAt = offset;
    }
    return this.#block.subarray(offset - this.#blockAt, end - this.#blockAt);
  }
}

/** @param {unknown} error @returns {UploadFault | undefined} */
function faultOf(error) {
  if (!(error instanceof RequestFault)) return undefined;
  return { code: error.code, retryAfterMs: error.told.retryAfterMs };
}

/** @type {(ms: number, signal: AbortSignal) => Promise<void>} */
function pause(ms, signal) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const timer = setTimeout(resolve, ms, undefined);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    reject(signal.reason);
  }, { once: true });
  return promise;
}
