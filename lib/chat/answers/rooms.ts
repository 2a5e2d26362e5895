/** The answers about rooms: `join`, `leave`, `topic`, `who` and `rooms`. */

import type { RequestOf } from "../../wire/requests.ts";
import { Asked, idOf } from "../asked.ts";
import { catchUp } from "../coming/catch_up.ts";
import { enterRoom, seqBefore } from "../coming/enter_room.ts";
import type { HouseParts } from "../house_parts.ts";
import { roomOf } from "../judge/checks.ts";
import { after, type Later } from "../later.ts";
import { fitting } from "../messages/fits.ts";
import { checkBanOf } from "../people/sanction_text.ts";
import { whoIs } from "../people/who_is.ts";
import { countPresence, countSpeech } from "../presence.ts";
import { leaveRoom, put } from "../put.ts";
import { Refusal } from "../refusal.ts";
import { openedBy, type RoomState } from "../rooms/room_state.ts";
import type { Session } from "../sessions/session.ts";

/** Takes a session into a room and tells it what was said there before. */
export function join(house: HouseParts, session: Session, request: RequestOf<"join">): Later<void> {
  const already = house.registry.room(request.room)?.members.has(session) ?? false;
  const left = session.traits.manyRooms ? [] : house.registry.roomsOf(session);
  const { peer } = session;
  return enterRoom(house, session, request.room, (room) => {
    if (session.peer !== peer) return;
    const held = already ? undefined : countPresence(house, room);
    for (const each of left) if (each !== room) countPresence(house, each);
    return tellRoom(house, session, request, { room, already }, held);
  });
}

/** Tells a session of the room that it has come into, and what was said there before. */
function tellRoom(
  house: HouseParts,
  session: Session,
  request: RequestOf<"join">,
  { room, already }: { readonly room: RoomState; readonly already: boolean },
  held: Promise<void> | undefined,
): Later<void> {
  const { index, scrollback, audiences } = house;
  const last = index.last(room.log);
  const wanted = already || !session.traits.scrollback ? 0 : request.scrollback;
  const seq = seqBefore(last, scrollback, wanted);
  const audience = audiences.of(room.key);
  if (seq === last) audience?.listen(session);
  session.deliver({
    type: "joined",
    ...idOf(request),
    room: room.name,
    name: session.name,
    seq,
    ...(seq === last ? {} : { last }),
    ...(room.topic === "" ? {} : { topic: room.topic }),
  });
  const { peer } = session;
  if (seq === last || peer === undefined || audience === undefined) return held;
  const told = catchUp(house, { session, peer, room, audience, seq, isNew: true });
  return held === undefined ? told : told.then(() => held);
}

/** Takes a session out of a room. */
export function leave(
  house: HouseParts,
  session: Session,
  request: RequestOf<"leave">,
): Later<void> {
  const room = roomOf(house, session, request.room, "");
  const held = countPresence(house, room);
  return after(leaveRoom(house, session, room), () => {
    session.deliver({ type: "left", ...idOf(request), room: room.name, name: session.name });
    return held;
  });
}

/** Tells or sets what a room is about. */
export function topic(
  house: HouseParts,
  session: Session,
  request: RequestOf<"topic">,
): Later<void> {
  const room = roomOf(house, session, request.room);
  const { id, text } = request;
  const { key, log, name: title, topic } = room;
  if (text === undefined) {
    return session.deliver({ type: "topic", ...idOf(request), room: title, text: topic });
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

const MAX_MEMBERS_LISTED = 2_000;

/** One collator for all names: `localeCompare` makes one for each call, and takes ten times as long. */
const byName = new Intl.Collator().compare;

/** Lists the open rooms. */
export function rooms(
  house: HouseParts,
  session: Session,
  request: RequestOf<"rooms">,
): Later<void> {
  const { rooms, more } = house.registry.summaries(house.now());
  session.deliver({ type: "rooms", ...idOf(request), rooms, ...(more ? { more } : {}) });
  // The next request waits until the list has gone out: a client can ask faster than it reads.
  return session.peer?.drained();
}

/** Lists who is in a room. */
export function who(house: HouseParts, session: Session, request: RequestOf<"who">): Later<void> {
  const room = house.registry.room(request.room);
  if (room === undefined) {
    throw new Refusal("no-such-room", `There is no room ${request.room}; /rooms lists them`);
  }
  checkBanOf(house.keeper.people, whoIs(house.keeper.people, session), room.name);
  house.audiences.of(room.key)?.flush();
  const members = namesOf(room, false);
  const visitors = namesOf(room, true);
  session.deliver({
    type: "members",
    ...idOf(request),
    room: room.name,
    members: fitting(members),
    total: room.announced,
    ...(visitors.length === 0 ? {} : { visitors: fitting(visitors) }),
  });
  // As with the rooms, the next request waits until the list has gone out.
  return session.peer?.drained();
}

/** The names of a room's visitors, or of its other people, as far as they are listed. */
function namesOf(room: RoomState, visitors: boolean): string[] {
  const members = [...room.members].filter(({ isVisitor }) => isVisitor === visitors);
  return [...new Set(members.map(({ name }) => name))]
    .sort(byName)
    .slice(0, MAX_MEMBERS_LISTED);
}
