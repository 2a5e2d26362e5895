// @ts-check
/** One room, or a conversation with one person, who is in it, and the address that leads there. Pure. */

import { nameKey, sameName } from "../../words/names.js";
import { Timeline } from "./timeline.js";

/** @import { Message } from "../../wire/events.ts" */
/**
 * What a place is known by: a room and a conversation of the same name have two. A name alone, or
 * its key, is none.
 * @typedef {`room ${string}` | `direct ${string}`} PlaceKey
 */
/**
 * The first message in sight, and how far below the upper edge it stands, in px.
 * @typedef {{ readonly seq: number, readonly offset: number }} Reading
 */
/**
 * A room, or a conversation with one person.
 * @typedef {object} Place
 * @property {"room" | "direct"} kind
 * @property {PlaceKey} key
 * @property {string} name
 * @property {string} topic
 * @property {readonly string[]} members
 * @property {number} total members, also those that are not listed
 * @property {readonly string[]} visitors programs that look in; nobody is told that they come and go
 * @property {Timeline} timeline
 * @property {number} seen the last number that was received
 * @property {number} past the last number that was said before we came: no news
 * @property {number} unread
 * @property {number} mentions
 * @property {number | undefined} mark the number after which it was unread when we came here
 * @property {number} [sought] the message that a link led to
 * @property {Reading | undefined} reading where in the past one is; nothing at the end
 */
/** @typedef {{ readonly kind: Place["kind"], readonly name: string, readonly seq?: number }} Address */

/** Messages of a direct conversation that survive a reload: no server has them all. */
const MAX_SAVED_DIRECTS = 100;
/**
 * What is said of those who did not go of their own accord.
 * @type {Readonly<Record<string, string | undefined>>}
 */
const DRIVEN = { kicked: "was sent away", banned: "was banned" };

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
    topic: "",
    members: [],
    total: 0,
    visitors: [],
    timeline,
    seen: seq,
    past: 0,
    unread: 0,
    mentions: 0,
    mark: undefined,
    reading: undefined,
  };
}

/** @type {(from: string, text: string) => string} */
export function topicNews(from, text) {
  return text === "" ? `${from} took the topic away.` : `${from} set the topic: ${text}`;
}

/** @type {(room: string, text: string) => string} */
export function topicOf(room, text) {
  return text === "" ? `${room} has no topic; /topic TEXT sets one.` : `The topic: ${text}`;
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

/** @type {(event: { room: string, members: readonly string[], total: number }) => string} */
export function membersOf({ room, members, total }) {
  return `${total} in ${room}: ${members.join(", ")}`;
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
 * Notes that somebody who may be here has another name.
 * @param {Place} place @param {string} from @param {string} to @param {boolean} mine
 */
export function renameMember(place, from, to, mine) {
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
 * and `#@ann`. A room's name that begins with `@`, or has a `/`, is written with `%`.
 * @type {(address: Address) => string}
 */
export function fragmentOf({ kind, name, seq }) {
  const shown = encodeURIComponent(name);
  return kind === "direct" ? `#@${shown}` : `#${shown}${seq === undefined ? "" : `/${seq}`}`;
}

/**
 * @param {string} fragment
 * @returns {Address | undefined} nothing where it leads nowhere, or nobody can read it
 */
export function addressIn(fragment) {
  const [, at = "", written = "", seq] = /^#(@?)([^/@][^/]*)(?:\/(\d{1,15}))?$/.exec(fragment) ??
    [];
  try {
    const name = decodeURIComponent(written);
    if (name === "") return undefined;
    if (at === "@") return { kind: "direct", name };
    return { kind: "room", name, ...(seq === undefined ? {} : { seq: Number(seq) }) };
  } catch {
    return undefined;
  }
}
