// @ts-check
/**
 * The steps by which a file is sent: a place for it is asked for, its bytes are sent, and then that it is
 * complete. After a connection that broke they go on where the server is, and a file is never sent twice. The
 * link, the file, time and chance are handed in.
 */

import { sendChunks } from "./send_chunks.js";

/** @import { Event, EventOf } from "../wire/events.ts" */
/** @import { RequestOf } from "../wire/requests.ts" */
/**
 * Why a request was refused; `retryAfterMs`: when it may be granted, as the server says.
 * @typedef {{ readonly code: string, readonly retryAfterMs?: number | undefined }} UploadFault
 */
/**
 * What is sent. `read`: up to so many bytes from an offset on, and none behind the end. `arrived`: what is before
 * that offset need not be read again. `reach`: bytes up to that offset are not sent, since they were before.
 * `took` is told of all that was read to be sent, and `ended` when that is all. `sha256`: the hash of the whole, if
 * that is known.
 * @typedef {object} SentSource
 * @property {string} name
 * @property {number | undefined} size
 * @property {(offset: number, most: number) => Promise<Uint8Array>} read
 * @property {(offset: number) => void} [arrived]
 * @property {(offset: number) => Promise<void>} [reach]
 * @property {(offset: number, bytes: Uint8Array) => void} [took]
 * @property {() => void} [ended]
 * @property {() => string | undefined} [sha256]
 */
/**
 * Who is told how far it is. `begins`: bytes begin to move, after the first so many. `arrived`: the server has
 * so many. `waits`: for when the server has said that it may take it. `closing`: the last step begins. `reopened`:
 * it failed, and others follow. `kept`: what names the upload has changed.
 * @typedef {object} UploadEars
 * @property {(offset: number) => void} [begins]
 * @property {(offset: number) => void} arrived
 * @property {() => void} [waits]
 * @property {() => void} [closing]
 * @property {() => void} [reopened]
 * @property {() => void} [kept]
 */
/**
 * `faultOf`: why a request was refused, if an error says that; its code is `offline` when the connection was
 * lost. `fault` makes such an error. `check` looks at the request that will end it, before anything is sent: nobody
 * should learn at the end that it is too long. `sizes`: how many bytes go at once, and how many at most where the
 * link is fast. `doneId`: the id of the request that ends it: asked twice it is done once. `file`: what the server
 * calls the upload, and `isFinishing`: whether its end was sent, in an earlier process. `now` is in ms.
 * @typedef {object} UploadStepsParts
 * @property {(request: RequestOf<"put" | "chunk" | "done">) => Promise<Event>} ask
 * @property {(error: unknown) => UploadFault | undefined} faultOf
 * @property {(code: string, text: string) => Error} fault
 * @property {SentSource} source
 * @property {{ readonly room: string } | { readonly chat: string } | { readonly to: string }} destination
 * @property {string | undefined} [text]
 * @property {string} doneId
 * @property {string | undefined} [file]
 * @property {boolean | undefined} [isFinishing]
 * @property {(request: RequestOf<"done">) => void} [check]
 * @property {() => { readonly chunk: number, readonly largest: number }} sizes
 * @property {AbortSignal} signal
 * @property {() => number} now
 * @property {(ms: number, signal: AbortSignal) => Promise<void>} pause
 * @property {UploadEars} ears
 */

/** After so many tries in which nothing more arrived it is given up. */
const MAX_TRIES = 5;
/** Whom the server asks to wait for longer than this is told so instead, in ms. */
const MAX_PAUSE_MS = 60_000;
/** What a server says that wants the rest from elsewhere, or has forgotten the upload. */
const GOES_ON = new Set(["bad-offset", "no-such-file"]);

/** One upload, over as many connections as it takes. */
export class UploadSteps {
  #parts;
  /** @type {string | undefined} */
  #file;
  /**
   * The session in which its end was sent; `earlier`: in another process.
   * @type {number | "earlier" | undefined}
   */
  #doneIn;
  /** Its end was sent, and the session that would know of it is over: it may have been sent or not. */
  #isDoubtful = false;
  /** How many bytes have arrived, and the most that had when a try failed. */
  #arrived = 0;
  #best = -1;
  #tries = 0;

  /** @param {UploadStepsParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#file = parts.file;
    this.#doneIn = parts.isFinishing ? "earlier" : undefined;
  }

  /** What the server calls the upload; `undefined`: it does not know of it. */
  get file() {
    return this.#file;
  }

  /** Whether its end was sent, and no answer has come. */
  get isFinishing() {
    return this.#doneIn !== undefined;
  }

  /**
   * Takes the steps in one connection. Rejects with what the link does, or the reason of the signal; in the next
   * connection it can go on. `session` differs where the server may not know what it has answered.
   * @param {number} session
   * @returns {Promise<EventOf<"ack">>}
   */
  async attempt(session) {
    while (true) {
      try {
        const ack = this.#doneIn === undefined ? undefined : await this.#askAgain(session);
        if (ack !== undefined) return ack;
        await this.#sendFrom(await this.#put());
        return await this.#end(session);
      } catch (error) {
        await this.#refused(error, this.#pauseAfter(error));
      }
    }
  }

