// @ts-check
/** What stands in a timeline: what was said, and what is told between. Pure. */

/** @import { Message, SentFile } from "../../wire/events.ts" */
/** @import { Presence } from "./presence.js" */
/**
 * What stands in a timeline, in the order of `era`, `seq` and `sub`. An era is a server's epoch;
 * what is no message stands behind the message whose `seq` it has.
 * @typedef {{ readonly era: number, readonly seq: number, readonly sub: number }} Order
 * `by` is the account of who said it, where there is one. `upTo`: what was done about it up to this
 * number is in it. `re`: what it answers.
 * @typedef {{ readonly kind: "message", readonly from: string, readonly text: string,
 *   readonly at: number, readonly action: boolean, readonly own: boolean, readonly upTo: number,
 *   readonly by?: string | undefined, readonly file?: SentFile | undefined } & Folded} Said
 * @typedef {{ readonly [K in "all" | "re" | "quote" | "edited" | "removed" | "reactions" | "pinned" | "ask" | "answers"]?: Message[K] | undefined }} Folded
 * @typedef {{ readonly kind: "notice", readonly text: string, readonly tone: "plain" | "error",
 *   readonly isTold: boolean }} Notice
 * @typedef {{ readonly kind: "gap", readonly from: number, readonly to: number }} Gap
 * @typedef {{ readonly key: string } & Order & (Said | Notice | Gap | Presence)} Item
 * @typedef {Extract<Item, { kind: "message" }>} SaidItem
 */

/**
 * @param {Message & { readonly upTo?: number | undefined }} message
 * @param {number} era
 * @param {boolean} own
 * @returns {SaidItem}
 */
export function itemOf({ seq, at, upTo = seq, ...message }, era, own) {
  const { from, by, text, file, all, re, quote, edited, removed, reactions, pinned } = message;
  const { ask, answers } = message;
  const order = { era, seq, sub: 0 };
  const action = message.action === true;
  const said = /** @type {const} */ ({ kind: "message", from, by, text, action, own, file, upTo });
  const folded = { all, re, quote, edited, removed, reactions, pinned, ask, answers };
  return { ...said, ...folded, ...order, at: Date.parse(at), key: itemKey(order) };
}

/** @type {(item: Item) => number} */
export function upToOf(item) {
  return item.kind === "message" ? item.upTo : 0;
}

/** @type {(order: Order) => string} */
export function itemKey({ era, seq, sub }) {
  return `${era}.${seq}.${sub}`;
}

/** @type {(a: Order, b: Order) => number} */
export function compareItems(a, b) {
  return a.era - b.era || a.seq - b.seq || a.sub - b.sub;
}

/**
 * Whether the message with a number is in a timeline, be it removed.
 * @type {(timeline: { readonly items: readonly Item[], readonly era: number } | undefined, seq: number) => boolean}
 */
export function isIn({ items, era } = { items: [], era: 0 }, seq) {
  return items.some((item) => item.kind === "message" && item.era === era && item.seq === seq);
}
