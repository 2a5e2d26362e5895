// @ts-check
/** Looks for messages, and goes on with what was looked for last. Pure. */

import { RequestFault } from "./connection.js";

/** @typedef {import("../../wire/events.ts").Event} Event */
/** @typedef {import("../../wire/requests.ts").Request} Request */
/** @typedef {import("../../wire/events.ts").Message} Message */
/** @typedef {{ readonly query: string, readonly messages: readonly Message[], readonly more: boolean,
 *   readonly ignored: readonly string[] }} Found `ignored`: nothing can be found by these words */
/**
 * What somebody asks to be shown.
 * @typedef {{ kind: "help" } | { kind: "rooms", rooms: Extract<Event, { type: "rooms" }>["rooms"] }
 *   | { kind: "found" } & Found
 *   | { kind: "people" } | { kind: "end" } | { kind: "earlier" }} Asked
 */

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
