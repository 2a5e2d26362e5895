// @ts-check
/**
 * Tells the server how far somebody has read, so that their other devices know: not more often than
 * every few seconds for one place. Time is handed in.
 */

import { placeLog } from "./place.js";

/** @import { Request } from "../../wire/requests.ts" */
/** @import { Place } from "./place.js" */
/** @import { Store } from "./store.js" */

const PACE_MS = 3_000;

export class ReadMarks {
  #store;
  #ask;
  #paceMs;
  /** Places whose mark was told so lately that the next one waits. @type {Map<Place, ReturnType<typeof setTimeout>>} */
  #pacing = new Map();
  /** What is to be told then. @type {Map<Place, number>} */
  #next = new Map();

  /**
   * @param {Store} store
   * @param {(request: Request) => Promise<unknown>} ask
   * @param {number} [paceMs]
   */
  constructor(store, ask, paceMs = PACE_MS) {
    this.#store = store;
    this.#ask = ask;
    this.#paceMs = paceMs;
  }

  /**
   * Somebody looks at the active place, and has read it up to a message.
   * @param {number} seq 0 where nobody looks
   */
  look(seq) {
    const place = this.#store.active;
    if (place === undefined || this.#store.account.id === "") return;
    if (seq === 0) return this.#flush();
    if (seq <= Math.max(place.read, place.held ?? 0, this.#next.get(place) ?? 0)) return;
    this.#next.set(place, seq);
    if (!this.#pacing.has(place)) this.#tell(place);
  }

  /** Somebody has read all that there is. */
  all() {
    for (const place of this.#store.places) {
      if (place.unread === 0) continue;
      this.#next.set(place, Math.max(place.seen, place.timeline.end));
      this.#tell(place);
    }
  }

  /**
   * Somebody is to count what they have read of a place as unread again: what is not told yet need not be.
   * @param {Place} place
   */
  drop(place) {
    place.read = Math.max(place.read, this.#next.get(place) ?? 0);
    this.#next.delete(place);
  }

  /** A new connection has told what is read. */
  forget() {
    for (const timer of this.#pacing.values()) clearTimeout(timer);
    this.#pacing.clear();
    this.#next.clear();
  }

  #flush() {
    for (const place of [...this.#next.keys()]) this.#tell(place);
  }

  /** @param {Place} place */
  #tell(place) {
    const seq = this.#next.get(place);
    const log = placeLog(place);
    this.#next.delete(place);
    clearTimeout(this.#pacing.get(place));
    this.#pacing.delete(place);
    if (seq === undefined || log === undefined) return;
    place.read = seq;
    // Without an answer the next connection tells what holds.
    this.#ask({ type: "read", ...log, seq }).catch(() => {});
    this.#pacing.set(place, setTimeout(() => this.#tell(place), this.#paceMs));
  }
}
