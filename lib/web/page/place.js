// @ts-check
/** One room, or a conversation with one person, who is in it, and the address that leads there. Pure. */

import { nameKey, sameName } from "../../words/names.js";
import { Timeline } from "./timeline.js";

/** @import { EventOf, Message } from "../../wire/events.ts" */
/** @import { Foldable } from "../../words/fold.js" */
/** @typedef {NonNullable<EventOf<"members">["people"]>[number]} RoomPerson */
/**
 * What a place is known by in this page: a room and a conversation of the same name have two, and so
 * have two people who had one name after the other. A name alone, or its key, is none.
 * @typedef {`room ${string}` | `direct ${string}`} PlaceKey
 */
/**
 * The first message in sight, and how far below the upper edge it stands, in px.
 * @typedef {{ readonly seq: number, readonly offset: number }} Reading
 */
/** What is shown of a message that is pinned. @typedef {Foldable & { readonly from: string }} Pinned */
/**
 * A room, or a conversation with one person.
 * @typedef {object} Place
 * @property {"room" | "direct"} kind
 * @property {PlaceKey} key
 * @property {string} name of a conversation: the other's
 * @property {string} chat the server's key of a conversation; empty for a room, and until one was begun
 * @property {boolean} gone whether the other of a conversation is nobody any more
 * @property {boolean} [away] whether we were told that the other is away
 * @property {string} topic
 * @property {string | undefined} [topicBy] who set the topic
 * @property {string | undefined} [topicAt] when, as RFC 3339
 * @property {string} title what the room is called for people; empty: its name
 * @property {readonly RoomPerson[]} people who is listed in the room, also those who are away
 * @property {readonly string[]} members
 * @property {number} total members, also those that are not listed
 * @property {readonly string[]} visitors programs that look in; nobody is told that they come and go
 * @property {Timeline} timeline
 * @property {number} seen the last number that was received
 * @property {number} past the last number that was said before we came: no news
 * @property {number} read up to here it has been read, on whatever device
 * @property {number | undefined} [held] up to here it counts as unread again, and stays so though it is looked at
 * @property {number} counted up to here the server has counted what is unread
 * @property {number} unread
 * @property {number} mentions
 * @property {string} news when the last was said in it, as far as is known
 * @property {number | undefined} mark the number after which it was unread when we came here
 * @property {number} [sought] the message that a link led to
 * @property {"near" | "away" | undefined} [led] a link led here, perhaps past what is unread: and its end was in
 *   sight ever since, or was not
 * @property {Set<number>} [removals] the messages that were removed since we came, also those that are not here
 * @property {boolean | undefined} [hosted] whether we are a host of the room, once that is known
 * @property {readonly Pinned[] | undefined} [pins] the messages that are pinned, once they are known
 * @property {number | undefined} [pinsFrom] what was pinned, and how that reads, may be another since this number
 * @property {Set<string>} [unfolded] messages of blocked people that somebody looks at all the same
 * @property {Reading | undefined} reading where in the past one is; nothing at the end
 */
/**
 * `chat`: whose conversation it is, where the name no longer says that.
 * @typedef {{ readonly kind: Place["kind"], readonly name: string, readonly seq?: number,
 *   readonly chat?: string }} Address
 */

/** Messages of a direct conversation that survive a reload: no server has them all. */
const MAX_SAVED_DIRECTS = 100;
/**
 * What is said of those who did not go of their own accord.
 * @type {Readonly<Record<string, string | undefined>>}
 */
const DRIVEN = {
  kicked: "was sent away",
  banned: "was banned",
  uninvited: "is not invited any more",
};

/** @type {(kind: "room" | "direct", name: string) => PlaceKey} */
export function placeKey(kind, name) {
  return `${kind} ${nameKey(name)}`;
}

/** @type {(kind: "room" | "direct", name: string, seq: number) => Place} */
export function newPlace(kind, name, seq) {
  const timeline = new Timeline(seq);
  return {
    kind,
    key: placeKey(kind, name),
    name,
    chat: "",
    gone: false,
    topic: "",
    title: "",
    people: [],
    members: [],
    total: 0,
    visitors: [],
    timeline,
    seen: seq,
    past: 0,
    read: 0,
    counted: 0,
    unread: 0,
    mentions: 0,
    news: "",
    mark: undefined,
    reading: undefined,
  };
}

/** @type {(from: string, text: string) => string} */
export function topicNews(from, text) {
  return text === "" ? `${from} took the topic away.` : `${from} set the topic: ${text}`;
}

/**
 * What somebody is told whom a link led to a message that is not here.
 * @type {(place: Place, seq: number) => string}
 */
export function missingText({ name, timeline: { end } }, seq) {
  if (seq >= 1 && seq <= end) return `The message ${seq} of ${name} can't be had any more.`;
  return `There is no message ${seq} in ${name}; ` +
    (end === 0 ? "nothing was said yet." : `the last is ${end}.`);
}

/** The keys of the names of those who are in a room, as they are looked up often. @type {WeakMap<readonly string[], Set<string>>} */
const memberKeys = new WeakMap();

/** Whether a key is that of the name of somebody who is in a room. @type {(place: Place | undefined, key: string) => boolean} */
export function isMember(place, key) {
  const { members = [] } = place ?? {};
  let keys = memberKeys.get(members);
  if (keys === undefined) {
    keys = new Set(members.map(nameKey));
    memberKeys.set(members, keys);
  }
  return keys.has(key);
}

