// @ts-check
/**
 * Asks for what is not here of a place: pages of its history, which go into its timeline (earlier, later,
 * the end, and around one message).
 */

import { isIn } from "./item.js";
import { RequestFault } from "./request_fault.js";
import { placeLog } from "./place.js";

/** @import { Event, EventOf, Message } from "../../wire/events.ts" */
/** @import { Request } from "../../wire/requests.ts" */
/** @import { Place } from "./place.js" */
/** @import { Timeline } from "./timeline.js" */
/** @typedef {EventOf<"page">} Page */
/**
 * @typedef {object} PagerOptions
 * @property {(request: Request) => Promise<Event>} ask
 * @property {() => boolean} isOnline
 * @property {(message: Message) => boolean} isOwn
 * @property {(text: string) => void} complain
 * @property {() => void} changed
 */

/** @typedef {{ readonly era: number, readonly seqs: Set<number>, busy: boolean }} Owed */

const PAGE = 100;

export class Pager {
  #options;
  /** Pages that are on their way. @type {Map<Place, Promise<boolean>>} */
  #loading = new Map();
  /** Messages of ours that are known by their numbers alone. @type {Map<Place, Owed>} */
  #owed = new Map();
  /** How many messages there was room for in the last page that goes on from what is here. */
  #reach = PAGE;

  /** @param {PagerOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Asks for the messages before those that are here. @param {Place} place */
  async earlier(place) {
    const { timeline } = place;
    if (!timeline.hasEarlier) return;
    const { era, floor } = timeline;
    await this.#page(place, { before: floor + 1, limit: PAGE }, (page) => {
      if (timeline.era === era && timeline.floor === floor) {
        timeline.addEarlier(page, this.#options.isOwn);
      }
    });
  }

  /** Asks for the messages after those that are here. @param {Place} place */
  async later(place) {
    const { timeline } = place;
    if (timeline.atEnd) return;
    const { era, top } = timeline;
    const isSame = () => timeline.era === era && timeline.top === top;
    // Pages come from their ends, and the server may no longer have what follows, or not have room
    // for all that was asked for: then what comes is not what follows, and less is asked for.
    let gone = top;
    let reach = this.#reach;
    while (isSame()) {
      /** @type {Page | undefined} */
      let page;
      const before = gone + reach + 1;
      await this.#page(place, { before, limit: PAGE }, (answer) => page = answer);
      if (page === undefined || !isSame()) return;
      const { messages, more } = /** @type {Page} */ (page);
      const first = messages[0]?.seq ?? before;
      if (messages.length === 0 && gone + reach < timeline.end) {
        gone += reach;
        reach *= 2;
      } else if (first > gone + 1 && more && reach > 1) reach = Math.floor(reach / 2);
      else {
        this.#reach = Math.min(2 * reach, PAGE);
        const end = messages.length === 0 ? timeline.end : first - 1;
        return timeline.addLater({ ...page, before }, this.#options.isOwn, end);
      }
    }
  }

  /** Asks for the last messages, where they are not here. @param {Place} place */
  async toEnd(place) {
    while (this.#loading.has(place)) await this.#loading.get(place);
    if (place.timeline.atEnd) return;
    await this.#page(place, { limit: PAGE }, (page) => {
      place.timeline.moveTo(page, this.#options.isOwn);
    });
  }

  /**
   * Asks for what was said around a message, where it is not here.
   * @param {Place} place
   * @param {number} seq
   * @returns {Promise<boolean>} whether it is here now
   */
  async around(place, seq) {
    while (this.#loading.has(place)) await this.#loading.get(place);
    const { timeline } = place;
    const isHere = () => isIn(timeline, seq);
    if (isHere()) return true;
    const before = seq + PAGE / 2;
    await this.#page(place, { before, limit: PAGE }, (page) => {
      const found = page.messages.some((message) => message.seq === seq);
      if (found) timeline.moveTo({ ...page, before }, this.#options.isOwn);
    });
    return isHere();
  }

  /**
   * Brings a message of ours that is known by its number alone, as soon as that can be.
   * @param {Place} place @param {number} seq
   */
  owe(place, seq) {
    const { era } = place.timeline;
    let owed = this.#owed.get(place);
    if (owed?.era !== era) owed = { era, seqs: new Set(), busy: false };
    owed.seqs.add(seq);
    this.#owed.set(place, owed);
    void this.#settle(place, owed);
  }

  /** Goes on with what could not be brought, now that there is a connection. */
  resume() {
    for (const [place, owed] of this.#owed) void this.#settle(place, owed);
  }

  /** @param {Place} place @param {Owed} owed */
  async #settle(place, owed) {
    if (owed.busy) return;
    owed.busy = true;
    const { timeline } = place;
    for (let goesOn = true; goesOn && owed.seqs.size > 0 && timeline.era === owed.era;) {
      while (this.#loading.has(place)) await this.#loading.get(place);
      const [low, high] = [Math.min(...owed.seqs), Math.max(...owed.seqs)];
      const range = { before: high + 1, limit: Math.min(PAGE, high - low + 1) };
      goesOn = await this.#page(place, range, (page) => {
        if (timeline.era === owed.era) timeline.fill(page, this.#options.isOwn);
        const first = page.messages[0]?.seq ?? 0;
        for (const seq of owed.seqs) if (seq >= first && seq <= high) owed.seqs.delete(seq);
      });
    }
    owed.busy = false;
  }

  /**
   * Asks for a page of a place's history, one at a time.
   * @param {Place} place
   * @param {{ before?: number, limit: number }} range
   * @param {(page: Page) => void} take
   * @returns {Promise<boolean>} whether there was an answer
   */
  async #page(place, range, take) {
    const { isOnline, changed } = this.#options;
    const log = placeLog(place);
    if (log === undefined || this.#loading.has(place) || !isOnline()) return false;
    const loading = this.#load({ type: "history", ...log, ...range }, take, place.timeline);
    this.#loading.set(place, loading);
    const answered = await loading;
    this.#loading.delete(place);
    changed();
    return answered;
  }

  /** @type {(request: Request, take: (page: Page) => void, timeline: Timeline) => Promise<boolean>} */
  async #load(request, take, timeline) {
    const { ask, complain } = this.#options;
    try {
      let event = await ask(request);
      // Under a flood of reactions more may have been done since than is kept.
      while (event.type === "page" && !timeline.canTake(event)) event = await ask(request);
      if (event.type === "page") take(event);
      return event.type === "page";
    } catch (error) {
      if (!(error instanceof RequestFault)) throw error;
      if (error.code !== "offline") complain(error.message);
      return false;
    }
  }
}
