/** The answers to `join` and `leave`, and entering a room. */

import type { RequestOf } from "../wire/requests.ts";
import { catchUp } from "./catch_up.ts";
import { roomOf } from "./checks.ts";
import { hostFirst } from "./host_first.ts";
import type { HouseParts } from "./house_parts.ts";
import { after, type Later } from "./later.ts";
import { leaveRoom } from "./leave_room.ts";
import { nameKey } from "../words/names.js";
import { countPresence } from "./presence.ts";
import { putThen } from "./put.ts";
import { idOf } from "./reply.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";

/**
 * Takes `session` into the room of that name, which is opened if there was none, tells the others, and
 * does what follows. Throws or rejects with a {@linkcode Refusal}, and has changed nothing then, when it
 * may not come in. It hears the room from when it listens to the audience.
 */
export function enterRoom<Result>(
  house: HouseParts,
  session: Session,
  name: string,
  then: (room: RoomState) => Later<Result>,
): Later<Result> {
  const { registry } = house;
  const key = nameKey(name);
  const wasOpen = registry.room(key) !== undefined;
  return putThen(house, { kind: "join", session: session.hash, room: { name, key } }, () => {
    const room = registry.room(key);
    if (room === undefined) throw new Error(`The room ${key} is not open though it was joined`);
    if (!wasOpen) hostFirst(house, session, room);
    return then(room);
  });
}

/** The seq after which a new member of a room gets the messages. */
export function seqBefore(last: number, limit: number, wanted = limit): number {
  return Math.max(0, last - Math.min(limit, wanted));
}

/** Takes a session into a room and tells it what was said there before. */
export function join(
  house: HouseParts,
  session: Session,
  request: RequestOf<"join">,
): void | Promise<void> {
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
): void | Promise<void> {
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
): void | Promise<void> {
  const room = roomOf(house, session, request.room, "");
  const held = countPresence(house, room);
  return after(leaveRoom(house, session, room), () => {
    session.deliver({ type: "left", ...idOf(request), room: room.name, name: session.name });
    return held;
  });
}
