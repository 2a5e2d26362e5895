// @ts-check
/** Brings pages of a room's history into its timeline: earlier, later, the end, and around one message. */

import { RequestError } from "./connection.js";

/** @typedef {import("../../wire/event.ts").Event} Event */
/** @typedef {import("../../wire/event.ts").Request} Request */
/** @typedef {import("../../wire/event.ts").Message} Message */
/** @typedef {Extract<Event, { type: "page" }>} Page */
/** @typedef {import("./store.js").Place} Place */
/**
 * @typedef {object} PagerOptions
 * @property {(request: Request) => Promise<Event>} ask
 * @property {() => boolean} isOnline
 * @property {(message: Message) => boolean} isOwn
 * @property {(text: string) => void} complain
 * @property {() => void} changed
 */

const PAGE = 100;

export class Pager {
  #options;
  /** Pages that are on their way. @type {Map<Place, Promise<void>>} */
  #loading = new Map();

  /** @param {PagerOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Asks for the messages before those that are here.
   * @param {Place} place
   */
  async earlier(place) {
    const { timeline } = place;
    if (!timeline.hasEarlier) return;
    const { era, floor } = timeline;
    await this.#page(place, { before: floor + 1, limit: PAGE }, ({ messages, more }) => {
      if (timeline.era === era && timeline.floor === floor) {
        timeline.addEarlier(messages, more, this.#options.isOwn);
      }
    });
  }

  /**
   * Asks for the messages after those that are here.
   * @param {Place} place
   */
  async later(place) {
    const { timeline } = place;
    if (timeline.atEnd) return;
    const { era, top } = timeline;
    await this.#page(place, { before: top + PAGE + 1, limit: PAGE }, ({ messages }) => {
      if (timeline.era === era && timeline.top === top) {
        timeline.addLater(messages, this.#options.isOwn);
      }
    });
  }

  /**
   * Asks for the last messages, where they are not here.
   * @param {Place} place
   */
  async toEnd(place) {
    await this.#loading.get(place);
    if (place.timeline.atEnd) return;
    await this.#page(place, { limit: PAGE }, ({ messages, more }) => {
      place.timeline.moveTo(messages, more, this.#options.isOwn);
    });
  }

  /**
   * Asks for what was said around a message, where it is not here.
   * @param {Place} place
   * @param {number} seq
   */
  async around(place, seq) {
    await this.#loading.get(place);
    const { timeline } = place;
    if (timeline.items.some((item) => item.kind === "message" && item.seq === seq)) return;
    await this.#page(place, { before: seq + PAGE / 2, limit: PAGE }, ({ messages, more }) => {
      timeline.moveTo(messages, more, this.#options.isOwn);
    });
  }

  /**
   * Asks for the one message before a number, which belongs at the end.
   * @param {Place} place
   * @param {number} before
   */
  async refill(place, before) {
    const { timeline } = place;
    if (!timeline.atEnd) return;
    await this.#page(place, { before, limit: 1 }, ({ messages }) => {
      timeline.addLater(messages, this.#options.isOwn);
    });
  }

  /**
   * Asks for a page of a room's history, one at a time.
   * @param {Place} place
   * @param {{ before?: number, limit: number }} range
   * @param {(page: Page) => void} take
   */
  async #page(place, range, take) {
    const { isOnline, changed } = this.#options;
    if (place.kind !== "room" || this.#loading.has(place) || !isOnline()) return;
    const loading = this.#load({ type: "history", room: place.name, ...range }, take);
    this.#loading.set(place, loading);
    await loading;
    this.#loading.delete(place);
    changed();
  }

  /**
   * @param {Request} request
   * @param {(page: Page) => void} take
   */
  async #load(request, take) {
    const { ask, complain } = this.#options;
    try {
      const event = await ask(request);
      if (event.type === "page") take(event);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code !== "offline") complain(error.message);
    }
  }
}
