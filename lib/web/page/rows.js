// @ts-check
/** The rows that show a place: its items and what waits, with days, groups and the unread line. Pure. */

import { fragmentOf } from "./address.js";
import { Palette } from "./colours.js";
import { isAddressedTo, sameName } from "../../words/names.js";
import { actionIn } from "./outgoing.js";
import { isNothing, withPresence } from "./presence.js";

/** @typedef {import("./presence.js").Presence} Presence */
/** @typedef {import("./timeline.js").Item} Item */
/** @typedef {import("./store.js").Place} Place */
/** @typedef {import("./store.js").Waiting} Waiting */
/**
 * `head`: the row tells its speaker, and is not one of the same speaker's that go on. `timed`: it
 * tells its time, which is another one than that of the row before. `href`: the address of the message.
 * @typedef {{ readonly key: string } & (
 *   | { readonly kind: "day", readonly at: number }
 *   | { readonly kind: "unread" }
 *   | { readonly kind: "told", readonly item: Exclude<Item, { kind: "message" }> }
 *   | { readonly kind: "said", readonly id: string | undefined, readonly seq: number,
 *       readonly from: string, readonly text: string, readonly at: number, readonly action: boolean,
 *       readonly own: boolean, readonly head: boolean, readonly timed: boolean,
 *       readonly addressed: boolean, readonly failed: string | undefined,
 *       readonly asks: boolean,
 *       readonly hue: number, readonly href: string | undefined })} Row
 */
/** @typedef {Extract<Row, { kind: "said" }>} SaidRow */

/**
 * How it is told who comes and goes: where nothing is said, each time, or not at all.
 * @typedef {"folded" | "each" | "none"} PresenceMode
 */

/** A speaker that goes on within this many ms is not named again, ... */
const GROUP_MS = 5 * 60_000;
/** ... but at each message whose number is a multiple of this, so that some name is always in sight. */
const GROUP_MANY = 10;

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
 * Counted by the numbers, as pages that come before and after change nothing of these.
 * @param {number} seq
 * @returns {number}
 */
function decade(seq) {
  return Math.floor(seq / GROUP_MANY);
}

/**
 * @param {Place} place
 * @param {readonly Waiting[]} waiting
 * @param {string} me
 * @param {PresenceMode} [mode]
 * @returns {Row[]}
 */
export function rowsOf(place, waiting, me, mode = "folded") {
  const { kind, key, name, timeline, mark } = place;
  const palette = new Palette(place);
  /** @type {Row[]} */
  const rows = [];
  let day = "";
  let unread = mark === undefined;
  /** @type {SaidRow | undefined} */
  let before;

  /**
   * @param {Omit<SaidRow, "kind" | "head" | "timed" | "addressed" | "hue" | "href">} said
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
      !sameName(before.from, said.from) || said.at - before.at > GROUP_MS ||
      said.seq > 0 && (said.seq === place.sought || decade(said.seq) !== decade(before.seq));
    const timed = head || minute !== Math.floor((before?.at ?? 0) / 60_000);
    const hue = palette.speak(said.from);
    const href = kind === "room" && said.seq > 0 && said.id === undefined
      ? fragmentOf({ kind, name, seq: said.seq })
      : undefined;
    before = { ...said, kind: "said", head, timed, addressed, hue, href };
    rows.push(before);
  };

  /** Who came and went while people talk: told when they pause. @type {Item & Presence | undefined} */
  let held;
  const release = () => {
    if (held === undefined) return;
    if (!isNothing(held)) rows.push({ kind: "told", key: held.key, item: held });
    held = before = undefined;
  };

  for (const item of timeline.items) {
    if (item.kind === "presence" && mode !== "each") {
      if (mode === "folded") {
        held = { ...item, ...withPresence(held, item), key: held?.key ?? item.key };
      }
      continue;
    }
    if (item.kind !== "message") {
      release();
      rows.push({ kind: "told", key: item.key, item });
      before = undefined;
      continue;
    }
    if (before === undefined || item.at - before.at > GROUP_MS) release();
    const isFirst = !unread && !item.own && item.era === timeline.era && item.seq > (mark ?? 0);
    unread ||= isFirst;
    say(
      { ...item, id: undefined, failed: undefined, asks: false },
      !item.own && isForMe(item, me),
      isFirst,
    );
  }
  release();
  if (!timeline.atEnd) return rows;
  for (const { place: where, post, at, failed, asks = false } of waiting) {
    if (where !== key) continue;
    const { id } = post;
    const said = post.type === "direct" ? actionIn(post.text) : post;
    const { text, action = false } = said;
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
