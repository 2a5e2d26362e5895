/** A device that comes in enters the rooms that its account has listed. */

import type { HouseParts } from "../house_parts.ts";
import { after, all, type Later, unlessRefused } from "../later.ts";
import { isRoomLog, keyOf, type ReadLog } from "../messages/log_key.ts";
import type { Listed } from "../people/records.ts";
import { listerOf } from "../people/who_is.ts";
import type { RoomState } from "../rooms/room_state.ts";
import type { Session } from "../sessions/session.ts";
import { enterRoom, type Missed } from "./enter_room.ts";

/** Refusals after which a room is not an account's any more. */
const FOR_GOOD: ReadonlySet<string> = new Set(["banned", "invite-only", "no-such-room"]);

/** The rooms that the account of a device has listed, with the last message that its client is told of. */
export function listedNow(
  { state: { people, lists }, index }: HouseParts,
  session: Session,
): ReadonlyMap<ReadLog, number> {
  const account = session.hasPeople ? listerOf(people, session) : undefined;
  if (account === undefined) return new Map();
  const logs = [...lists.of(account.id).keys()].filter(isRoomLog);
  return new Map(logs.map((log) => [log, index.last(log)]));
}

/**
 * Enters the rooms of `told`, see {@linkcode listedNow}, which the session hears from then on: its client
 * was told of them, and asks for what it wants to see. What it can't have any more leaves the list. Returns
 * what it has to catch up on: what was said since it was told.
 */
export function enterListed(
  house: HouseParts,
  session: Session,
  told: ReadonlyMap<ReadLog, number>,
): Later<readonly Missed[]> {
  const { state: { people, lists }, registry, audiences, index } = house;
  const account = listerOf(people, session);
  if (account === undefined) return [];
  const hear = (room: RoomState): Missed | undefined => {
    const seq = told.get(room.log) ?? 0;
    if (seq < index.last(room.log)) return { room, seq, epoch: index.epoch };
    audiences.of(room.key)?.listen(session);
    return undefined;
  };
  const entered = [...told.keys()].map((log): Later<Missed | undefined> => {
    const listed = lists.get(account.id, log);
    const room = registry.room(keyOf(log));
    if (listed === undefined) return undefined;
    if (room?.members.has(session)) return hear(room);
    return unlessRefused(
      () => enterRoom(house, session, listed.name, hear),
      ({ code }) => void letGo(house, session, listed, code),
    );
  });
  return after(all(entered), (missed) => missed.filter((each) => each !== undefined));
}

/** Tells a session that it can't have a room, which leaves the list unless that may change soon. */
function letGo(
  { log }: HouseParts,
  session: Session,
  { account, log: room, name }: Listed,
  reason: string,
): void {
  session.deliver({ type: "left", room: name, name: session.name, reason });
  if (!FOR_GOOD.has(reason)) return;
  log.put({ kind: "list", changes: [{ type: "unlisted", account, log: room }] });
}
