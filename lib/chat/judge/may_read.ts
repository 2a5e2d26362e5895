/**
 * Who may read what was said: every read goes by this, at the request and at each part of its answer. To
 * those who may not read a room it is as if there were none, except that they can't open one of its name.
 */

import { DEFAULT_ROOM } from "../../wire/names.ts";
import type { HouseState } from "../house_state.ts";
import { isChatLog, isRoomLog, keyOf, type LogKey, roomLog } from "../messages/log_key.ts";
import type { Account } from "../people/records.ts";
import { Refusal } from "../refusal.ts";
import { sentence } from "../sentence.ts";
import { accountIn } from "../sessions/persons.ts";
import type { Session } from "../sessions/session.ts";
import { mayReadChat } from "./parties.ts";

/** The parts of the state that this goes by. */
type Known = Pick<HouseState, "people" | "rooms">;

/** Who reads: a session, or one that is about to come in. */
export interface RoomReader {
  /** The id under which it is a member of record as a guest. */
  readonly guest: string;
  /** The account that it has shown to be its own. */
  readonly account: Account | undefined;
}

/** Whether a session may read a log. */
export function mayRead(
  state: Known & Pick<HouseState, "chats">,
  session: Session,
  log: LogKey,
): boolean {
  if (isChatLog(log)) return mayReadChat(state, session, log);
  if (!isRoomLog(log)) return log === session.directLog;
  return mayReadRoom(state, session, keyOf(log));
}

/** Whether a session may read the room with that key. */
export function mayReadRoom(state: Known, session: Session, key: string): boolean {
  // This is asked for each message, so it should cost little in a room that everybody may enter.
  if (state.rooms.access(key) !== "invite" && !isConfined(state, session)) return true;
  return mayEnter(state, readerOf(state, session), key);
}

/**
 * Whether a list of rooms has the one with that key for a session: those that everybody may enter and that are
 * not unlisted, and of the others those that it is in, has listed or is invited to, and may read.
 */
export function mayList(
  state: Known & Pick<HouseState, "lists">,
  session: Session,
  key: string,
): boolean {
  const { people, rooms, lists } = state;
  if (isConfined(state, session)) return session.rooms.has(key);
  if (rooms.access(key) === "open") return true;
  if (!mayReadRoom(state, session, key)) return false;
  const own = people.accountOf(session);
  return session.rooms.has(key) || own !== undefined &&
      (lists.get(own.id, roomLog(key)) !== undefined || rooms.member(key, own.id) !== undefined);
}

/** Whether somebody may enter the room with that key, and read it. */
export function mayEnter({ rooms }: Known, { guest, account }: RoomReader, key: string): boolean {
  if (rooms.isConfined(guest)) return rooms.member(key, guest) !== undefined;
  if (rooms.access(key) !== "invite") return true;
  return account !== undefined && rooms.member(key, account.id) !== undefined;
}

/**
 * Whether a session stays in a room that it is in when it goes on as `account`. Rooms are an account's, so of
 * those of another one it stays only where the new one is or has it listed; where that has no rooms yet, in
 * the default one. A guest takes its rooms along, and so does a client whose rooms are no account's.
 */
export function takesAlong(
  { lists, registry: { persons } }: Pick<HouseState, "lists" | "registry">,
  { person, isVisitor, traits }: Session,
  account: Account | undefined,
  key: string,
): boolean {
  const before = accountIn(person);
  const isOther = before !== undefined && account !== undefined && before !== account.id;
  if (!isOther || isVisitor || !traits.manyRooms) return true;
  const isListed = lists.get(account.id, roomLog(key)) !== undefined;
  const others = [...persons.ofAccount(account.id)?.sessions ?? []];
  const isHome = key === DEFAULT_ROOM && ![...lists.of(account.id).keys()].some(isRoomLog);
  return isListed || isHome || others.some(({ rooms }) => rooms.has(key));
}

/** A session as a reader. */
export function readerOf({ people }: Pick<HouseState, "people">, session: Session): RoomReader {
  return { guest: session.person.who, account: people.accountOf(session) };
}

/** Whether a session is that of a guest who came by a link: it may only be in the rooms of such links. */
export function isConfined({ rooms }: Pick<HouseState, "rooms">, { person }: Session): boolean {
  return rooms.isConfined(person.who);
}

/** Throws a {@linkcode Refusal} for somebody who may not enter a room. */
export function checkEnter(state: Known, reader: RoomReader, key: string, name: string): void {
  if (mayEnter(state, reader, key)) return;
  // A guest who was invited to one room need not learn which others there are.
  if (state.rooms.isConfined(reader.guest)) throw noSuchRoom(name);
  throw new Refusal("invite-only", `Only those can enter ${name} who are invited`);
}

/** The refusal for a room that is not there, or that the one who asks may not read. */
export function noSuchRoom(name: string): Refusal {
  const what = name.trim() === "" ? "room without a name" : `room ${name}`;
  return new Refusal("no-such-room", sentence`There is no ${what}; ${{ to: "rooms" }} lists them`);
}

/**
 * Whether two sessions may know of each other: a guest who came by a link meets only those who are in
 * the same room.
 */
export function mayMeet(state: Known, one: Session, other: Session): boolean {
  if (one === other || !isConfined(state, one) && !isConfined(state, other)) return true;
  for (const key of one.rooms) if (other.rooms.has(key)) return true;
  return false;
}

/** Throws a {@linkcode Refusal} (`not-allowed`) for a guest who came by a link. */
export function checkUnconfined(
  state: Pick<HouseState, "rooms">,
  session: Session,
  what: string,
): void {
  if (!isConfined(state, session)) return;
  throw new Refusal("not-allowed", `You came by an invitation to a room, and can't ${what} here`);
}

/** Whether a session may see what was done in a room, by whom: what it has done itself it knows anyway. */
export function maySee(
  state: Known,
  session: Session,
  { room = "", by }: { readonly room?: string; readonly by: string },
): boolean {
  return room === "" || by === session.name || mayReadRoom(state, session, room);
}