  /** It will not go on from what has arrived. */
  forget() {
    this.#file = undefined;
  }

  /**
   * How long to wait before the next try, in ms; `undefined`: there should be none.
   * @param {unknown} error
   */
  #pauseAfter(error) {
    const { code = "offline", retryAfterMs = Infinity } = this.#parts.faultOf(error) ?? {};
    if (code === "offline") return undefined;
    // What never gets any further is given up.
    this.#tries = this.#arrived > this.#best ? 0 : this.#tries + 1;
    this.#best = Math.max(this.#best, this.#arrived);
    if (this.#tries >= MAX_TRIES) return undefined;
    if (retryAfterMs <= MAX_PAUSE_MS) return retryAfterMs;
    return GOES_ON.has(code) ? 0 : undefined;
  }

  /**
   * The server wants the rest from elsewhere, or later: it was not sent, and what has arrived stays. Throws what
   * it was refused with where another try would be of no use.
   * @param {unknown} error @param {number | undefined} pauseMs
   */
  async #refused(error, pauseMs) {
    const { faultOf, ears, pause, signal } = this.#parts;
    const { code = "offline" } = faultOf(error) ?? {};
    if (code !== "offline") this.#doneIn = undefined;
    if (pauseMs === undefined) throw error;
    if (code === "no-such-file") this.#file = undefined;
    ears.reopened?.();
    ears.kept?.();
    if (pauseMs === 0) return;
    ears.waits?.();
    await pause(pauseMs, signal);
  }

  /**
   * Sends its end again. Resolves with `undefined` if the server does not know of it.
   * @param {number} session
   * @returns {Promise<EventOf<"ack"> | undefined>}
   */
  async #askAgain(session) {
    const { faultOf, ears } = this.#parts;
    try {
      return await this.#sendDone();
    } catch (error) {
      if (faultOf(error)?.code !== "no-such-file") throw error;
      this.#isDoubtful = this.#doneIn !== session;
      this.#doneIn = undefined;
      ears.reopened?.();
      return undefined;
    }
  }

  /** Asks for a place; resolves with how much the server has already. @returns {Promise<number>} */
  async #put() {
    const { ask, check, fault, source: { name, size }, destination, ears } = this.#parts;
    const done = this.#doneRequest();
    check?.(done);
    const slot = await ask({
      type: "put",
      name,
      ...size === undefined ? {} : { size },
      ...done.sha256 === undefined ? {} : { sha256: done.sha256 },
      ...destination,
      ...this.#file === undefined ? {} : { file: this.#file },
    });
    if (slot.type !== "slot") throw this.#unexpected(slot);
    const { file, offset } = slot;
    const isSame = file === this.#file;
    this.#file = file;
    if (!isSame && this.#isDoubtful) throw fault("lost", lostText(name));
    // What is not finished was not sent.
    this.#isDoubtful = false;
    if (!isSame) ears.kept?.();
    return offset;
  }

  /** @param {number} from */
  async #sendFrom(from) {
    const { ask, source, sizes, signal, now, ears } = this.#parts;
    signal.throwIfAborted();
    await source.reach?.(from);
    this.#arrived = from;
    ears.begins?.(from);
    ears.arrived(from);
    await sendChunks({
      ...{ ask, signal, now, from, file: this.#file ?? "" },
      ...sizes(),
      read: (offset, most) => source.read(offset, most),
      took: (offset, bytes) => source.took?.(offset, bytes),
      arrived: (offset) => {
        source.arrived?.(offset);
        this.#arrived = offset;
        ears.arrived(offset);
      },
    });
    source.ended?.();
  }

  /** @param {number} session */
  async #end(session) {
    const { ears, signal } = this.#parts;
    signal.throwIfAborted();
    ears.closing?.();
    this.#doneIn = session;
    ears.kept?.();
    return await this.#sendDone();
  }

  /** @returns {Promise<EventOf<"ack">>} */
  async #sendDone() {
    const answer = await this.#parts.ask(this.#doneRequest());
    if (answer.type !== "ack") throw this.#unexpected(answer);
    return answer;
  }

  /** @returns {RequestOf<"done">} */
  #doneRequest() {
    const { source, text, doneId } = this.#parts;
    const sha256 = source.sha256?.();
    return {
      type: "done",
      id: doneId,
      file: this.#file ?? "",
      ...sha256 === undefined ? {} : { sha256 },
      ...text === undefined ? {} : { text },
    };
  }

  /** @param {Event} event */
  #unexpected({ type }) {
    const text = `The server answers with ${JSON.stringify(type)}, which is none`;
    return this.#parts.fault("no-answer", text);
  }
}

/** @param {string} name */
function lostText(name) {
  return `The connection was lost when ${name} had just arrived, and the server may have sent it on or ` +
    "not; look whether it is there before you send it again";
}
