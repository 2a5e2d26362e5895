/** The answers to a session's requests, one function a request. */

import type { Event, Request, RequestOf } from "../wire/event.ts";
import { Batch } from "./batch.ts";
import type { History, Outcome } from "./history.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";
import type { Session } from "./session.ts";

/** What an answer may look at and change. */
export interface Inside {
  readonly registry: Registry;
  readonly history: History;
  readonly now: () => number;
  /** How much may be said in one round before its speakers wait, in UTF-16 code units. */
  readonly roundLength: number;
}

const MAX_TOPIC_LENGTH = 300;
const MAX_PAGE_MESSAGES = 200;
/** In UTF-16 code units: JSON may take six times as many bytes, which must fit an outbox. */
const MAX_PAGE_LENGTH = 65_536;
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
    case "rooms": {
      const rooms = house.registry.summaries();
      return session.deliver({ type: "rooms", ...idOf(request), rooms });
    }
    case "history":
      return history(house, session, request);
    case "ping":
      return session.deliver({ type: "pong", ...idOf(request) });
    case "pong":
      return;
    case "hello":
      throw new Refusal("already-ready", "You have said hello already");
  }
}

/** Tells a room that `session` has come, unless it is too large for such news. */
export function announce(registry: Registry, session: Session, room: Room): void {
  if (!registry.tellsPresence(room)) return;
  room.publish({ type: "joined", room: room.name, name: session.name }, session);
}

/** Takes `session` out of a room and tells the others, unless they are too many. */
export function leave(registry: Registry, session: Session, room: Room, reason?: string): void {
  const tells = registry.tellsPresence(room);
  registry.leave(session, room);
  if (!tells) return;
  const left = { type: "left", room: room.name, name: session.name } as const;
  room.publish(reason === undefined ? left : { ...left, reason });
}

function say(
  house: Inside,
  session: Session,
  request: RequestOf<"say">,
): void | Promise<void> {
  const room = roomOf(house, session, request.room);
  if (request.text === "") throw new Refusal("empty-text", "A message needs a text");
  house.history.append({
    room: room.key,
    title: room.name,
    from: session.name,
    text: request.text,
    ...(request.action ? { action: true } : {}),
    ...(session.secret === undefined ? {} : { session: session.secret }),
    ...idOf(request),
  }, (outcome) => publishStored(session, room, request, outcome));
  return room.crowded(house.roundLength);
}

function direct(house: Inside, session: Session, request: RequestOf<"direct">): void {
  const { id, to: name, text } = request;
  if (text === "") throw new Refusal("empty-text", "A message needs a text");
  const earlier = session.earlierAck(id, name, text);
  if (earlier !== undefined) return session.deliver(earlier);
  const to = house.registry.named(name);
  if (to === undefined) {
    throw new Refusal("no-such-name", `Nobody here is called ${name}; /who lists who is here`);
  }
  const at = new Date().toISOString();
  to.direct({ type: "direct", from: session.name, to: to.name, at, text });
  const ack = { type: "ack", ...idOf(request), at } as const;
  if (id !== undefined) session.keepAck(id, name, text, ack);
  session.deliver(ack);
}

function join(house: Inside, session: Session, request: RequestOf<"join">): void {
  const known = house.registry.room(request.room);
  const already = known !== undefined && known.members.has(session);
  const room = house.registry.join(session, request.room);
  if (!already) announce(house.registry, session, room);
  room.listen(session);
  session.deliver({
    type: "joined",
    ...idOf(request),
    room: room.name,
    name: session.name,
    seq: house.history.last(room.key),
    ...(room.topic === "" ? {} : { topic: room.topic }),
  });
}

function answerLeave(house: Inside, session: Session, request: RequestOf<"leave">): void {
  const room = roomOf(house, session, request.room);
  leave(house.registry, session, room);
  session.deliver({ type: "left", ...idOf(request), room: room.name, name: session.name });
}

