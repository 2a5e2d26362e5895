// @ts-check
/**
 * The part of one room's history that the page holds: a bounded window on it that grows at the end
 * that is read and forgets at the other. Pure.
 */

/** @import { Message, SentFile } from "../../wire/events.ts" */
/**
 * Who came and who went, in one row. Whoever came and went, or went and came back, is not in it.
 * `joinedMore` and `leftMore`: how many others, whose names are not kept.
 * @typedef {{ readonly kind: "presence", readonly joined: readonly string[],
 *   readonly left: readonly string[], readonly joinedMore: number,
 *   readonly leftMore: number }} Presence
 */
/**
 * What stands in a timeline, in the order of `era`, `seq` and `sub`. An era is a server's epoch;
 * what is no message stands behind the message whose `seq` it has.
 * @typedef {{ readonly era: number, readonly seq: number, readonly sub: number }} Order
 * `by` is the account of who said it, where there is one.
 * @typedef {{ readonly kind: "message", readonly from: string, readonly text: string,
 *   readonly at: number, readonly action: boolean, readonly own: boolean,
 *   readonly by?: string | undefined, readonly file?: SentFile | undefined }} Said
 * @typedef {{ readonly kind: "notice", readonly text: string, readonly tone: "plain" | "error" }} Notice
 * @typedef {{ readonly kind: "gap", readonly from: number, readonly to: number }} Gap
 * @typedef {{ readonly key: string } & Order & (Said | Notice | Gap | Presence)} Item
 */

/** The most items that a timeline holds, and so the most rows that a page shows. */
export const MAX_ITEMS = 400;
/** The most names that one row of who came and who went keeps, of each. */
const MOST_NAMES = 1_000;

export class Timeline {
  /** @type {readonly Item[]} */
  #items = [];
  #era = 0;
  #sub = 0;
  /** Every message after this number and up to {@link Timeline.top} is here. */
  #floor = 0;
  #top = 0;
  /** The last number that the room is known to have. */
  #end = 0;

  /** @param {number} seq the number after which messages will come. */
  constructor(seq = 0) {
    this.#floor = this.#top = this.#end = seq;
  }

  get items() {
    return this.#items;
  }

  get era() {
    return this.#era;
  }

  get floor() {
    return this.#floor;
  }

  get top() {
    return this.#top;
  }

  get end() {
    return this.#end;
  }

  /** Whether there may be messages before the first that is here. */
  get hasEarlier() {
    return this.#floor > 0 && (this.#items[0]?.era ?? this.#era) === this.#era;
  }

