// @ts-check
/** What was sent, or is to be, and is not known to have arrived: it waits here, or was refused. Pure. */

import { foldEntry, ownEntry } from "../../words/fold.js";
import { placeKey } from "./place.js";

/** @import { Request, RequestOf } from "../../wire/requests.ts" */
/** @import { SaidItem } from "./item.js" */
/** @import { PlaceKey } from "./place.js" */
/** @typedef {RequestOf<"say" | "direct"> & { id: string }} MessagePost something that is said */
/** @typedef {RequestOf<"revise" | "remove" | "react" | "pin"> & { id: string }} LifePost what is done about a message */
/** @typedef {MessagePost | LifePost} Post */
/**
 * `asks`: it may have arrived all the same.
 * @typedef {{ readonly place: PlaceKey, readonly post: Post, readonly at: number,
 *   readonly failed?: string, readonly asks?: boolean }} Waiting
 */

const LIFE = /** @type {ReadonlySet<string>} */ (new Set(["revise", "remove", "react", "pin"]));

/**
 * Whether a request does something about a message.
 * @type {(request: Request) => request is RequestOf<LifePost["type"]>}
 */
export function isLife(request) {
  return LIFE.has(request.type);
}

/** @type {(post: Post) => post is MessagePost} */
export function isMessagePost(post) {
  return post.type === "say" || post.type === "direct";
}

/** Whether it would be a loss: what was written stays until somebody discards it. @param {Waiting} waiting */
function isWritten({ post }) {
  return isMessagePost(post) || post.type === "revise";
}

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

  /** Whether something that was said in a place is on its way. @param {PlaceKey | undefined} place */
  isSaying(place) {
    return this.#waiting.some(({ place: where, post, failed }) =>
      where === place && failed === undefined && isMessagePost(post)
    );
  }

  /** @param {Waiting[]} waiting */
  restore(waiting) {
    this.#waiting = waiting;
  }

  /** @param {Waiting} waiting */
  add(waiting) {
    this.#waiting = [...this.#waiting, waiting];
  }

  /** Takes back a message that waits. @type {(id: string | undefined) => Waiting | undefined} */
  withdraw(id) {
    const found = this.#waiting.find(({ post }) => post.id === id);
    this.#waiting = this.#waiting.filter((each) => each !== found);
    return found;
  }

  /**
   * Holds back what is not acked: somebody has to say whether it is to be sent again.
   * @param {string} why
   * @returns {boolean} whether there is something that is not kept for that
   */
  hold(why) {
    const all = this.#waiting;
    this.#waiting = all.filter(isWritten).map((each) =>
      each.failed === undefined ? { ...each, failed: why, asks: true } : each
    );
    return this.#waiting.length < all.length;
  }

  /**
   * The server has begun a new history, in which numbers mean other messages: what is about one by its
   * number goes. What somebody says in answer stays, to be sent once more without that.
   * @param {string} why
   * @returns {string[]} what is not done, in sentences
   */
  beginEra(why) {
    /** @type {string[]} */
    const gone = [];
    this.#waiting = this.#waiting.flatMap(({ post, ...about }) => {
      if (!isMessagePost(post)) gone.push(undoneText(post));
      else if (post.re === undefined) return { post, ...about };
      else {
        const { re: _, ...said } = post;
        return { post: said, failed: why, ...about };
      }
      return [];
    });
    return gone;
  }

  /**
   * Notes that something was refused.
   * @param {string | undefined} id
   * @param {string} why
   * @returns {boolean} whether it waits on, and shows why
   */
  fail(id, why) {
    const waits = this.#waiting.some((each) => each.post.id === id && isWritten(each));
    this.#waiting = this.#waiting.flatMap((each) =>
      each.post.id !== id ? each : waits ? { ...each, failed: why } : []
    );
    return waits;
  }
}

/** @param {LifePost} post */
function undoneText(post) {
  const what = { revise: "edit", remove: "remove", react: "react to", pin: "pin" }[post.type];
  const words = post.type === "revise" ? `; you wrote: ${post.text}` : "";
  return `The server has begun a new history: there is no message ${post.re} to ${what}${words}`;
}

/**
 * Where a message is said that an earlier version of the page has kept.
 * @type {(post: MessagePost) => PlaceKey}
 */
export function placeOfPost(post) {
  return post.type === "say" ? placeKey("room", post.room) : placeKey("direct", post.to ?? "");
}

/**
 * A message as it will be when what waits to be done about it is: that is shown at once. `id`: that of an
 * edit or a removal which waits, or was refused.
 * @typedef {SaidItem & { readonly id?: string, readonly failed?: string, readonly asks?: boolean }} ChangingItem
 */
/**
 * @type {(item: SaidItem, waiting: readonly Waiting[], me: string) => ChangingItem}
 */
export function withChanges(item, waiting, me) {
  /** @type {ChangingItem} */
  let changing = item;
  for (const { post, at, failed, asks = false } of waiting) {
    if (isMessagePost(post) || post.re !== item.seq || post.type === "pin") continue;
    if (post.type === "react" && hasMine(changing, post.key) !== (post.off === true)) continue;
    const ack = { seq: changing.upTo + 1, at: new Date(at).toISOString() };
    const changed = foldEntry(changing, ownEntry(post, ack, me));
    const how = failed === undefined ? { asks } : { failed, asks };
    changing = post.type === "react" ? changed : { ...changed, id: post.id, ...how };
  }
  return changing;
}

/** @type {(item: SaidItem, key: string) => boolean} */
function hasMine({ reactions = [] }, key) {
  return reactions.some((each) => each.key === key && each.mine === true);
}
