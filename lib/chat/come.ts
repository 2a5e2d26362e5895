/**
 * Coming in, from hello to hearing a room: what is looked at before a client is let in, in that order,
 * and what it and the others are told then. Nothing changes until all has been granted.
 */

import { DEFAULT_ROOM } from "../wire/event.ts";
import { catchUpAll, type Entered, enterFirst, enterOthers } from "./come_rooms.ts";
import { firstRoom } from "./first_room.ts";
import type { Hello } from "./hello.ts";
import type { HouseParts } from "./house_parts.ts";
import type { Pass } from "./keeper.ts";
import { keepingOpen } from "./membership.ts";
import { makeWay } from "./naming.ts";
import type { Peer } from "./peer.ts";
import { tellRenamed } from "./presence.ts";
import type { Account } from "./records.ts";
import type { Refusal } from "./refusal.ts";
import type { RoomState } from "./room_state.ts";
import { checkMuteOf } from "./sanction_text.ts";
import type { Named } from "./sanctions.ts";
import { Session } from "./session.ts";
import { namesLeft, openerOf, shareOf } from "./who_is.ts";

/** What had to be waited for: the passwords, and whether the session is one from before the start. */
type Found = readonly [pass: Pass, isKept: boolean];

/** What a client may have when it comes in. */
interface Grant {
  /** The session that it comes back to, if that is in memory. */
  readonly known: Session | undefined;
  readonly name: string;
  readonly key: string;
  /** The account that it has shown to be its own. */
  readonly account: Account | undefined;
  readonly left: readonly Named[];
  /** The server's password, if it was shown now. */
  readonly password: string | undefined;
  readonly room: string;
  /** Why that is not the room that was asked for. */
  readonly refused?: Refusal;
  readonly visits: boolean;
}

/** What a client is told that comes back with a session that is not known. */
const LOST_SESSION = "The server does not know your client's earlier session any more. Direct " +
  "messages that had not come yet are gone, and what is sent again may be there twice.";

/**
 * Lets a peer in: server's password, ban, the name's password and the earlier session, name, first
 * room, `ready`, and what it missed. A promise settles when the peer hears its rooms live. Throws or
 * rejects with a {@linkcode Refusal}, and has changed nothing then; a peer that has gone while
 * passwords or its session were looked at is not let in.
 */
export function come(house: HouseParts, peer: Peer, hello: Hello): void | Promise<void> {
  const { keeper } = house;
  const address = peer.address ?? "";
  keeper.checkPassword(address, hello);
  keeper.checkEntrance(hello.name, peer.address);
  const pass = keeper.passOf(address, hello);
  const isKept = recall(house, hello.session);
  if (pass instanceof Promise || isKept instanceof Promise) {
    return comeLater(house, peer, hello, Promise.all([pass, isKept]));
  }
  return enter(house, peer, hello, [pass, isKept]);
}

/** Goes on when all is known, if the peer is still there. */
async function comeLater(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  found: Promise<Found>,
): Promise<void> {
  house.coming.add(peer);
  try {
    const known = await found;
    if (house.coming.has(peer)) await enter(house, peer, hello, known);
  } finally {
    house.coming.delete(peer);
  }
}

/**
 * Whether a session that is not in memory is kept from before this house was opened. For one that is
 * in memory a promise waits until all that it said has been told.
 */
function recall(
  { sessionOf, hashOf, index }: HouseParts,
  session: string | undefined,
): boolean | Promise<boolean> {
  if (session === undefined) return false;
  const known = sessionOf(session);
  if (known === undefined) return index.recall(hashOf(session));
  return known.idle()?.then(() => false) ?? false;
}

/** Lets the peer in if all can be granted; a promise settles when it has caught up. */
function enter(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  found: Found,
): void | Promise<void> {
  const [pass, isKept] = found;
  const grant = judge(house, peer, hello, pass);
  const session = grant.known ?? newSession(house, peer, hello, grant, isKept);
  try {
    // Those who make way may be the last in the room that was granted.
    return keepingOpen(house, grant.room, () => settle(house, peer, session, hello, grant, pass));
  } catch (error) {
    // Nothing is refused any more, so this is a bug: it must not leave a session that has no peer.
    if (session.peer === peer) house.end(session, "internal");
    throw error;
  }
}

/** Gives the peer what it was granted; a promise settles when it has caught up. */
function settle(
  house: HouseParts,
  peer: Peer,
  session: Session,
  hello: Hello,
  grant: Grant,
  pass: Pass,
): void | Promise<void> {
  const { known, account, name, key, visits } = grant;
  const shared = account !== undefined && makeWay(house, name, key, known, visits);
  const stays = takeUp(house, peer, session, grant, shared);
  session.hearsDirects = hello.resume?.direct === undefined;
  const first = enterFirst(house, session, hello, grant.room, stays);
  welcome(house, session, hello, first, pass);
  const missed = enterOthers(house, session, hello, grant.refused, stays);
  if (first.seq !== first.last) missed.unshift({ room: first.room, seq: first.seq });
  house.sessions.set(peer, session);
  peer.named(session.name);
  const direct = hello.resume?.direct;
  if (direct !== undefined || missed.length > 0) {
    return catchUpAll(house, peer, session, missed, direct);
  }
}

