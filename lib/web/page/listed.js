// @ts-check
/** Brings the places in step with the rooms and conversations that an account has on all its devices. Pure. */

import { placeKey } from "./place.js";
import { Timeline } from "./timeline.js";

/** @import { EventOf } from "../../wire/events.ts" */
/** @import { Place } from "./place.js" */
/** @import { PlaceList } from "./places.js" */
/** @typedef {NonNullable<EventOf<"ready">["rooms"]>} ListedRooms */
/** @typedef {EventOf<"chats">["chats"]} ListedChats */

/**
 * Takes all rooms that the account has listed; one that is not among them was left elsewhere.
 * @param {PlaceList} places
 * @param {ListedRooms} rooms
 */
export function takeRooms(places, rooms) {
  const keys = rooms.map(({ room }) => placeKey("room", room));
  for (const { key } of places.rooms) if (!keys.includes(key)) places.forget(key);
  for (const entry of rooms) {
    const { room, seq, last, topic, title, mentions } = entry;
    places.enter({ room, seq, topic, title, last }, false);
    const place = places.room(room);
    if (place !== undefined) count(Object.assign(place, { mentions }), entry);
  }
  places.arrange(keys);
}

/**
 * Takes some of its conversations, the latest of them first.
 * @param {PlaceList} places
 * @param {ListedChats} chats
 * @param {boolean} [areLatest] whether they are those that come first
 */
export function takeChats(places, chats, areLatest = true) {
  // The places of conversations that are gone do not keep a name from whoever has it now; of several people
  // who had one, that is who said something last.
  const known = areLatest ? [...chats].reverse() : chats;
  for (const entry of [...known].sort((a, b) => Number(a.gone ?? 0) - Number(b.gone ?? 0))) {
    if (places.isClosed(entry.chat, entry.last)) continue;
    const later = areLatest ? "" : places.with(entry.with)?.chat ?? "";
    const isEarlier = later !== "" && later !== entry.chat;
    const place = places.talk(entry.chat, entry.with, { gone: entry.gone || isEarlier });
    Object.assign(place, { mentions: entry.unread, news: entry.at });
    count(place, entry);
  }
  places.oldestNews = chats.at(-1)?.at ?? "";
  if (!areLatest) return;
  // Those that begin come last: each keeps its place, and has it on all devices.
  const inOrder = [...chats].sort((a, b) =>
    compared(a.begun ?? "", b.begun ?? "") || compared(a.chat, b.chat)
  );
  const ordered = chats.every(({ begun }) => begun !== undefined) ? inOrder : chats;
  const keys = ordered.flatMap(({ chat }) => places.chat(chat)?.key ?? []);
  places.arrange([...places.rooms.map(({ key }) => key), ...keys]);
}

/**
 * Goes on where the server does: what follows `seq` comes, and is counted up to `last`.
 * @param {Place} place
 * @param {{ readonly seq: number, readonly last: number, readonly read: number,
 *   readonly unread: number }} entry
 */
function count(place, { seq, last, read, unread }) {
  // What is here ends elsewhere, or nothing is here: history brings it.
  if (place.seen !== seq) {
    place.timeline = new Timeline(seq);
    place.seen = seq;
    place.reading = undefined;
  }
  Object.assign(place, { read, unread, counted: last, mark: unread > 0 ? read : undefined });
}

/** @type {(a: string, b: string) => number} */
function compared(a, b) {
  return a < b ? -1 : Number(a > b);
}
