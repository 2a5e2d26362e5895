// @ts-check
/** The rows that show a place: its items and what waits, with days, groups and the unread line. Pure. */

import { fragmentOf } from "./place.js";
import { isForPerson, sameName } from "../../words/names.js";
import { actionIn } from "./mail.js";
import { isMessagePost, withChanges } from "./pending.js";
import { isNothing, withoutPassing } from "./presence.js";

/** @import { SentFile } from "../../wire/events.ts" */
/** @import { Folded, Item } from "./item.js" */
/** @import { Waiting } from "./pending.js" */
/** @import { Place } from "./place.js" */
/** @import { Presence } from "./presence.js" */
/**
 * `head`: the row tells its speaker, and is not one of the same speaker's that go on. `timed`: it
 * tells its time, which is another one than that of the row before. `href`: the address of the message.
 * `id`: what it waits by, or a change of it does; `sent`: the server may have that; `editing`: another text is
 * being written for it.
 * @typedef {{ readonly key: string } & (
 *   | { readonly kind: "day", readonly at: number }
 *   | { readonly kind: "unread" }
 *   | { readonly kind: "folded", readonly keys: readonly string[] }
 *   | { readonly kind: "told", readonly item: Exclude<Item, { kind: "message" }> }
 *   | { readonly kind: "said", readonly id: string | undefined, readonly seq: number,
 *       readonly from: string, readonly text: string, readonly at: number, readonly action: boolean,
 *       readonly own: boolean, readonly head: boolean, readonly timed: boolean,
 *       readonly addressed: boolean, readonly failed: string | undefined,
 *       readonly asks: boolean, readonly sent: boolean, readonly editing?: boolean,
 *       readonly by?: string | undefined,
 *       readonly file?: SentFile | undefined, readonly href: string | undefined } & Folded)} Row
 */
/** @typedef {Extract<Row, { kind: "said" }>} SaidRow */

/**
 * How it is told who comes and goes: but for those who only look in, each time, or not at all.
 * @typedef {"folded" | "each" | "none"} PresenceMode
 */

/** A speaker that goes on within this many ms is not named again, ... */
const GROUP_MS = 5 * 60_000;
/** ... but where the numbers pass a multiple of this, so that some name is always in sight. */
const GROUP_MANY = 20;

/**
 * Whom each message is for, so that a text is looked through once.
 * @type {WeakMap<object, { me: string, addressed: boolean }>}
 */
const addressees = new WeakMap();

/** @type {(said: { readonly text: string, readonly all?: boolean | undefined }, me: string) => boolean} */
function isForMe(said, me) {
  let known = addressees.get(said);
  if (known?.me !== me) {
    known = { me, addressed: isForPerson(said, me) };
    addressees.set(said, known);
  }
  return known.addressed;
}

/**
 * Counted by the numbers, as pages that come before and after change nothing of these.
 * @type {(seq: number) => number}
 */
function score(seq) {
  return Math.floor(seq / GROUP_MANY);
}

/** @typedef {Omit<SaidRow, "kind" | "head" | "timed" | "addressed" | "href">} Said */

/** The rows of a place, as they come together from top to bottom. */
class RowList {
  /** @type {Row[]} */
  rows = [];
  #place;
  #day = "";
  /** The row before, if it is a message. @type {SaidRow | undefined} */
  #before;
  /** The number of the last message. */
  #number = 0;

  /** @param {Place} place */
  constructor(place) {
    this.#place = place;
  }

  /**
   * A message, below its day, and below the unread line if it is the first that was not read.
   * @param {Said} said @param {boolean} addressed @param {boolean} [isFirstUnread]
   */
  say(said, addressed, isFirstUnread = false) {
    const { kind, name } = this.#place;
    const day = new Date(said.at).toDateString();
    if (day !== this.#day) {
      const row = /** @type {const} */ ({ kind: "day", key: `day ${said.key}`, at: said.at });
      // What was told before anything was said has no time of its own.
      if (this.rows.every(({ kind }) => kind === "told")) this.rows.unshift(row);
      else this.#add(row);
      this.#day = day;
    }
    if (isFirstUnread) this.#add({ kind: "unread", key: "unread" });
    const before = this.#before;
    // What waits looks as it will with the number that it hopefully gets.
    const number = said.seq || Math.max(this.#number, this.#place.timeline.end) + 1;
    const head = before === undefined || this.#isHead(said, before, number);
    this.#number = number;
    const minute = Math.floor(said.at / 60_000);
    const timed = head || minute !== Math.floor(before.at / 60_000);
    const href = kind === "room" && said.seq > 0
      ? fragmentOf({ kind, name, seq: said.seq })
      : undefined;
    this.#before = { ...said, kind: "said", head, timed, addressed, href };
    this.rows.push(this.#before);
  }

  /** What somebody said who is blocked: what follows one another is one row. @param {Item} item */
  fold({ key }) {
    const last = this.rows.at(-1);
    if (last?.kind !== "folded") {
      return this.#add({ kind: "folded", key: `folded ${key}`, keys: [key] });
    }
    this.rows[this.rows.length - 1] = { ...last, keys: [...last.keys, key] };
  }

  /** @param {Exclude<Item, { kind: "message" }>} item */
  tell(item) {
    this.#add({ kind: "told", key: item.key, item });
  }

  /** @param {Exclude<Row, SaidRow>} row */
  #add(row) {
    this.rows.push(row);
    this.#before = undefined;
  }

  /**
   * Whether a message names its speaker, though another one stands right before it.
   * @type {(said: Said, before: SaidRow, number: number) => boolean}
   */
  #isHead(said, before, number) {
    return said.action || before.action || !sameName(before.from, said.from) ||
      said.at - before.at > GROUP_MS ||
      number === this.#place.sought || score(number) !== score(this.#number);
  }
}

