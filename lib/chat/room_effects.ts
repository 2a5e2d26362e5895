/** Tells of what has changed about rooms, and sends out those who may not be there any longer. */

import type { EventOf } from "../wire/events.ts";
import type { HouseParts } from "./house_parts.ts";
import type { HouseState } from "./house_state.ts";
import { roleIn } from "./judge/checks.ts";
import { inviterName, isUnwanted } from "./judge/inviters.ts";
import { mayReadRoom } from "./judge/may_read.ts";
import { unlessRefused } from "./later.ts";
import type { PeopleFact } from "./log/fact.ts";
import type { Named } from "./names/name_tables.ts";
import type { Change } from "./people/records.ts";
import { plainRoom } from "./people/records.ts";
import { leaveRoom } from "./put.ts";
import { sentence, wordsOf } from "./sentence.ts";
import { guestOf } from "./rooms/room_records.ts";
import type { RoomState } from "./rooms/room_state.ts";
import { Batch } from "./sessions/batch.ts";
import type { LeaveReason, Session } from "./sessions/session.ts";

/** Why somebody has to leave a room, and the sentence that tells them. */
interface SentOut extends LeaveReason {
  readonly reason: "uninvited" | "removed";
  readonly text: string;
}

/** How a room is set, for those who may read it. */
export function roomEvent({ people, rooms }: HouseState, { key, name }: Named): EventOf<"room"> {
  const { access, title, topicLocked, slow, quiet } = rooms.of(key) ?? plainRoom(key, name);
  const hosts = people.hostsOf((room) => room === key);
  return {
    type: "room",
    room: name,
    access,
    ...(title === "" ? {} : { title }),
    ...(topicLocked ? { topicLocked } : {}),
    ...(slow === 0 ? {} : { slow }),
    ...(quiet ? { quiet } : {}),
    hosts: hosts.flatMap(({ key }) => people.account(key)?.name ?? []),
  };
}

/** Tells the rooms that a fact has changed, once it is stored, and sends out whom it shuts out. */
export function tellRooms(house: HouseParts, fact: PeopleFact): void {
  const { rooms } = house.state;
  const { changes } = fact;
  const keys = new Set(changes.flatMap((change) => roomIn(change) ?? []));
  const by = changes.find((change) => change.type === "audit")?.line.by ?? "";
  if (fact.ask?.kind === "invite") tellNewMembers(house, changes, fact.by);
  // Nobody is a member of record by an account that is no more.
  if (changes.some(({ type }) => type === "remove")) {
    for (const { key } of house.registry.rooms) if (rooms.access(key) === "invite") keys.add(key);
  }
  // A room that is open is not tidied away.
  const isTidy = fact.ask?.kind === "tidy";
  if (!isTidy) { for (const change of changes) tellUninvited(house, change, fact.by); }
  const removed = new Set(
    changes.flatMap((change) => change.type === "unroom" && !isTidy ? change.key : []),
  );
  for (const key of keys) {
    const room = house.registry.room(key);
    const isGone = removed.has(key);
    if (room === undefined) continue;
    // Those who may not be there any longer are not told how it is set, unless it is gone for all.
    // Whoever was kicked is on the way out: it can come back meanwhile only where that was told earlier.
    const isOnTheWay = fact.mod !== undefined && house.log.decidesAgain;
    if (!isGone && !isOnTheWay) shutOut(house, room, by, uninvitedText(fact, room.name, by));
    if (changes.some((change) => isShown(change, key))) tellMembers(house, room, isGone, fact);
    if (isGone) shutOut(house, room, by);
  }
  for (const change of changes) {
    if (change.type !== "unmember") continue;
    endGuest(house, change.account, removed.has(change.room) ? "removed" : "uninvited", by);
  }
}

/** Tells those who are here that they are invited, and the hosts of the rooms. */
function tellNewMembers(
  house: HouseParts,
  changes: readonly Change[],
  asker: string | undefined,
): void {
  const { state } = house;
  const { registry, people, rooms } = state;
  for (const change of changes) {
    if (change.type !== "member") continue;
    const { room, account: id } = change.member;
    const account = people.accountWith(id);
    if (account === undefined) continue;
    const by = inviterName(state, change.member);
    tellHosts(house, room, { name: account.name, by }, asker);
    if (isUnwanted(state, change.member)) continue;
    const here = registry.allNamed(account.key).filter((each) => people.accountOf(each)?.id === id);
    tellInvited(here, rooms.of(room)?.name ?? room, by);
  }
}

/**
 * Tells those who may know who is invited to a room, are there, and whose doors want to know it, that somebody
 * is; but for the session that asked for it, which has an answer.
 */
export function tellHosts(
  { registry, state }: HouseParts,
  room: string,
  { name, by }: Pick<EventOf<"invite">, "by"> & { readonly name: string },
  asker: string | undefined,
): void {
  const open = registry.room(room);
  if (open === undefined) return;
  const told = new Batch([{ type: "invite", room: open.name, name, by }]);
  for (const session of open.members) {
    if (!session.traits.accounts || session.hash === asker || session.name === name) continue;
    if (roleIn(state, session, open.key) !== "member") session.peer?.deliver(told);
  }
}

