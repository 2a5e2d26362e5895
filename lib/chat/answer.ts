/** The answers to a session's requests, one function a request. */

import type { Event, Request, RequestOf } from "../wire/event.ts";
import { login, passwd, register, unregister } from "./accounts.ts";
import { Batch } from "./batch.ts";
import { catchUp } from "./catch_up.ts";
import { fitting } from "./fitting.ts";
import { checkMute, countSpeech, idOf, type Inside, openedBy, refuse, roomOf } from "./inside.ts";
import { history, search } from "./pages.ts";
import { audit, bans } from "./mod_lists.ts";
import { hostFirst, moderate } from "./moderate.ts";
import { nameKey } from "./name.ts";
import { openerOf, whoIs } from "./people.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";
import type { Session } from "./session.ts";
import { direct, say } from "./speak.ts";

const MAX_TOPIC_LENGTH = 300;
const MAX_MEMBERS_LISTED = 2_000;

/**
 * Answers one request of a session. A promise means that the next request should wait. Throws a
 * {@linkcode Refusal} for what can't be granted.
 */
export function answer(house: Inside, session: Session, request: Request): void | Promise<void> {
  switch (request.type) {
    case "say":
      return say(house, session, request);
    case "direct":
      return direct(house, session, request);
    case "join":
      return join(house, session, request);
    case "leave":
      return answerLeave(house, session, request);
    case "rename":
      return rename(house, session, request);
    case "topic":
      return topic(house, session, request);
    case "who":
      return who(house, session, request);
    case "rooms":
      return rooms(house, session, request);
    case "history":
      return history(house, session, request);
    case "search":
      return search(house, session, request);
    case "register":
      return register(house, session, request);
    case "login":
      return login(house, session, request);
    case "passwd":
      return passwd(house, session, request);
    case "unregister":
      return unregister(house, session, request);
    case "mod":
      return moderate(house, session, request);
    case "bans":
      return bans(house, session, request);
    case "audit":
      return audit(house, session, request);
    case "quit":
      return quit(house, session);
    case "ping":
      return session.deliver({ type: "pong", ...idOf(request) });
    case "pong":
      return;
    case "hello":
      throw new Refusal("already-ready", "You have said hello already");
  }
}

/** Tells a room that `session` has come, unless it is a visitor or the room too large for such news. */
export function announce(registry: Registry, session: Session, room: Room): void {
  if (session.isVisitor || !registry.tellsPresence(room)) return;
  room.publish({ type: "joined", room: room.name, name: session.name }, session);
  session.leavesTrace(room);
}

/** Takes `session` out of a room and tells the others, unless it is a visitor or they are too many. */
export function leave(registry: Registry, session: Session, room: Room, reason?: string): void {
  const tells = !session.isVisitor && registry.tellsPresence(room);
  registry.leave(session, room);
  if (!tells) return;
  const left = { type: "left", room: room.name, name: session.name } as const;
  room.publish(reason === undefined ? left : { ...left, reason, ...session.sentAway });
  session.leavesTrace(room);
}

/** Throws a {@linkcode Refusal} (`muted`) for who may say nothing, and opens a room to be read of. */
export function checkOpens(house: Inside, session: Session, name: string): void {
  if (house.registry.isNew(nameKey(name))) checkMute(house, session);
}

/** The seq after which a new member of a room is told what was said. */
export function seqBefore(last: number, limit: number, wanted = limit): number {
  return Math.max(0, last - Math.min(limit, wanted));
}

function join(
  house: Inside,
  session: Session,
  request: RequestOf<"join">,
): void | Promise<void> {
  const { history, registry, scrollback } = house;
  const known = registry.room(request.room);
  const already = known !== undefined && known.members.has(session);
  house.keeper.checkBan(whoIs(house.keeper.people, session), request.room);
  checkOpens(house, session, request.room);
  const { people } = house.keeper;
  const opener = openerOf(people, people.accountOf(session), session.peer?.address);
  const room = registry.join(session, request.room, opener);
  if (known === undefined) hostFirst(house, session, room.key, room.name);
  const held = already ? undefined : countPresence(house, room);
  if (!already) announce(registry, session, room);
  const last = history.last(room.log);
  const wanted = already || !session.traits.scrollback ? 0 : request.scrollback;
  const seq = seqBefore(last, scrollback, wanted);
  if (seq === last) room.listen(session);
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
  if (seq === last || peer === undefined) return held;
  const told = catchUp({ session, peer, room, history, seq, isNew: true });
  return held === undefined ? told : told.then(() => held);
}

/** Takes a session that can be in a single room out of those that it has moved from. */
function leaveOthers(house: Inside, session: Session, moved: Room): void {
  for (const room of [...session.rooms.values()]) {
    if (room === moved) continue;
    countPresence(house, room);
    leave(house.registry, session, room);
  }
}

function answerLeave(
  house: Inside,
  session: Session,
  request: RequestOf<"leave">,
): void | Promise<void> {
  const room = roomOf(house, session, request.room, "");
  const held = countPresence(house, room);
  leave(house.registry, session, room);
  session.deliver({ type: "left", ...idOf(request), room: room.name, name: session.name });
  return held;
}

