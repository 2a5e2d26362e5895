// @ts-check
/** What was written and is not yet known to have arrived: it waits, or was refused. Pure. */

import { placeKey } from "./place.js";

/** @typedef {import("../../wire/requests.ts").Request} Request */
/** @typedef {import("./place.js").PlaceKey} PlaceKey */
/** @typedef {Extract<Request, { type: "say" | "direct" }> & { id: string }} Post */
/**
 * `asks`: it may have arrived all the same.
 * @typedef {{ readonly place: PlaceKey, readonly post: Post, readonly at: number,
 *   readonly failed?: string, readonly asks?: boolean }} Waiting
 */

export class PendingPosts {
  /** @type {Waiting[]} */
  #waiting = [];

  /** All of it, in the order in which it was written. */
  get all() {
    return this.#waiting;
  }

  /** What is not acked and has not failed, in its order. */
  get unsent() {
    return this.#waiting.filter(({ failed }) => failed === undefined).map(({ post }) => post);
  }

  /** @param {Waiting[]} waiting */
  restore(waiting) {
    this.#waiting = waiting;
  }

  /** @param {Waiting} waiting */
  add(waiting) {
    this.#waiting = [...this.#waiting, waiting];
  }

  /**
   * Takes back a message that waits.
   * @param {string | undefined} id
   * @returns {Waiting | undefined}
   */
  withdraw(id) {
    const found = this.#waiting.find(({ post }) => post.id === id);
    this.#waiting = this.#waiting.filter((each) => each !== found);
    return found;
  }

  /**
   * Holds back what is not acked: somebody has to say whether it is to be sent again.
   * @param {string} why
   */
  hold(why) {
    this.#waiting = this.#waiting.map((each) =>
      each.failed === undefined ? { ...each, failed: why, asks: true } : each
    );
  }

  /**
   * Notes that a message was refused.
   * @param {string | undefined} id
   * @param {string} why
   * @returns {boolean} whether it is one that waits
   */
  fail(id, why) {
    const waits = this.#waiting.some(({ post }) => post.id === id);
    this.#waiting = this.#waiting.map((each) =>
      each.post.id === id ? { ...each, failed: why } : each
    );
    return waits;
  }
}

/**
 * Where a message is said.
 * @param {Post} post
 * @returns {PlaceKey}
 */
export function placeOfPost(post) {
  return post.type === "say" ? placeKey("room", post.room) : placeKey("direct", post.to);
}

/**
 * What is sent for a typed message: to a person what was said where one talks to them.
 * @param {Extract<Request, { type: "say" | "direct" }>} request
 * @param {import("./place.js").Place | undefined} place where it was typed
 * @param {string} id
 * @returns {Post}
 */
export function postOf(request, place, id) {
  if (request.type !== "say" || place?.kind !== "direct") return { ...request, id };
  const text = request.action ? `* ${request.text}` : request.text;
  return { type: "direct", to: place.name, text, id };
}

/**
 * What is said to one person, for which the wire has no `action`: a line of `* ` and more is one.
 * @param {string} text
 * @returns {{ text: string, action?: true }}
 */
export function actionIn(text) {
  return /^\* \S[^\n]*$/.test(text) ? { text: text.slice(2), action: true } : { text };
}