  /** Whether the first message that was ever said is here: servers count from 1. */
  get hasFirst() {
    return this.#items.some(({ kind, era, seq }) =>
      kind === "message" && era === this.#era && seq === 1
    );
  }

  /** Whether anything that was said is here. */
  get hasMessages() {
    return this.#items.some(({ kind }) => kind === "message");
  }

  /** Whether new messages belong here. */
  get atEnd() {
    return this.#top === this.#end;
  }

  /**
   * Takes a message that has just been said; false when it is not shown, because the window is
   * elsewhere. `follows` says that its reader is at the end.
   * @type {(message: Message, how: { own: boolean, follows: boolean }) => boolean}
   */
  add(message, { own, follows }) {
    const wasAtEnd = this.atEnd;
    this.#end = Math.max(this.#end, message.seq);
    if (message.seq <= this.#floor) return false;
    if (!wasAtEnd && message.seq > this.#top) return false;
    if (!follows && this.#items.length >= MAX_ITEMS && message.seq > this.#top) return false;
    this.#merge([itemOf(message, this.#era, own)]);
    this.#top = Math.max(this.#top, message.seq);
    this.#trimStart();
    return true;
  }

  /**
   * Takes a page of earlier messages.
   * @param {readonly Message[]} messages
   * @param {boolean} more
   * @param {(message: Message) => boolean} isOwn
   */
  addEarlier(messages, more, isOwn) {
    this.#merge(messages.map((m) => itemOf(m, this.#era, isOwn(m))));
    this.#floor = more ? Math.min(this.#floor, (messages[0]?.seq ?? 1) - 1) : 0;
    if (this.#items.length <= MAX_ITEMS) return;
    this.#items = this.#items.slice(0, MAX_ITEMS);
    this.#top = this.#items.at(-1)?.seq ?? this.#top;
  }

  /**
   * Takes a page whose messages reach beyond the last that is here.
   * @param {readonly Message[]} messages
   * @param {(message: Message) => boolean} isOwn
   * @param {number} [gone] up to here there are no more; it ends before the first of the messages
   */
  addLater(messages, isOwn, gone = 0) {
    if (gone > this.#top) this.#tellMissing(this.#top + 1, gone);
    const later = messages.filter(({ seq }) => seq > this.#floor);
    this.#merge(later.map((m) => itemOf(m, this.#era, isOwn(m))));
    this.#top = Math.max(this.#top, messages.at(-1)?.seq ?? 0);
    this.#end = Math.max(this.#end, this.#top);
    this.#trimStart();
  }

  /**
   * Keeps its place for a message that is known by its number alone; {@link Timeline.fill} brings it.
   * @param {number} seq
   */
  reserve(seq) {
    const wasAtEnd = this.atEnd;
    this.#end = Math.max(this.#end, seq);
    if (wasAtEnd) this.#top = this.#end;
  }

  /**
   * Takes messages that belong among those that are here.
   * @param {readonly Message[]} messages @param {(message: Message) => boolean} isOwn
   */
  fill(messages, isOwn) {
    const inside = messages.filter(({ seq }) => seq > this.#floor && seq <= this.#top);
    this.#merge(inside.map((m) => itemOf(m, this.#era, isOwn(m))));
    this.#trimStart();
  }

  /**
   * Moves the window to a page; whatever was there before is forgotten.
   * @param {readonly Message[]} messages
   * @param {boolean} more
   * @param {(message: Message) => boolean} isOwn
   */
  moveTo(messages, more, isOwn) {
    const last = messages.at(-1)?.seq;
    this.#items = messages.map((m) => itemOf(m, this.#era, isOwn(m)));
    this.#floor = more ? (messages[0]?.seq ?? 1) - 1 : 0;
    this.#top = last ?? this.#end;
    this.#end = Math.max(this.#end, this.#top);
  }

  /** Tells something at the end. @param {string} text @param {"plain" | "error"} [tone] */
  note(text, tone = "plain") {
    this.#append({ kind: "notice", text, tone });
  }

  /**
   * Tells who came or went; what follows one another is told in one row.
   * @param {"joined" | "left"} what @param {string} name
   */
  tellPresence(what, name) {
    const last = this.#items.at(-1);
    const folds = last?.kind === "presence" && this.atEnd;
    const told = withPresence(folds ? last : undefined, presenceOf(what, name));
    if (folds) this.#items = this.#items.slice(0, -1);
    if (!isNothing(told)) this.#append(told);
  }

  /** Tells of messages that can no longer be had. @param {number} from @param {number} to */
  tellGap(from, to) {
    this.#end = Math.max(this.#end, to);
    // Elsewhere the page that would have them finds it out.
    if (this.#top >= from - 1 && this.#top < to) this.#tellMissing(this.#top + 1, to);
  }

  /** The server has begun a new history, whose numbers begin anew. */
  beginEra() {
    if (!this.atEnd) this.#items = [];
    this.#era++;
    this.#floor = this.#top = this.#end = 0;
  }

  /**
   * @param {number} from the number after the last that is here
   * @param {number} to
   */
  #tellMissing(from, to) {
    const last = this.#items.at(-1);
    const goesOn = last?.kind === "gap" && last.to === from - 1;
    if (goesOn) this.#items = this.#items.slice(0, -1);
    const order = { era: this.#era, seq: to, sub: ++this.#sub };
    /** @type {Item} */
    const gap = { kind: "gap", from: goesOn ? last.from : from, to, ...order, key: itemKey(order) };
    this.#items = [...this.#items, gap];
    this.#top = to;
    this.#trimStart();
  }

  /** @param {Notice | Presence} what */
  #append(what) {
    if (!this.atEnd) return;
    const order = { era: this.#era, seq: this.#top, sub: ++this.#sub };
    this.#items = [...this.#items, { ...what, ...order, key: itemKey(order) }];
    this.#trimStart();
  }

  /** @param {readonly Item[]} added */
  #merge(added) {
    const known = new Set(this.#items.map(({ key }) => key));
    const fresh = added.filter(({ key }) => !known.has(key));
    const first = fresh[0];
    if (first === undefined) return;
    const last = this.#items.at(-1);
    this.#items = [...this.#items, ...fresh];
    if (last === undefined || compare(last, first) < 0) return;
    this.#items = [...this.#items].sort(compare);
  }

  #trimStart() {
    const excess = this.#items.length - MAX_ITEMS;
    if (excess <= 0) return;
    const gone = this.#items[excess - 1];
    this.#items = this.#items.slice(excess);
    if (gone?.era === this.#era) this.#floor = Math.max(this.#floor, gone.seq);
  }
}

/** @type {(message: Message, era: number, own: boolean) => Item} */
function itemOf({ seq, from, by, at, text, action = false, file }, era, own) {
  const order = { era, seq, sub: 0 };
  const said = /** @type {const} */ ({ kind: "message", from, by, text, action, own, file });
  return { ...said, ...order, at: Date.parse(at), key: itemKey(order) };
}

/** @type {(order: Order) => string} */
export function itemKey({ era, seq, sub }) {
  return `${era}.${seq}.${sub}`;
}

/** @type {(a: Order, b: Order) => number} */
function compare(a, b) {
  return a.era - b.era || a.seq - b.seq || a.sub - b.sub;
}

/** @type {(what: "joined" | "left", name: string) => Presence} */
export function presenceOf(what, name) {
  const none = /** @type {const} */ ({ kind: "presence", joinedMore: 0, leftMore: 0 });
  return { ...none, joined: what === "joined" ? [name] : [], left: what === "left" ? [name] : [] };
}

/** @type {(before: Presence | undefined, then: Presence) => Presence} */
export function withPresence(before, then) {
  if (before === undefined) return then;
  const came = new Set(before.joined);
  const went = new Set(before.left);
  let { joinedMore, leftMore } = before;
  for (const name of then.joined) if (!went.delete(name)) came.add(name);
  for (const name of then.left) if (!came.delete(name)) went.add(name);
  joinedMore += then.joinedMore + Math.max(0, came.size - MOST_NAMES);
  leftMore += then.leftMore + Math.max(0, went.size - MOST_NAMES);
  const joined = [...came].slice(-MOST_NAMES);
  const left = [...went].slice(-MOST_NAMES);
  return { kind: "presence", joined, left, joinedMore, leftMore };
}

/** @type {(presence: Presence) => boolean} */
export function isNothing({ joined, left, joinedMore, leftMore }) {
  return joined.length + left.length + joinedMore + leftMore === 0;
}
