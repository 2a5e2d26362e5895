/** Tells rooms who comes, leaves and takes another name, and how fast people may speak in them. */

import type { Event } from "../wire/events.ts";
import { catchUp } from "./catch_up.ts";
import type { HouseParts } from "./house_parts.ts";
import { costOf, opensAt, rateOf, spend } from "./limits/rate.ts";
import type { AwayNews, Identified, Joined, Left, Renamed } from "./news.ts";
import type { Account } from "./people/records.ts";
import type { Audience } from "./rooms/audience.ts";
import { aboutRoom, type RoomState } from "./rooms/room_state.ts";
import { Batch } from "./sessions/batch.ts";
import type { Session } from "./sessions/session.ts";

/** The parts of the house that this needs. */
type PresenceParts = Pick<HouseParts, "audiences" | "limits">;

/**
 * Whether a room is told who comes and goes. In a large room nobody reads that, and its cost grows with
 * the square of the number of members.
 */
export function tellsPresence(
  { limits: { presenceMembers } }: Pick<PresenceParts, "limits">,
  { announced }: Pick<RoomState, "announced">,
): boolean {
  return announced <= presenceMembers;
}

/**
 * Tells a room that somebody has come, unless it is a visitor, is there by another session, or the room
 * is too large.
 */
export function tellJoined(
  house: PresenceParts,
  { session, room, announced, isFirst }: Joined,
): void {
  if (!isFirst || session.isVisitor || !tellsPresence(house, { announced })) return;
  const joined = { type: "joined", room: room.name, name: session.name } as const;
  house.audiences.of(room.key)?.publish(joined, session);
}

/**
 * Tells a room that somebody has left it, unless it is a visitor, is there by another session, or the
 * room was too large.
 */
export function tellLeft(
  { audiences, limits }: PresenceParts,
  { session, name, room, announced, isLast, isGone, why: { reason, by, why } }: Left,
): void {
  // It was counted among them until then.
  if (!isLast || session.isVisitor || announced + 1 > limits.presenceMembers) return;
  const left = { type: "left", room: room.name, name } as const;
  const told = {
    ...left,
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by }),
    ...(why === undefined ? {} : { why }),
    ...(isGone ? { gone: true } as const : {}),
  };
  audiences.of(room.key)?.publish(told, session);
}

/** The most that a client is told of a room which another device has left and entered again, in entries. */
const MOST_MISSED = 500;

/**
 * Tells a device that another one of its person has entered a room: it hears it from now on, and its
 * client asks for what it wants to see of what was said before. One that can't ask, and was in that room
 * before, is told what it has missed since.
 */
export function tellOwnJoined(house: HouseParts, { session, room }: Joined): void {
  const { audiences, index, state: { people, lists, rooms } } = house;
  const { peer } = session;
  const { name, log, key } = room;
  const last = index.last(log);
  const read = lists.get(people.accountOf(session)?.id ?? "", log)?.read ?? last;
  const audience = audiences.of(key);
  const seq = Math.min(last, Math.max(peer?.toldIn?.(name) ?? last, last - MOST_MISSED));
  if (seq === last) audience?.listen(session);
  session.deliver({
    ...{
      type: "joined",
      room: name,
      name: session.name,
      own: true,
      seq,
      last,
      read,
    } as const,
    ...aboutRoom(rooms, room),
  });
  if (seq === last || peer === undefined || audience === undefined) return;
  catchUp(house, { session, peer, room, audience, seq, isNew: true }).catch(reportError);
}

/** Tells a device that another one of its person has left a room, unless it was sent away. */
export function tellOwnLeft({ session, name, room, why: { reason } }: Left): void {
  if (reason !== undefined) return;
  const own = session.hasPeople ? { own: true } as const : {};
  session.deliver({ type: "left", room: room.name, name, ...own });
}

/**
 * Tells everybody in the rooms of a person, and its other sessions, that it has another name. Whoever has
 * asked for it is told otherwise, and so are those who were forced to.
 */