/**
 * `isBlocked`: whether what somebody says is folded, until it is unfolded.
 * @type {(place: Place, waiting: readonly Waiting[], me: string, mode?: PresenceMode,
 *   isBlocked?: (said: Extract<Item, { kind: "message" }>) => boolean) => Row[]}
 */
export function rowsOf(place, waiting, me, mode = "folded", isBlocked = () => false) {
  const { key, timeline, mark, unfolded } = place;
  const list = new RowList(place);
  let unread = mark === undefined;
  const here = waiting.filter(({ place: where }) => where === key);
  const folded = mode === "folded" ? foldPresence(timeline.items) : undefined;
  for (const item of timeline.items) {
    if (item.kind === "presence" && mode !== "each") {
      const told = folded?.get(item) ?? item;
      if (folded !== undefined && !isNothing(told)) list.tell({ ...item, ...told });
    } else if (item.kind !== "message") list.tell(item);
    else if (isBlocked(item) && !unfolded?.has(item.key)) list.fold(item);
    else {
      // Also one's own, where somebody counts it as unread from there.
      const isFirst = !unread && item.era === timeline.era && item.seq > (mark ?? 0);
      unread ||= isFirst;
      const changes = item.era === timeline.era ? here : [];
      const rest = { id: undefined, failed: undefined, asks: false, sent: true };
      list.say(
        { ...rest, ...withChanges(item, changes, me) },
        !item.own && isForMe(item, me),
        isFirst,
      );
    }
  }
  if (!timeline.atEnd) return list.rows;
  for (const { post, at, failed, asks = false, sent = true, edited } of here) {
    if (!isMessagePost(post)) continue;
    const { id, re } = post;
    const { text, action = false } = post.type === "direct" ? actionIn(post) : post;
    const said = { key: `waits ${id}`, id, seq: 0, from: me, text, at, action, own: true };
    const quote = re === undefined ? undefined : timeline.quoteOf(re);
    // What is not here is not gone.
    const answers = quote === undefined ? {} : { re, quote };
    // While it is edited it has not failed.
    const how = edited ? { failed: undefined, editing: edited } : { failed };
    list.say({ ...said, ...answers, ...how, asks, sent }, false);
  }
  return list.rows;
}

/**
 * What is told of who came and went, each at its place, without those who only looked in while others
 * talked.
 * @param {readonly Item[]} items
 * @returns {Map<Item, Presence>}
 */
function foldPresence(items) {
  const folded = new Map();
  /** @type {Array<Item & Presence>} */
  let run = [];
  const end = () => {
    withoutPassing(run).forEach((told, n) => folded.set(run[n], told));
    run = [];
  };
  let last = Infinity;
  for (const item of items) {
    if (item.kind === "presence") run.push(item);
    else {
      const isTalk = item.kind === "message" && item.at - last <= GROUP_MS;
      if (run.length > 0 && !isTalk) end();
      if (item.kind === "message") last = item.at;
    }
  }
  end();
  return folded;
}

/** What a row shows, so that one that shows the same is left alone. @type {(row: Row) => string} */
export function signOf(row) {
  switch (row.kind) {
    case "said": {
      const { head, timed, addressed, own, failed, asks, sent, id, edited, removed, text } = row;
      const { editing } = row;
      const parts = [
        head,
        timed,
        addressed,
        own,
        failed,
        asks,
        sent,
        id,
        edited,
        removed?.at,
        editing,
      ];
      // Two edits may have one time.
      return [...parts, edited === undefined ? "" : text].join(" ");
    }
    case "told":
      return row.item.kind === "presence" ? JSON.stringify(row.item) : "";
    case "folded":
      return String(row.keys.length);
    default:
      return "";
  }
}

/** What of a row is painted in place: how that begins which it answers, reactions, a pin, answers. @type {(row: Row) => string} */
export function detailOf(row) {
  if (row.kind !== "said") return "";
  const { quote, reactions, pinned, answers } = row;
  return JSON.stringify([quote, reactions, pinned, answers]);
}
