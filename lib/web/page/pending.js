// @ts-check
/** What was sent, or is to be, and is not known to have arrived: it waits here, or was refused. Pure. */

import { foldEntry, ownEntry } from "../../words/fold.js";
import { placeKey } from "./place.js";

/** @import { Request, RequestOf } from "../../wire/requests.ts" */
/** @import { SaidItem } from "./item.js" */
/** @import { PlaceKey } from "./place.js" */
/** @typedef {RequestOf<"say" | "direct"> & { id: string }} MessagePost something that is said */
/** @typedef {RequestOf<"revise" | "remove" | "react" | "pin" | "answer"> & { id: string }} LifePost what is done about a message */
/** @typedef {MessagePost | LifePost} Post */
/**
 * `sent`: the server may have it. `asks`: it has failed, and may have arrived all the same. `edited`:
 * somebody is writing another text for it, and it is not sent before that is done.
 * @typedef {{ readonly place: PlaceKey, readonly post: Post, readonly at: number,
 *   readonly sent?: boolean, readonly failed?: string, readonly asks?: boolean,
 *   readonly edited?: boolean }} Waiting
 */

const GONE = {
  edit: "The message that you edited was removed, or is kept no longer.",
  answer: "The message that this answers was removed, or is kept no longer.",
};
/** @type {ReadonlySet<string>} */
const LIFE = new Set(["revise", "remove", "react", "pin", "answer"]);

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

  /** What is to be sent and is not acked, in its order. */
  get unsent() {
    return this.#waiting.filter(({ failed, edited }) => failed === undefined && !edited)
      .map(({ post }) => post);
  }

  /** @param {Waiting[]} waiting */
  restore(waiting) {
    this.#waiting = waiting;
  }

  /** @param {Waiting} waiting @param {string} [instead] what is here by this id, and gives it its place */
  add(waiting, instead) {
    const at = this.#waiting.findIndex(({ post }) => post.id === instead);
    this.#waiting = at < 0 ? [...this.#waiting, waiting] : this.#waiting.with(at, waiting);
  }

  /** There is a connection: what waits goes to the server. */
  transmitted() {
    this.#waiting = this.#waiting.map((each) => each.edited ? each : { ...each, sent: true });
  }

  /** We are let in: what has been said since the rest was written nobody may have seen. */
  begin() {
    this.#waiting = this.#waiting.map((each) =>
      isMessagePost(each.post) ? { ...each, post: { ...each.post, unseen: true } } : each
    );
    this.transmitted();
  }

  /** Whether somebody is writing another text for something. @param {string} id @param {boolean} edited */
  edit(id, edited) {
    this.#waiting = this.#waiting.map((each) => each.post.id === id ? { ...each, edited } : each);
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
   * @param {Post} [now] what it would be, sent once more
   * @returns {boolean} whether it waits on, and shows why
   */
  fail(id, why, now) {
    const waits = this.#waiting.some((each) => each.post.id === id && isWritten(each));
    this.#waiting = this.#waiting.flatMap((each) =>
      each.post.id !== id ? each : waits ? { ...each, post: now ?? each.post, failed: why } : []
    );
    return waits;
  }

  /**
   * Something was refused because the message that it is about is not there: what was written stays without that.
   * @param {string | undefined} id
   * @returns {boolean} whether anything was written
   */
  lose(id) {
    const post = this.#waiting.find((each) => each.post.id === id)?.post;
    const left = post && withoutMessage(post);
    return left !== undefined && this.fail(id, left.why, left.post);
  }
}

/**
 * What is left of something written about a message that is not there any more; nothing where it was about none.
 * @type {(post: Post) => { readonly post: MessagePost, readonly why: string } | undefined}
 */
function withoutMessage(post) {
  if (post.type === "revise") {
    const { id, text, room = "", chat } = post;
    const said = chat === undefined
      ? /** @type {const} */ ({ type: "say", room, text, id })
      : /** @type {const} */ ({ type: "direct", chat, text, id });
    return { post: said, why: `${GONE.edit} Sent again, this is a new one.` };
  }
  if (!isMessagePost(post) || post.re === undefined) return undefined;
  const { re: _, ...said } = post;
  return { post: said, why: `${GONE.answer} Sent again, this answers nothing.` };
}

/** @param {LifePost} post */
function undoneText(post) {
  const what =
    { revise: "edit", remove: "remove", react: "react to", pin: "pin", answer: "answer" }[
      post.type
    ];
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
 * @typedef {SaidItem & { readonly id?: string, readonly failed?: string, readonly asks?: boolean,
 *   readonly sent?: boolean }} ChangingItem
 */
/**
 * @type {(item: SaidItem, waiting: readonly Waiting[], me: string) => ChangingItem}
 */
export function withChanges(item, waiting, me) {
  /** @type {ChangingItem} */
  let changing = item;
  for (const { post, at, failed, asks = false, sent = true } of waiting) {
    if (isMessagePost(post) || post.re !== item.seq || post.type === "pin") continue;
    // Whether it is the first the server alone knows.
    if (post.type === "answer") continue;
    // What somebody else has said stays theirs until the server says otherwise.
    if (post.type === "revise" && !item.own) continue;
    if (post.type === "react" && hasMine(changing, post.key) !== (post.off === true)) continue;
    const ack = { seq: changing.upTo + 1, at: new Date(at).toISOString() };
    const changed = foldEntry(changing, ownEntry(post, ack, me));
    const how = failed === undefined ? { asks, sent } : { failed, asks, sent };
    changing = post.type === "react" ? changed : { ...changed, id: post.id, ...how };
  }
  return changing;
}

/** @type {(item: SaidItem, key: string) => boolean} */
function hasMine({ reactions = [] }, key) {
  return reactions.some((each) => each.key === key && each.mine === true);
}