function rename(
  house: Inside,
  session: Session,
  request: RequestOf<"rename">,
): void | Promise<void> {
  const from = session.name;
  // A name is a text that others see: in no room where nothing may be said.
  for (const room of ["", ...session.rooms.keys()]) checkMute(house, session, room);
  try {
    house.rename(session, request.name);
  } catch (error) {
    if (error instanceof Refusal && error.code === "name-reserved") session.wanted = request.name;
    throw error;
  }
  session.deliver({ type: "renamed", ...idOf(request), from, to: session.name });
  return countNews(house, session.rooms.values());
}

/**
 * Counts news of names and members in the rooms that are told of it, at the rate at which they may
 * be spoken in: it goes to as many. A promise means that who makes it should wait.
 */
function countNews(house: Inside, rooms: Iterable<Room>): Promise<void> | undefined {
  const waits = [...rooms].flatMap((room) => countSpeech(house, room, 0) ?? []);
  return waits.length === 0 ? undefined : Promise.all(waits).then(() => {});
}

/** Tells everybody who shares a room with `session` that it has another name. */
export function tellRenamed(session: Session, from: string): void {
  if (session.isVisitor) return;
  const others = new Set<Session>();
  for (const room of session.rooms.values()) {
    room.flush();
    for (const member of room.members) others.add(member);
  }
  others.delete(session);
  const told = new Batch([{ type: "renamed", from, to: session.name }]);
  for (const other of others) other.peer?.deliver(told);
}

function countPresence(house: Inside, room: Room): Promise<void> | undefined {
  return house.registry.tellsPresence(room) ? countNews(house, [room]) : undefined;
}

function topic(
  house: Inside,
  session: Session,
  request: RequestOf<"topic">,
): void | Promise<void> {
  const room = roomOf(house, session, request.room);
  const { text } = request;
  if (text === undefined) {
    return session.deliver({
      type: "topic",
      ...idOf(request),
      room: room.name,
      text: room.topic,
    });
  }
  checkMute(house, session, room.key);
  if (text.length > MAX_TOPIC_LENGTH || /[\r\n]/.test(text)) {
    throw new Refusal(
      "bad-topic",
      `A topic is one line of at most ${MAX_TOPIC_LENGTH} characters; ` +
        `this one has ${text.length}`,
    );
  }
  const { key, log, name: title } = room;
  session.begin();
  house.history.setTopic({ log, title, text, ...openedBy(room) }, (refusal) => {
    if (refusal === undefined) tellTopic(house, session, request, { key, title, text });
    else refuse(session, request, refusal);
    session.told();
  });
  return countSpeech(house, room, text.length);
}

/** What happens once a topic is stored. */
function tellTopic(
  house: Inside,
  session: Session,
  request: RequestOf<"topic">,
  { key, title: room, text }: {
    readonly key: string;
    readonly title: string;
    readonly text: string;
  },
): void {
  const event: Event = { type: "topic", room, text, from: session.name };
  const answer: Event = { ...event, ...idOf(request) };
  const open = house.registry.room(key);
  const listening = open?.hears(session) ?? false;
  if (open !== undefined) {
    open.topic = text;
    open.publish(event, session, answer);
    session.leavesTrace(open);
  }
  if (!listening) session.deliver(answer);
}

function rooms(
  house: Inside,
  session: Session,
  request: RequestOf<"rooms">,
): void | Promise<void> {
  const { rooms, more } = house.registry.summaries(house.now());
  session.deliver({ type: "rooms", ...idOf(request), rooms, ...(more ? { more } : {}) });
  // The next request waits until the list has gone: asking is quicker than reading.
  return session.peer?.drained();
}

/** Collated once: to make an order of its own for each comparison takes ten times as long. */
const byName = new Intl.Collator().compare;

function who(
  house: Inside,
  session: Session,
  request: RequestOf<"who">,
): void | Promise<void> {
  const room = house.registry.room(request.room);
  if (room === undefined) {
    throw new Refusal("no-such-room", `There is no room ${request.room}; /rooms lists them`);
  }
  house.keeper.checkBan(whoIs(house.keeper.people, session), room.name);
  room.flush();
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
  // The next request waits until the list has gone, as with that of the rooms.
  return session.peer?.drained();
}

/** The names of a room's visitors, or of its other members, as far as they are listed. */
function namesOf(room: Room, visitors: boolean): string[] {
  return [...room.members]
    .filter(({ isVisitor }) => isVisitor === visitors)
    .map(({ name }) => name)
    .sort(byName)
    .slice(0, MAX_MEMBERS_LISTED);
}

/** Ends a session that its client is done with, once all that it has said is stored and told. */
async function quit(house: Inside, session: Session): Promise<void> {
  const { peer } = session;
  await house.history.settled();
  if (session.peer !== peer) return;
  session.isDone = true;
  peer?.close({ type: "bye", reason: "quit", text: "Goodbye." });
}
