// @ts-check
/** Why a request has no answer. */

/** @import { EventOf } from "../../wire/events.ts" */

/** What goes wrong before anything is sent. */
export const UNSENT_CODES = new Set(["too-long", "offline", "no-room"]);

/** Why a request has no answer: the server's code, or `offline`. */
export class RequestFault extends Error {
  /**
   * @param {string} code @param {string} text
   * @param {Partial<EventOf<"error">>} [told] what the server has said
   */
  constructor(code, text, told = {}) {
    super(text);
    this.code = code;
    this.told = told;
  }
}