/** What the peer may have; throws a {@linkcode Refusal} if that is nothing. Changes nothing. */
function judge(house: HouseParts, peer: Peer, hello: Hello, pass: Pass): Grant {
  const { keeper, registry } = house;
  const known = hello.session === undefined ? undefined : house.sessionOf(hello.session);
  const proven = pass.account ?? (known && keeper.people.accountOf(known));
  // A ban may have come while passwords were looked at.
  keeper.checkEntrance(hello.name, peer.address);
  const numbered = peer.traits.numbered || (hello.visitor === true && !hello.exact);
  const { room: wanted = DEFAULT_ROOM } = hello;
  const [name, key] = keeper.chooseName(hello.name, known, proven, numbered, wanted);
  const account = proven?.key === key ? proven : undefined;
  // What is said of a name holds for its session under another one, too.
  const left = known === undefined ? [] : namesLeft(keeper.people, known, key);
  const who = { name, key, address: peer.address, account, left };
  const first = firstRoom(hello, (room) => {
    keeper.checkBan(who, room);
    const opener = openerOf(keeper.people, account, peer.address);
    if (registry.isNew(registry.checkJoin(known, room, opener))) checkMuteOf(keeper.people, who);
  });
  const visits = known?.isVisitor ?? hello.visitor ?? false;
  return { known, name, key, account, left, password: pass.password, visits, ...first };
}

function newSession(
  { chance, hashOf }: HouseParts,
  peer: Peer,
  { session, visitor }: Hello,
  { name, key }: Grant,
  isKept: boolean,
): Session {
  const secret = isKept && session !== undefined ? session : chance.secret();
  const told = peer.traits.resumes ? secret : undefined;
  return new Session(peer, name, key, told, visitor, hashOf(secret));
}

/**
 * Gives a session to the peer, under the name that it was granted, and returns the rooms that it is
 * in from before, if it was cut off just now or is still connected elsewhere.
 */
function takeUp(
  house: HouseParts,
  peer: Peer,
  session: Session,
  { known, account, left, name, key, visits, password }: Grant,
  shared: boolean,
): Set<RoomState> | undefined {
  const { registry } = house;
  const rooms = new Set(known && registry.roomsOf(known));
  const stays = known?.peer !== undefined || rooms.size > 0 ? rooms : undefined;
  if (known?.peer !== undefined) replacePeer(house, known, known.peer);
  const before = session.name;
  session.peer = peer;
  session.account = account;
  session.password = password ?? session.password;
  session.left = left;
  // What ended its last connection says nothing of how this one will end.
  session.isDone = false;
  session.sentAway = undefined;
  registry.name(session, name, key, shared);
  registry.enter(session);
  if (stays !== undefined && before !== name) tellRenamed(house, session, before);
  // A visitor's is kept once something is stored under it.
  if (session.traits.resumes && !visits) {
    house.log.put({ kind: "session-use", hashes: [session.hash] });
  }
  return stays;
}

/** Ends the connection that a session had before; the rooms that it was in stay its own. */
function replacePeer(
  { audiences, keeper, registry }: HouseParts,
  session: Session,
  old: Peer,
): void {
  const share = shareOf(keeper.people, session);
  audiences.unlisten(session);
  // From here on the old connection has no say in the session, whatever its end sets off.
  session.peer = undefined;
  registry.exit(session, Infinity, Infinity, share);
  old.close({
    type: "bye",
    reason: "replaced",
    text: "Your client has connected again; this connection ends.",
  });
}

/** Tells a session that it is in, and what it may not expect. */
function welcome(
  { index }: HouseParts,
  session: Session,
  hello: Hello,
  { room, seq, last }: Entered,
  pass: Pass,
): void {
  const { name } = session;
  const isLost = hello.session !== undefined && hello.session !== session.secret;
  session.deliver({
    type: "ready",
    ...(hello.id === undefined ? {} : { id: hello.id }),
    name,
    session: session.secret ?? "",
    room: room.name,
    seq,
    ...(seq === last ? {} : { last }),
    ...(room.topic === "" ? {} : { topic: room.topic }),
    direct: index.last(session.directLog),
    ...(isLost ? { lost: true } : {}),
  });
  const notice = (text: string): void => session.deliver({ type: "notice", text });
  if (isLost && !session.isVisitor) notice(LOST_SESSION);
  if (name !== hello.name) notice(`The name ${hello.name} is in use here; you are ${name}.`);
  if (pass.isNobodys) notice(`Nobody has reserved the name ${name}; /register PASSWORD does.`);
}
