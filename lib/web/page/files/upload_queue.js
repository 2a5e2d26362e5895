// @ts-check
/// <reference lib="dom" />
/**
 * The files that are being sent, one after the other in the order in which they were chosen. It knows no
 * elements; the link and the time are handed in.
 */

import { TransferRate } from "../../../words/transfer_rate.js";
import { PageUpload } from "./page_upload.js";

/** @import { EventOf } from "../../../wire/events.ts" */
/** @import { Place } from "../place.js" */
/** @import { Outgoing, UploadLink } from "./page_upload.js" */
/**
 * A file that is being sent. `why`: why it was not, in a sentence. `rate`: in bytes per second; 0 while
 * that is not known.
 * @typedef {{ readonly id: number, readonly name: string, readonly size: number, readonly place: Place,
 *   readonly state: "waiting" | "sending" | "failed", readonly arrived: number, readonly rate: number,
 *   readonly why: string }} QueuedFile
 */
/**
 * @typedef {object} UploadQueueOptions
 * @property {UploadLink} link
 * @property {() => void} changed
 * @property {(place: Place, ack: EventOf<"ack">) => void} sent
 * @property {(text: string) => void} say tells a screen reader
 */

/** One of them, as it is kept here. */
class Entry {
  /** @type {QueuedFile["state"]} */
  state = "waiting";
  arrived = 0;
  why = "";
  rate = new TransferRate();
  cancelling = new AbortController();
  upload;
  out;
  place;
  id;

  /**
   * @param {number} id @param {Outgoing} out @param {Place} place
   * @param {UploadLink} link @param {(entry: Entry, arrived: number) => void} moved
   */
  constructor(id, out, place, link, moved) {
    this.id = id;
    this.out = out;
    this.place = place;
    const { signal } = this.cancelling;
    const { promise, reject } = Promise.withResolvers();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.catch(() => {});
    /** Rejects when it is cancelled. */
    this.cancelled = promise;
    this.upload = new PageUpload(out, link, signal, (arrived) => moved(this, arrived));
  }
}

export class UploadQueue {
  #options;
  #now;
  #ids = 0;
  /** @type {Entry[]} */
  #entries = [];
  #isRunning = false;

  /** @param {UploadQueueOptions} options */
  constructor(options) {
    this.#options = options;
    this.#now = options.link.now ?? (() => performance.now());
  }

  /** In the order in which they are sent. @returns {QueuedFile[]} */
  get all() {
    return this.#entries.map(({ id, out: { name, blob: { size } }, place, state, ...entry }) => {
      const { arrived, why } = entry;
      const rate = state === "sending" ? entry.rate.at(arrived, this.#now()) : 0;
      return { id, name, size, place, state, arrived, rate, why };
    });
  }

  /** Whether leaving the page would lose any. */
  get busy() {
    return this.#entries.some(({ state }) => state !== "failed");
  }

  /** @param {Outgoing} out @param {Place} place where it is sent */
  add(out, place) {
    const moved = (/** @type {Entry} */ entry, /** @type {number} */ arrived) => {
      // It begins, or goes on elsewhere than where it was.
      if (arrived <= entry.arrived) entry.rate.start(arrived, this.#now());
      else entry.rate.moved(arrived, this.#now());
      entry.arrived = arrived;
      this.#options.changed();
    };
    this.#entries.push(new Entry(++this.#ids, out, place, this.#options.link, moved));
    this.#run();
  }

  /** Ends it, whether it is being sent, waits or was refused. @param {number} id */
  cancel(id) {
    const entry = this.#find(id);
    if (entry === undefined) return;
    this.#remove(entry);
    entry.cancelling.abort(new DOMException("It was cancelled", "AbortError"));
    void entry.upload.discard();
  }

  cancelAll() {
    for (const { id } of this.#entries) this.cancel(id);
  }

  /** Sends one that failed, from where it was. @param {number} id */
  again(id) {
    const entry = this.#find(id);
    if (entry?.state !== "failed") return;
    entry.state = "waiting";
    this.#run();
  }

  /** Sends what waits, one at a time. */
  #run() {
    this.#options.changed();
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#runAll();
  }

  async #runAll() {
    for (let next; (next = this.#entries.find(({ state }) => state === "waiting"));) {
      await this.#send(next);
      this.#options.changed();
    }
    this.#isRunning = false;
  }

  /** @param {Entry} entry */
  async #send(entry) {
    const { upload, place, out: { name } } = entry;
    const { sent, say } = this.#options;
    entry.state = "sending";
    entry.rate.start(entry.arrived, this.#now());
    // What has arrived before it could be cancelled is said all the same.
    const run = upload.run().then((ack) => sent(place, ack));
    try {
      await Promise.race([run, entry.cancelled]);
      this.#remove(entry);
      say(`${name} was sent`);
    } catch (error) {
      if (entry.cancelling.signal.aborted) return;
      entry.state = "failed";
      entry.why = error instanceof Error ? error.message : String(error);
      say(`${name} was not sent: ${entry.why}`);
    }
  }

  /** @param {number} id */
  #find(id) {
    return this.#entries.find((entry) => entry.id === id);
  }

  /** @param {Entry} entry */
  #remove(entry) {
    this.#entries = this.#entries.filter((each) => each !== entry);
    this.#options.changed();
  }
}
