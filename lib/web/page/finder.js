// @ts-check
/** Looks for messages. It comes with the commands. */

import { RequestFault } from "./request_fault.js";

/** @import { Event, Message } from "../../wire/events.ts" */
/** @import { Request } from "../../wire/requests.ts" */
/** @typedef {{ readonly query: string, readonly messages: readonly Message[], readonly more: boolean,
 *   readonly ignored: readonly string[] }} Found `ignored`: nothing can be found by these words */
export class Finder {
  #ask;
  #query = "";
  /** @type {readonly Message[]} */
  #messages = [];
  /** @type {string | undefined} */
  #cursor;

  /** @param {(request: Request) => Promise<Event>} ask */
  constructor(ask) {
    this.#ask = ask;
  }

  /**
   * All that was found until now.
   * @param {string} query `""`: more of the one before.
   * @returns {Promise<Found | undefined>}
   */
  async find(query) {
    const goesOn = query === "";
    if (goesOn && this.#query === "") {
      throw new RequestFault("no-query", "/search needs words to look for, as in: /search lunch");
    }
    const known = goesOn ? this.#messages : [];
    const words = goesOn ? this.#query : query;
    const event = await this.#ask({
      type: "search",
      query: words,
      ...(goesOn && this.#cursor !== undefined ? { cursor: this.#cursor } : {}),
    });
    if (event.type !== "page") return undefined;
    this.#query = words;
    this.#cursor = event.cursor;
    this.#messages = [...known, ...event.messages];
    return {
      query: words,
      messages: this.#messages,
      more: event.more,
      ignored: event.ignored ?? [],
    };
  }
}