/**
 * Tells somebody whose invitation is taken back, and who is not in the room: it is among those that its
 * devices show. Who is there is sent out, and told that.
 */
function tellUninvited(
  { registry, state: { people } }: HouseParts,
  change: Change,
  asker: string | undefined,
): void {
  if (change.type !== "unmember") return;
  const account = people.accountWith(change.account);
  if (account === undefined) return;
  const room = registry.nameOf(change.room);
  for (const session of registry.allNamed(account.key)) {
    const isMeant = people.accountOf(session)?.id === account.id && session.hash !== asker;
    if (!isMeant || !session.hasPeople || session.rooms.has(change.room)) continue;
    session.deliver({ type: "uninvite", room });
  }
}

/** Tells sessions that they are invited to a room. */
export function tellInvited(sessions: readonly Session[], room: string, by: string): void {
  const invited = sentence`${by} invites you to ${room}; ${{ to: "join", room }} goes there.`;
  for (const session of sessions) {
    session.deliver(
      session.hasPeople
        ? { type: "invite", room, by }
        : { type: "notice", text: invited.in(wordsOf(session)) },
    );
  }
}

/** The key of the room that a change is about, if it is about one. */
function roomIn(change: Change): string | undefined {
  switch (change.type) {
    case "room":
      return change.room.key;
    case "unroom":
      return change.key;
    case "host":
    case "unhost":
      return change.host.room;
    case "unmember":
      return change.room;
    default:
      return undefined;
  }
}

/** Whether members are told of a change. */
function isShown(change: Change, key: string): boolean {
  return change.type !== "unmember" && roomIn(change) === key;
}

/** What those are told who may not be in a room any longer. */
function uninvitedText({ ask }: PeopleFact, room: string, by: string): string {
  if (ask?.kind === "uninvite") return `Your invitation to ${room} was taken back by ${by}.`;
  return `${room} is by invitation only now, and you are not invited.`;
}

/** Sends everybody out of a room who may not read it; of one that is gone, without `text`, all. */
function shutOut(house: HouseParts, room: RoomState, by: string, text?: string): void {
  const isGone = text === undefined;
  const reason = isGone ? "removed" : "uninvited";
  const told = text ?? `${room.name} was removed by ${by}, with all that was said in it.`;
  const out = [...room.members].filter((session) =>
    isGone || !mayReadRoom(house.state, session, room.key)
  );
  // From here on they hear nothing, however long the log takes to take them out.
  for (const session of out) house.audiences.of(room.key)?.unlisten(session);
  for (const session of out) sendOut(house, session, room, { reason, by, text: told });
}

function sendOut(
  house: HouseParts,
  session: Session,
  room: RoomState,
  { text, ...why }: SentOut,
): void {
  const left = { type: "left", room: room.name, name: session.name, ...why } as const;
  // A client that can be in one room only has to leave the server.
  if (!session.traits.manyRooms) return sendAway(session, why, text);
  unlessRefused(() => leaveRoom(house, session, room, why), () => {});
  session.deliver(left);
  session.deliver({ type: "notice", text });
}

/** Tells a session that it has become somebody who is not invited to a room that it was in. */
export function tellShutOut(session: Session, { name: room }: Named): void {
  const { name, traits } = session;
  const text = `Only those can be in ${room} who are invited, and ${name} is not.`;
  if (!traits.manyRooms) return sendAway(session, { reason: "uninvited" }, text);
  session.deliver({ type: "left", room, name, reason: "invite-only" });
  session.deliver({ type: "notice", text });
}

/** Ends the connection of a guest who came by a link, if it is in no room of such links any more. */
function endGuest(
  house: HouseParts,
  id: string,
  reason: SentOut["reason"],
  by: string,
): void {
  const hash = guestOf(id);
  if (hash === undefined || house.state.rooms.isConfined(id)) return;
  const session = house.registry.session(hash);
  if (session === undefined || house.state.people.accountOf(session) !== undefined) return;
  const why = reason === "removed" ? "to a room that was removed by" : "that was taken back by";
  const text = `You were here by an invitation ${why} ${by}.`;
  for (const each of session.person.sessions) sendAway(each, { reason, by }, text);
}

/** Ends a session, for good. */
function sendAway(
  session: Session,
  { reason, by = "" }: LeaveReason,
  text: string,
): void {
  session.isDone = true;
  session.sentAway = { by };
  session.peer?.close({ type: "bye", reason: reason ?? "uninvited", text });
}

/** Tells those in a room how it is set now; whoever changed it gets that as the answer. */
function tellMembers(
  house: HouseParts,
  room: RoomState,
  isGone: boolean,
  { by: asker, ask }: PeopleFact,
): void {
  house.audiences.of(room.key)?.flush();
  const event = { ...roomEvent(house.state, room), ...(isGone ? { removed: true } as const : {}) };
  const batch = new Batch([event]);
  for (const session of room.members) {
    // Whoever has become the host of a new room has not asked for that; people are told in a sentence.
    const isTold = session.hash !== asker || ask?.kind === "host" && session.traits.accounts;
    if (isTold && session.hasPeople) session.peer?.deliver(batch);
  }
}
