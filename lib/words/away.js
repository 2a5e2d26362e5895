// @ts-check
/**
 * What somebody says about being away, for a server that was started anew: it keeps that in memory only. Whoever is
 * back soon after it has said goodbye says it again.
 */

/** @import { RequestOf } from "../wire/requests.ts" */

/** Later than so long after that, in ms, another device may have said something else meanwhile. */
const SOON_MS = 10 * 60_000;

export class AwayAgain {
  /** Why we say that we are away; empty: we do not. */
  text = "";
  #shutAt = -Infinity;

  /** A connection has ended at a time, in ms, for the reason that the server's `bye` gives. @param {string | undefined} reason @param {number} now */
  ended(reason, now) {
    if (reason === "shutdown") this.#shutAt = now;
  }

  /**
   * There is a connection again.
   * @param {number} now in ms
   * @returns {Array<RequestOf<"away">>} what is to be said, if anything
   */
  back(now) {
    const isSoon = now - this.#shutAt <= SOON_MS;
    this.#shutAt = -Infinity;
    return isSoon && this.text !== "" ? [{ type: "away", text: this.text }] : [];
  }
}