export function tellRenamed(
  house: PresenceParts,
  { session, others: own, from, rooms, left, joined, forced }: Renamed,
): void {
  if (session.isVisitor) return;
  const others = new Set<Session>(forced === undefined ? own : []);
  for (const { key, members } of rooms) {
    house.audiences.of(key)?.flush();
    for (const member of members) others.add(member);
  }
  // Devices that went by the new name before may have followed into these rooms by now.
  for (const each of session.person.sessions) if (!own.includes(each)) others.delete(each);
  for (const each of forced === undefined ? [session] : [session, ...own]) others.delete(each);
  const told = new Batch([{ type: "renamed", from, to: session.name }]);
  for (const other of others) other.peer?.deliver(told);
  const tell = (room: RoomState, event: Event): void => {
    if (tellsPresence(house, room)) house.audiences.of(room.key)?.publish(event, session);
  };
  for (const room of left) tell(room, { type: "left", room: room.name, name: from });
  for (const room of joined) tell(room, { type: "joined", room: room.name, name: session.name });
}

/**
 * Tells those whose doors want to know it, in the rooms of somebody that are told of presence, that it has become
 * an account's, or a guest.
 */
export function tellIdentified(
  { audiences, limits }: PresenceParts,
  { session, rooms, account }: Identified,
): void {
  if (session.isVisitor) return;
  const others = new Set<Session>();
  for (const room of rooms) {
    if (!tellsPresence({ limits }, room)) continue;
    audiences.of(room.key)?.flush();
    for (const member of room.members) if (member.traits.accounts) others.add(member);
  }
  const whose = account === undefined ? {} : { account };
  const told = new Batch([{ type: "identified", name: session.name, ...whose }]);
  for (const other of others) other.peer?.deliver(told);
}

/** Tells those whose doors want to know it, in the rooms of an account, that it has another role on the server. */
export function tellRoleInRooms(
  { registry, audiences }: Pick<HouseParts, "registry" | "audiences">,
  { id: account, name, role }: Account,
): void {
  const sessions = [...registry.persons.ofAccount(account)?.sessions ?? []];
  const shown = sessions.filter(({ isVisitor }) => !isVisitor);
  const others = new Set<Session>();
  for (const room of new Set(shown.flatMap((each) => registry.roomsOf(each)))) {
    audiences.of(room.key)?.flush();
    for (const member of room.members) if (member.traits.accounts) others.add(member);
  }
  const told = new Batch([{ type: "identified", name, account, role }]);
  for (const other of others) other.peer?.deliver(told);
}

/** Tells everybody in the rooms of `session` that are told of presence that it is away, or back. */
export function tellAway(
  { registry, audiences, limits }: Pick<HouseParts, "registry"> & PresenceParts,
  { session, text }: AwayNews,
): void {
  if (session.isVisitor) return;
  const others = new Set<Session>();
  for (const room of registry.roomsOf(session)) {
    if (!tellsPresence({ limits }, room)) continue;
    audiences.of(room.key)?.flush();
    for (const member of room.members) if (member.hasPeople) others.add(member);
  }
  others.delete(session);
  const why = text === "" ? {} : { text };
  const told = new Batch([{ type: "away", name: session.name, ...why }]);
  for (const other of others) other.peer?.deliver(told);
}

/**
 * Counts a change of name against the rates of these rooms, since it goes to as many people as a
 * message. A promise means that the client should wait.
 */
export function countNews(
  house: HouseParts,
  rooms: readonly RoomState[],
): Promise<void> | undefined {
  const waits = rooms.flatMap((room) => countSpeech(house, house.audiences.of(room.key), 0) ?? []);
  return waits.length === 0 ? undefined : Promise.all(waits).then(() => {});
}

/** Counts that a session comes into a room or leaves it, if the room is told; see {@linkcode countNews}. */
export function countPresence(house: HouseParts, room: RoomState): Promise<void> | undefined {
  if (!tellsPresence(house, room)) return undefined;
  return countSpeech(house, house.audiences.of(room.key), 0);
}

/**
 * Counts what a room is told against its rate: once for all members, with a text of `length` UTF-16
 * code units. A promise means that the speaker should wait before it says more.
 */
export function countSpeech(
  { limits: { roomMessagesPerSecond: rate }, now, until }: HouseParts,
  audience: Audience | undefined,
  length: number,
): Promise<void> | undefined {
  if (audience === undefined) return undefined;
  const at = now();
  const roomRate = rateOf(rate, rate * 2);
  audience.due = spend(roomRate, audience.due, costOf(length), at);
  const time = opensAt(roomRate, audience.due);
  return time > at ? until(time) : undefined;
}
