/** Being in a room: entering and leaving it, and the answers to `join` and `leave`. */

import { DEFAULT_ROOM } from "../wire/names.ts";
import type { RequestOf } from "../wire/requests.ts";
import { catchUp } from "./catch_up.ts";
import { roomOf } from "./checks.ts";
import { hostFirst } from "./host_first.ts";
import type { HouseParts } from "./house_parts.ts";
import { nameKey } from "./name.ts";
import { countPresence } from "./presence.ts";
import { put } from "./put.ts";
import { idOf } from "./reply.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";
import { openerOf } from "./who_is.ts";

/**
 * Takes `session` into the room of that name, which is opened if there was none, and tells the
 * others. Throws a {@linkcode Refusal} and changes nothing when it may not come in. It hears the room
 * from when it listens to the audience.
 */
export function enterRoom(house: HouseParts, session: Session, name: string): RoomState {
  const { keeper: { people }, registry } = house;
  const key = nameKey(name);
  const isOpened = registry.room(key) === undefined;
  const opener = openerOf(people, people.accountOf(session), session.address);
  const { hash } = session;
  const room = { name, key };
  put(house, { kind: "join", session: hash, room, ...(opener === undefined ? {} : { opener }) });
  const joined = registry.room(key);
  if (joined === undefined) throw new Error(`The room ${key} is not open though it was joined`);
  if (isOpened) hostFirst(house, session, joined);
  return joined;
}

/** Takes `session` out of a room, which is closed when nobody is left in it. */
export function leaveRoom(
  house: HouseParts,
  { hash }: Session,
  { key }: RoomState,
  reason?: string,
): void {
  const why = reason === undefined ? {} : { reason };
  put(house, { kind: "leave", session: hash, room: key, ...why });
  if (!house.held.has(key)) closeEmpty(house, key);
}

/** Does `work`, in which an open room of that name stays open though its last member leaves. */
export function keepingOpen<T>(house: HouseParts, name: string, work: () => T): T {
  const key = house.registry.room(name)?.key;
  if (key === undefined) return work();
  house.held.add(key);
  try {
    return work();
  } finally {
    house.held.delete(key);
    closeEmpty(house, key);
  }
}

function closeEmpty(house: HouseParts, key: string): void {
  if (key === DEFAULT_ROOM || house.registry.room(key)?.members.size !== 0) return;
  put(house, { kind: "close", room: key });
}

/** The seq after which a new member of a room gets what was said. */
export function seqBefore(last: number, limit: number, wanted = limit): number {
  return Math.max(0, last - Math.min(limit, wanted));
}

/** Takes a session into a room and tells it what was said there before. */
export function join(
  house: HouseParts,
  session: Session,
  request: RequestOf<"join">,
): void | Promise<void> {
  const { index, scrollback } = house;
  const already = house.registry.room(request.room)?.members.has(session) ?? false;
  const room = enterRoom(house, session, request.room);
  const held = already ? undefined : countPresence(house, room);
  const last = index.last(room.log);
  const wanted = already || !session.traits.scrollback ? 0 : request.scrollback;
  const seq = seqBefore(last, scrollback, wanted);
  const audience = house.audiences.of(room.key);
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
  if (!session.traits.manyRooms) leaveOthers(house, session, room);
  const { peer } = session;
  if (seq === last || peer === undefined || audience === undefined) return held;
  const told = catchUp({ session, peer, room, audience, index, seq, isNew: true });
  return held === undefined ? told : told.then(() => held);
}

/** Takes a session that can be in a single room out of the one that it has moved from. */
function leaveOthers(house: HouseParts, session: Session, moved: RoomState): void {
  for (const room of house.registry.roomsOf(session)) {
    if (room === moved) continue;
    countPresence(house, room);
    leaveRoom(house, session, room);
  }
}

/** Takes a session out of a room. */
export function leave(
  house: HouseParts,
  session: Session,
  request: RequestOf<"leave">,
): void | Promise<void> {
  const room = roomOf(house, session, request.room, "");
  const held = countPresence(house, room);
  leaveRoom(house, session, room);
  session.deliver({ type: "left", ...idOf(request), room: room.name, name: session.name });
  return held;
}
