/** Tells rooms who comes, leaves and takes another name, and how fast people may speak in them. */

import type { HouseParts } from "./house_parts.ts";
import { costOf, opensAt, spend } from "./limits/rate.ts";
import type { Joined, Left, Renamed } from "./news.ts";
import type { Audience } from "./rooms/audience.ts";
import type { RoomState } from "./rooms/room_state.ts";
import { Batch } from "./sessions/batch.ts";
import type { Session } from "./sessions/session.ts";

/** The parts of the house that this needs. */
type PresenceParts = Pick<HouseParts, "audiences" | "presenceMembers">;

/**
 * Whether a room is told who comes and goes. In a large room nobody reads that, and its cost grows with
 * the square of the number of members.
 */
export function tellsPresence(
  { presenceMembers }: Pick<PresenceParts, "presenceMembers">,
  { announced }: Pick<RoomState, "announced">,
): boolean {
  return announced <= presenceMembers;
}

/** Tells a room that `session` has come, unless it is a visitor or the room is too large. */
export function tellJoined(house: PresenceParts, { session, room, announced }: Joined): void {
  if (session.isVisitor || !tellsPresence(house, { announced })) return;
  const joined = { type: "joined", room: room.name, name: session.name } as const;
  house.audiences.of(room.key)?.publish(joined, session);
}

/**
 * Tells a room that `session` has left it, unless it is a visitor or the room was too large.
 */
export function tellLeft(
  { audiences, presenceMembers }: PresenceParts,
  { session, room, announced, why: { reason, by, why } }: Left,
): void {
  // It was counted among them until then.
  if (session.isVisitor || announced + 1 > presenceMembers) return;
  const left = { type: "left", room: room.name, name: session.name } as const;
  const told = {
    ...left,
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by }),
    ...(why === undefined ? {} : { why }),
  };
  audiences.of(room.key)?.publish(told, session);
}

/** Tells everybody in the rooms of `session` that it has another name. */
export function tellRenamed(
  { audiences }: Pick<PresenceParts, "audiences">,
  { session, from, rooms }: Renamed,
): void {
  if (session.isVisitor) return;
  const others = new Set<Session>();
  for (const { key, members } of rooms) {
    audiences.of(key)?.flush();
    for (const member of members) others.add(member);
  }
  others.delete(session);
  const told = new Batch([{ type: "renamed", from, to: session.name }]);
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
  { roomRate, now, until }: HouseParts,
  audience: Audience | undefined,
  length: number,
): Promise<void> | undefined {
  if (audience === undefined) return undefined;
  const at = now();
  audience.due = spend(roomRate, audience.due, costOf(length), at);
  const time = opensAt(roomRate, audience.due);
  return time > at ? until(time) : undefined;
}
