/** Who may say what: checks of messages and topics. */

import { bytesInEvent } from "../../wire/events.ts";
import { isSecret } from "../../words/secret.js";
import type { HouseState } from "../house_state.ts";
import { fits } from "../messages/fits.ts";
import { whoIs } from "../people/who_is.ts";
import { Refusal } from "../refusal.ts";
import type { RoomState } from "../rooms/room_state.ts";
import type { LeaveReason, Session } from "../sessions/session.ts";
import { checkMute, notInRoom, roleIn } from "./checks.ts";
import { mayReadRoom, noSuchRoom } from "./may_read.ts";

/** Throws a {@linkcode Refusal} for a session that may not speak in the room with that key. */
export function checkSpeech(state: HouseState, session: Session, room: string, at?: number): void {
  checkMute(state, session, room, at);
  const record = state.rooms.of(room);
  if (!record?.quiet || roleIn(state, session, room) !== "member") return;
  throw new Refusal("not-allowed", `${record.name} is quiet: only its hosts speak there`);
}

/**
 * The fact without what somebody wants to say as they leave, unless they could say it in all these rooms. What
 * whoever sends them away says of it stays.
 */
export function withPartingWords<Leaves extends LeaveReason>(
  state: HouseState,
  session: Session,
  rooms: Iterable<string>,
  fact: Leaves,
  at: number,
): Leaves {
  const { why, by, ...rest } = fact;
  if (why === undefined || by !== undefined) return fact;
  const isHeard = !isSecret(why) && [...rooms].every((room) => maySpeak(state, session, room, at));
  return isHeard ? fact : rest as Leaves;
}

/** Whether a session may speak at any time in the room with that key. */
function maySpeak(state: HouseState, session: Session, room: string, at: number): boolean {
  const { people, rooms } = state;
  if (people.sanction("mute", whoIs(people, session), room, at) !== undefined) return false;
  const { quiet = false, slow = 0 } = rooms.of(room) ?? {};
  return !quiet && slow === 0 || roleIn(state, session, room) !== "member";
}

/** Throws a {@linkcode Refusal} for a session that may not set the topic of the room with that key. */
export function checkTopicLock(state: HouseState, session: Session, room: string): void {
  const record = state.rooms.of(room);
  if (!record?.topicLocked || roleIn(state, session, room) !== "member") return;
  throw new Refusal("not-allowed", `Only hosts of ${record.name} set its topic`);
}

/** The key of a room that a session is in. Throws a {@linkcode Refusal} where it is not in it. */
export function checkMember(
  state: HouseState,
  room: RoomState | undefined,
  session: Session,
  title: string,
): string {
  if (room === undefined || state.rooms.isGoing(room.key)) throw noSuchRoom(title);
  if (!mayReadRoom(state, session, room.key)) throw noSuchRoom(title);
  if (room.members.has(session)) return room.key;
  throw notInRoom(title);
}

/** Throws a {@linkcode Refusal} (`empty-text`) for a message without a text. */
export function checkText(text: string): void {
  if (text === "") throw new Refusal("empty-text", "A message needs a text");
}

/** Throws a {@linkcode Refusal} (`too-large`) for a message that can't be passed on. */
export function checkSize({ rules: { messageBytes } }: HouseState, text: string): void {
  if (fits(text, messageBytes)) return;
  throw new Refusal(
    "too-large",
    `A message that takes ${bytesInEvent(text)} bytes as JSON can't be passed on: ` +
      `at most ${messageBytes} may wait for a client; send it in parts`,
  );
}
