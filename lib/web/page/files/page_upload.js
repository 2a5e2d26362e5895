// @ts-check
/// <reference lib="dom" />
/**
 * Sends one file, chunk by chunk, and goes on where the server has it when the connection was lost. It
 * knows no page and no rooms; the link and the time are handed in.
 */

import { AdaptiveWindow } from "../../../words/adaptive_window.js";
import { RequestFault } from "../request_fault.js";

/** @import { Event, EventOf } from "../../../wire/events.ts" */
/** @import { Request, RequestOf } from "../../../wire/requests.ts" */
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
/** After so many attempts in which nothing more arrived it is given up. */
const MAX_ATTEMPTS = 5;
/** Whom the server asks to wait for longer than this is told so instead, in ms. */
const MAX_PAUSE_MS = 60_000;
/** What a server says that wants the rest from elsewhere, or has forgotten the upload. */
const GOES_ON = new Set(["bad-offset", "no-such-file"]);
const UNREADABLE = "It can't be read: it was changed, moved or taken away, or it is a folder";
const LOST = "The connection was lost at the end of it, so it may have arrived or not";

export class PageUpload {
  #out;
  #link;
  #now;
  #moved;
  #signal;
  /** What the server calls the upload. @type {string | undefined} */
  #file;
  /** The id of the request that ends it, once all has arrived: asked twice it is done once. */
  #doneId = "";
  /** The connection was lost before the answer to that came. */
  #inDoubt = false;
  /** How many bytes have arrived. */
  #arrived = 0;
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
    this.#out = out;
    this.#link = link;
    this.#now = link.now ?? (() => performance.now());
    this.#signal = signal;
    this.#moved = moved;
  }

  /**
   * Sends it. Rejects with a {@link RequestFault}, or with the reason of the signal.
   * @returns {Promise<EventOf<"ack">>}
   */
  async run() {
    let attempts = 0;
    let best = -1;
    while (true) {
      await this.#link.online(this.#signal);
      try {
        if (this.#doneId === "" || this.#inDoubt) await this.#sendAll();
        return await this.#finish();
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!(error instanceof RequestFault)) throw error;
        if (error.code === "offline") {
          this.#inDoubt = this.#doneId !== "";
          continue;
        }
        // It is another request the next time.
        this.#doneId = "";
        // What never gets any further is given up.
        attempts = this.#arrived > best ? 0 : attempts + 1;
        best = Math.max(best, this.#arrived);
        if (attempts >= MAX_ATTEMPTS) throw error;
        await this.#mend(error);
      }
    }
  }

  /** Makes ready for another attempt, or throws where that would be of no use. @param {RequestFault} error */
  async #mend(error) {
    const { code, told: { retryAfterMs = Infinity } } = error;
    this.#inDoubt = false;
    if (code === "no-such-file") this.#file = undefined;
    if (retryAfterMs <= MAX_PAUSE_MS) await pause(retryAfterMs, this.#signal);
    else if (!GOES_ON.has(code)) throw error;
  }

  /** Lets the server forget what has arrived, as soon as it can be told: it counts as long as it is there. */
  async discard() {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    try {
      await this.#link.online(new AbortController().signal);
      await this.#link.ask({ type: "cancel", file });
    } catch {
      // It is let go when it is old, too.
    }
  }

  async #sendAll() {
    const { name, blob: { size }, target } = this.#out;
    /** @type {RequestOf<"put">} */
    const put = {
      type: "put",
      name,
      size,
      ...target,
      ...(this.#file === undefined ? {} : { file: this.#file }),
    };
    const slot = await this.#link.ask(put);
    if (slot.type !== "slot") throw new Error(`A ${slot.type} came for a put`);
    const isAnother = slot.file !== this.#file;
    this.#file = slot.file;
    if (this.#signal.aborted || isAnother && this.#inDoubt) await this.discard();
    this.#signal.throwIfAborted();
    // It knows those that it has sent, too; so this one may have been.
    if (isAnother && this.#inDoubt) throw new RequestFault("lost", LOST);
    this.#arrive(slot.offset);
    await this.#sendFrom(slot.file, slot.offset);
    this.#doneId ||= this.#link.nextId();
  }

  /**
   * Sends the rest, with no more under way than the window holds.
   * @param {string} file @param {number} offset
   */
  async #sendFrom(file, offset) {
    const { blob: { size }, chunk, largest } = this.#out;
    const window = new AdaptiveWindow(chunk);
    let open = 0;
    /** @type {{ fault?: unknown }} */
    const failed = {};
    let wake = () => {};
    this.#signal.addEventListener("abort", () => wake(), { once: true });
    while ((offset < size || open > 0) && !("fault" in failed)) {
      this.#signal.throwIfAborted();
      const piece = window.piece(largest);
      if (offset >= size || open > 0 && open + piece > window.bytes) {
        await new Promise((resolve) => wake = () => resolve(undefined));
        continue;
      }
      const data = await this.#read(offset, piece);
      const sentAt = this.#now();
      open += data.length;
      this.#link.ask({ type: "chunk", file, offset, data }).then((event) => {
        window.answered(sentAt, this.#now(), data.length);
        if (event.type === "taken") this.#arrive(event.offset);
      }, (fault) => {
        failed.fault ??= fault;
      }).finally(() => {
        open -= data.length;
        wake();
      });
      offset += data.length;
    }
    if ("fault" in failed) throw failed.fault;
  }

  /**
   * @param {number} offset @param {number} length
   * @returns {Promise<Uint8Array>} the chunk that begins there
   */
  async #read(offset, length) {
    const { blob } = this.#out;
    const end = Math.min(offset + length, blob.size);
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

  async #finish() {
    const { caption } = this.#out;
    /** @type {RequestOf<"done">} */
    const done = {
      type: "done",
      id: this.#doneId,
      file: this.#file ?? "",
      ...(caption === "" ? {} : { text: caption }),
    };
    const ack = await this.#link.ask(done);
    if (ack.type !== "ack") throw new Error(`A ${ack.type} came for a done`);
    return ack;
  }

  /** @param {number} offset up to here it has arrived */
  #arrive(offset) {
    this.#arrived = offset;
    this.#moved(offset);
  }
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
