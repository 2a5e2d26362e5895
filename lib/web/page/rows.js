// @ts-check
/** The rows that show a place: its items and what waits, with days, groups and the unread line. Pure. */

import { isAddressedTo, sameName } from "./names.js";

/** @typedef {import("./timeline.js").Item} Item */
/** @typedef {import("./store.js").Place} Place */
/** @typedef {import("./store.js").Waiting} Waiting */
/**
 * `head`: the row tells its speaker, and is not one of the same speaker's that go on. `timed`: it
 * tells its time, which is another one than that of the row before.
 * @typedef {{ readonly key: string } & (
 *   | { readonly kind: "day", readonly at: number }
 *   | { readonly kind: "unread" }
 *   | { readonly kind: "told", readonly item: Exclude<Item, { kind: "message" }> }
 *   | { readonly kind: "said", readonly id: string | undefined, readonly seq: number,
 *       readonly from: string, readonly text: string, readonly at: number, readonly action: boolean,
 *       readonly own: boolean, readonly head: boolean, readonly timed: boolean,
 *       readonly addressed: boolean, readonly failed: string | undefined,
 *       readonly asks: boolean })} Row
 */
/** @typedef {Extract<Row, { kind: "said" }>} SaidRow */

/** A speaker that goes on within this many ms is not named again. */
const GROUP_MS = 5 * 60_000;

/**
 * Whom each message is for, so that a text is looked through once.
 * @type {WeakMap<object, { me: string, addressed: boolean }>}
 */
const addressees = new WeakMap();

/**
 * @param {{ readonly text: string }} said
 * @param {string} me
 * @returns {boolean}
 */
function isForMe(said, me) {
  let known = addressees.get(said);
  if (known?.me !== me) {
    known = { me, addressed: isAddressedTo(said.text, me) };
    addressees.set(said, known);
  }
  return known.addressed;
}

/**
 * @param {Place} place
 * @param {readonly Waiting[]} waiting
 * @param {string} me
 * @returns {Row[]}
 */
export function rowsOf({ key, timeline, mark }, waiting, me) {
  /** @type {Row[]} */
  const rows = [];
  let day = "";
  let unread = mark === undefined;
  /** @type {SaidRow | undefined} */
  let before;

  /**
   * @param {Omit<SaidRow, "kind" | "head" | "timed" | "addressed">} said
   * @param {boolean} addressed
   * @param {boolean} [isFirstUnread]
   */
  const say = (said, addressed, isFirstUnread = false) => {
    const today = new Date(said.at).toDateString();
    if (today !== day) {
      rows.push({ kind: "day", key: `day ${said.key}`, at: said.at });
      day = today;
      before = undefined;
    }
    if (isFirstUnread) {
      rows.push({ kind: "unread", key: "unread" });
      before = undefined;
    }
    const minute = Math.floor(said.at / 60_000);
    const head = said.action || before === undefined || before.action ||
      !sameName(before.from, said.from) || said.at - before.at > GROUP_MS;
    const timed = head || minute !== Math.floor((before?.at ?? 0) / 60_000);
    before = { ...said, kind: "said", head, timed, addressed };
    rows.push(before);
  };

  for (const item of timeline.items) {
    if (item.kind !== "message") {
      rows.push({ kind: "told", key: item.key, item });
      before = undefined;
      continue;
    }
    const isFirst = !unread && !item.own && item.era === timeline.era && item.seq > (mark ?? 0);
    unread ||= isFirst;
    say(
      { ...item, id: undefined, failed: undefined, asks: false },
      !item.own && isForMe(item, me),
      isFirst,
    );
  }
  if (!timeline.atEnd) return rows;
  for (const { place, post, at, failed, asks = false } of waiting) {
    if (place !== key) continue;
    const { id, text } = post;
    const action = post.type === "say" && post.action === true;
    say(
      { key: `waits ${id}`, id, seq: 0, from: me, text, at, action, own: true, failed, asks },
      false,
    );
  }
  return rows;
}

/**
 * What a row shows, so that one that shows the same is left alone.
 * @param {Row} row
 * @returns {string}
 */
export function signOf(row) {
  switch (row.kind) {
    case "said":
      return `${row.head} ${row.timed} ${row.addressed} ${row.own} ${row.failed ?? ""} ${row.asks}`;
    case "told":
      return row.item.kind === "presence" ? JSON.stringify(row.item) : "";
    default:
      return "";
  }
}