/** @type {(room: string, timeline: Timeline) => Message[]} */
export function messagesOf(room, { items }) {
  return items.flatMap((item) =>
    item.kind === "message"
      ? [{
        room,
        seq: item.seq,
        from: item.from,
        at: new Date(item.at).toISOString(),
        text: item.text,
        ...(item.action ? { action: /** @type {const} */ (true) } : {}),
        ...(item.file === undefined ? {} : { file: item.file }),
      }]
      : []
  ).slice(-MAX_SAVED_DIRECTS);
}

/**
 * Notes that somebody came or went.
 * @param {Place | undefined} place
 * @param {string} name
 * @param {"joined" | "left"} what
 * @param {string} [reason] the server's, for one who left
 */
export function changeMember(place, name, what, reason = "") {
  if (place === undefined) return;
  place.people = changedPeople(place.people, name, what, reason);
  const others = place.members.filter((member) => !sameName(member, name));
  const was = others.length < place.members.length;
  if (what === "joined") {
    place.members = sorted([...others, name]);
    if (!was) place.total++;
  } else {
    place.members = others;
    place.total = Math.max(others.length, place.total - 1);
  }
  const driven = DRIVEN[reason];
  if (driven === undefined) place.timeline.tellPresence(what, name);
  else place.timeline.note(`${name} ${driven}.`);
}

/**
 * Who goes away for a reason of their connection is still listed, and away; all others who leave are
 * not.
 * @type {(people: readonly RoomPerson[], name: string, what: "joined" | "left", reason: string) =>
 *   readonly RoomPerson[]}
 */
function changedPeople(people, name, what, reason) {
  const known = people.find((person) => sameName(person.name, name));
  const others = people.filter((person) => person !== known);
  if (what === "joined") return [...others, { ...known, name, here: true }];
  const stays = known?.account !== undefined && reason !== "" && DRIVEN[reason] === undefined;
  return stays ? [...others, { ...known, here: false }] : others;
}

/**
 * Notes that somebody who may be here has another name.
 * @param {Place} place @param {string} from @param {string} to @param {boolean} mine
 */
export function renameMember(place, from, to, mine) {
  if (place.kind === "direct" && !place.gone && sameName(place.name, from)) place.name = to;
  place.people = place.people.map((person) =>
    sameName(person.name, from) ? { ...person, name: to } : person
  );
  const others = place.members.filter((member) => !sameName(member, from));
  if (others.length === place.members.length) return;
  place.members = sorted([...others, to]);
  place.timeline.note(mine ? `You are ${to} now.` : `${from} is now ${to}.`);
}

/** @type {(names: string[]) => string[]} */
function sorted(names) {
  return names.sort((a, b) => a.localeCompare(b));
}

/**
 * Where one is, as the fragment of the page's address: `#room`, `#room/1234` for a message of it,
 * `#@ann`, and `#@ann/~KEY` for a conversation with an ann who is gone. A room's name that begins with
 * `@`, or has a `/`, is written with `%`.
 * @type {(address: Address) => string}
 */
export function fragmentOf({ kind, name, seq, chat = "" }) {
  const shown = kind === "direct"
    ? `#@${encodeURIComponent(name)}`
    : `#${encodeURIComponent(name)}`;
  if (chat !== "") return `${shown}/~${chat}`;
  return seq === undefined ? shown : `${shown}/${seq}`;
}

/**
 * The log of a place, as requests name it; none of a conversation that nobody has begun.
 * @type {(place: Place) => { room: string } | { chat: string } | undefined}
 */
export function placeLog({ kind, name, chat }) {
  if (kind === "room") return { room: name };
  return chat === "" ? undefined : { chat };
}

/**
 * Shows what somebody has said there who is blocked.
 * @param {Place | undefined} place @param {readonly string[]} keys of the messages
 */
export function unfold(place, keys) {
  if (place !== undefined) place.unfolded = new Set([...place.unfolded ?? [], ...keys]);
}

/** Up to here nothing is unread. @type {(place: Pick<Place, "read" | "mark">) => number} */
export function readTo({ read, mark = 0 }) {
  return Math.max(read, mark);
}

/** Where a place is. @type {(place: Place) => Address} */
export function placeAddress({ kind, name, gone, chat }) {
  return { kind, name, ...(gone ? { chat } : {}) };
}

/** Whether an address leads to a place. @type {(address: Address, place: Place) => boolean} */
export function leadsTo({ kind, name, chat }, place) {
  if (kind !== place.kind) return false;
  return chat === undefined ? !place.gone && sameName(name, place.name) : chat === place.chat;
}

/**
 * The token of a link by which somebody was invited; empty where there is none.
 * @type {(fragment: string) => string}
 */
export function tokenIn(fragment) {
  return /^#invite=([\w-]{1,200})$/.exec(fragment)?.[1] ?? "";
}

/**
 * @param {string} fragment
 * @returns {Address | undefined} nothing where it leads nowhere, or nobody can read it
 */
export function addressIn(fragment) {
  const [, at = "", written = "", seq, chat] =
    /^#(?!invite=)(@?)([^/@][^/]*)(?:\/(\d{1,15})|\/~([\w-]{1,64}))?$/.exec(fragment) ?? [];
  try {
    const name = decodeURIComponent(written);
    if (name === "") return undefined;
    const number = seq === undefined ? {} : { seq: Number(seq) };
    if (at === "@") {
      return { kind: "direct", name, ...number, ...(chat === undefined ? {} : { chat }) };
    }
    if (chat !== undefined) return undefined;
    return { kind: "room", name, ...number };
  } catch {
    return undefined;
  }
}