function rename(house: Inside, session: Session, request: RequestOf<"rename">): void {
  const [name, key] = house.registry.chooseName(request.name, session, house.now());
  const from = session.name;
  house.registry.name(session, name, key);
  tellRenamed(session, from);
  session.deliver({ type: "renamed", ...idOf(request), from, to: name });
}

/** Tells everybody who shares a room with `session` that it has another name. */
export function tellRenamed(session: Session, from: string): void {
  const others = new Set<Session>();
  for (const room of session.rooms.values()) {
    room.flush();
    for (const member of room.members) others.add(member);
  }
  others.delete(session);
  const told = new Batch([{ type: "renamed", from, to: session.name }]);
  for (const other of others) other.peer?.deliver(told);
}

function topic(house: Inside, session: Session, request: RequestOf<"topic">): void {
  const room = roomOf(house, session, request.room);
  if (request.text === undefined) {
    return session.deliver({
      type: "topic",
      ...idOf(request),
      room: room.name,
      text: room.topic,
    });
  }
  if (request.text.length > MAX_TOPIC_LENGTH || /[\r\n]/.test(request.text)) {
    throw new Refusal(
      "bad-topic",
      `A topic is one line of at most ${MAX_TOPIC_LENGTH} characters; ` +
        `this one has ${request.text.length}`,
    );
  }
  room.topic = request.text;
  const event: Event = {
    type: "topic",
    room: room.name,
    text: request.text,
    from: session.name,
  };
  room.publish(event, session, { ...event, ...idOf(request) });
}

function who(house: Inside, session: Session, request: RequestOf<"who">): void {
  const room = house.registry.room(request.room);
  if (room === undefined) {
    throw new Refusal("no-such-room", `There is no room ${request.room}; /rooms lists them`);
  }
  room.flush();
  const members = [...room.members].map(({ name }) => name).sort((a, b) => a.localeCompare(b));
  session.deliver({
    type: "members",
    ...idOf(request),
    room: room.name,
    members: members.slice(0, MAX_MEMBERS_LISTED),
    total: members.length,
  });
}

async function history(
  house: Inside,
  session: Session,
  request: RequestOf<"history">,
): Promise<void> {
  const room = roomOf(house, session, request.room);
  const { before, limit = 50 } = request;
  const page = await house.history.page(room.key, {
    limit: Math.min(limit, MAX_PAGE_MESSAGES),
    ...(before === undefined ? {} : { before }),
  });
  let from = page.entries.length;
  for (let length = 0; from > 0; from--) {
    length += page.entries[from - 1]?.message.text.length ?? 0;
    if (length > MAX_PAGE_LENGTH && from < page.entries.length) break;
  }
  room.flush();
  session.deliver({
    type: "page",
    ...idOf(request),
    room: room.name,
    messages: page.entries.slice(from).map(({ message }) => message),
    more: page.more || from > 0,
  });
  // The next request waits until this page has gone: asking is quicker than reading.
  await session.peer?.drained();
}

/** The room that the session is in under that name. */
function roomOf(house: Inside, session: Session, name: string): Room {
  const room = house.registry.room(name);
  if (room !== undefined && room.members.has(session)) return room;
  throw new Refusal("not-in-room", `You are not in ${name}; /join ${name} first`);
}

function idOf({ id }: { readonly id?: string }): { id?: string } {
  return id === undefined ? {} : { id };
}

/** What happens once a message is stored: everybody gets it, and its sender an ack in its place. */
function publishStored(
  session: Session,
  room: Room,
  request: RequestOf<"say">,
  outcome: Outcome,
): void {
  if (outcome.kind === "refused") {
    room.flush();
    const { code, message: text } = outcome.refusal;
    return session.deliver({ type: "error", ...idOf(request), code, text });
  }
  const { room: title, seq, at } = outcome.kind === "stored" ? outcome.message : outcome.receipt;
  const ack: Event = { type: "ack", ...idOf(request), room: title, seq, at };
  const listening = room.hears(session);
  if (outcome.kind === "stored") {
    room.publish({ type: "message", ...outcome.message }, session, ack);
  } else room.flush();
  if (outcome.kind === "again" || !listening) session.deliver(ack);
}
