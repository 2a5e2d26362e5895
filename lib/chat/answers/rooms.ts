/** The answers about rooms: `join`, `leave`, `topic` and `rooms`. */

import { type RequestOf, REQUESTS } from "../../wire/requests.ts";
import { nameKey } from "../../words/names.js";
import { Asked, idOf } from "../asked.ts";
import { catchUp } from "../catch_up.ts";
import { earlierFor, enterRoom } from "../coming/enter_room.ts";
import type { HouseParts } from "../house_parts.ts";
import { notInRoom, roomOf } from "../judge/checks.ts";
import { checkUnconfined, mayList } from "../judge/may_read.ts";
import { after, type Later, unlessRefused } from "../later.ts";
import { isoTime } from "../log/times.ts";
import { isRoomLog, keyOf } from "../messages/log_key.ts";
import type { Named } from "../names/name_tables.ts";
import type { Access } from "../people/records.ts";
import { countPresence, countSpeech } from "../presence.ts";
import { leaveRoom, put } from "../put.ts";
import { putPeople } from "../put_people.ts";
import { Refusal } from "../refusal.ts";
import { aboutRoom, openedBy, type RoomState } from "../rooms/room_state.ts";
import type { Session } from "../sessions/session.ts";

const MOST_WORDS = REQUESTS.leave.text.most;

/** Takes a session into a room and tells it what was said there before. */
export function join(house: HouseParts, session: Session, request: RequestOf<"join">): Later<void> {
  const { access = "open", room } = request;
  // A guest that opens a room for everybody needs no record of it.
  const isPlain = access === "open" && house.state.people.accountOf(session) === undefined;
  if (request.access === undefined || isPlain) return comeInto(house, session, request);
  return openAs(house, session, { name: room, key: nameKey(room) }, access)
    .then(() => comeInto(house, session, request));
}

/** Has a room set before anybody can come into it; rejects with a {@linkcode Refusal}. */
async function openAs(
  house: HouseParts,
  session: Session,
  room: Named,
  access: Access,
): Promise<void> {
  const { changes } = await putPeople(house, { kind: "open", room, access }, session.hash);
  if (changes.length === 0) return;
  session.deliver({ type: "notice", text: `You are a host of ${room.name} now.` });
}

/** Takes a session into a room. */
function comeInto(house: HouseParts, session: Session, request: RequestOf<"join">): Later<void> {
  const already = house.registry.room(request.room)?.members.has(session) ?? false;
  const left = session.traits.manyRooms ? [] : house.registry.roomsOf(session);
  const { peer } = session;
  return enterRoom(house, session, request.room, (room) => {
    if (session.peer !== peer) return;
    const held = already ? undefined : countPresence(house, room);
    for (const each of left) if (each !== room) countPresence(house, each);
    return tellRoom(house, session, request, { room, already }, held);
  }, request.alone);
}

/** Tells a session of the room that it has come into, and what was said there before. */
function tellRoom(
  house: HouseParts,
  session: Session,
  request: RequestOf<"join">,
  { room, already }: { readonly room: RoomState; readonly already: boolean },
  held: Promise<void> | undefined,
): Later<void> {
  const { index, audiences } = house;
  const { peer } = session;
  const limit = already ? 0 : earlierFor(house, session.traits, request.scrollback);
  const begin = limit === 0
    ? index.last(room.log)
    : unlessRefused(() => index.beforeLast(room.log, limit), () => index.last(room.log));
  return after(begin, (seq) => {
    const audience = audiences.of(room.key);
    // It may have gone meanwhile, or have been sent out of the room again.
    if (session.peer !== peer || !room.members.has(session)) return held;
    const last = index.last(room.log);
    if (seq === last) audience?.listen(session);
    session.deliver({
      type: "joined",
      ...idOf(request),
      room: room.name,
      name: session.name,
      seq,
      ...(seq === last ? {} : { last }),
      ...aboutRoom(house.state.rooms, room),
    });
    if (seq === last || peer === undefined || audience === undefined) return held;
    const told = catchUp(house, { session, peer, room, audience, seq, isNew: true });
    return held === undefined ? told : told.then(() => held);
  });
}

/** Takes a session out of a room. */
export function leave(
  house: HouseParts,
  session: Session,
  request: RequestOf<"leave">,
): Later<void> {
  const room = house.registry.room(request.room);
  if (room === undefined || !room.members.has(session)) throw notInRoom(request.room, false);
  const held = countPresence(house, room);
  const { alone, text } = request;
  const why = { ...partingWords(text), ...(alone ? { keeps: true } as const : {}) };
  return after(leaveRoom(house, session, room, why), () => {
    session.deliver({ type: "left", ...idOf(request), room: room.name, name: session.name });
    return held;
  });
}

/**
 * What somebody says as they leave, in one line; nothing for nothing. Whether they may is judged later. Throws a
 * {@linkcode Refusal} (`bad-field`) for what is too long.
 */
export function partingWords(text: string = ""): { readonly why?: string } {
  if (text.length > MOST_WORDS) {
    throw new Refusal(
      "bad-field",
      `What is said in leaving has at most ${MOST_WORDS} characters; this has ${text.length}`,
    );
  }
  const why = text.replace(/[\s\p{C}]+/gu, " ").trim();
  return why === "" ? {} : { why };
}

/** Tells or sets what a room is about. */
export function topic(
  house: HouseParts,
  session: Session,
  request: RequestOf<"topic">,
): Later<void> {
  const room = roomOf(house.state, session, request.room);
  const { id, text } = request;
  const { key, log, name: title, topic } = room;
  if (text === undefined) {
    const set = house.index.topicSet(log);
    const by = set === undefined ? {} : { from: set.by, at: isoTime(set.at) };
    return session.deliver({ type: "topic", ...idOf(request), room: title, text: topic, ...by });
  }
  const from = session.name;
  const fact = {
    kind: "topic",
    by: session.hash,
    log,
    title,
    from,
    text,
    ...openedBy(room),
  } as const;
  const stored = put(house, fact, new Asked(session, id));
  const held = countSpeech(house, house.audiences.of(key), text.length);
  return stored === undefined ? held : stored.then(() => held);
}

/** Lists the rooms that a session may see: those that are open, and others that it may enter. */
export function rooms(
  house: HouseParts,
  session: Session,
  request: RequestOf<"rooms">,
): Later<void> {
  const { registry, state } = house;
  checkUnconfined(state, session, "list rooms");
  const own = state.people.accountOf(session);
  const listed = own === undefined ? [] : [...state.lists.of(own.id).keys()].filter(isRoomLog);
  const keys = [
    ...session.rooms,
    ...listed.map(keyOf),
    ...own === undefined ? [] : state.rooms.roomsOf(own.id),
  ];
  const hidden = keys.filter((key) =>
    state.rooms.access(key) !== "open" && mayList(state, session, key)
  );
  const { rooms, more } = registry.summaries(state.rooms, new Set(hidden), house.now());
  session.deliver({ type: "rooms", ...idOf(request), rooms, ...(more ? { more } : {}) });
  // The next request waits until the list has gone out: a client can ask faster than it reads.
  return session.peer?.drained();
}
