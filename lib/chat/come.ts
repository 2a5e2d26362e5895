/**
 * Coming in, from hello to hearing a room: what is looked at before a client is let in, in that order,
 * and what it and the others are told then. Nothing changes until all has been granted.
 */

import { DEFAULT_ROOM } from "../wire/names.ts";
import { catchUpAll, type Entered, enterFirst, enterOthers } from "./come_rooms.ts";
import { firstRoom } from "./first_room.ts";
import type { Hello } from "./hello.ts";
import type { HouseParts } from "./house_parts.ts";
import type { Pass } from "./keeper.ts";
import { keepingOpen } from "./membership.ts";
import { makeWay } from "./naming.ts";
import type { Peer } from "./peer.ts";
import { put } from "./put.ts";
import type { Account } from "./records.ts";
import type { Refusal } from "./refusal.ts";
import { checkMuteOf } from "./sanction_text.ts";
import type { Named } from "./sanctions.ts";
import type { Session } from "./session.ts";
import { namesLeft, openerOf } from "./who_is.ts";

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
  { sessionOf, hashOf, index, forgetting }: HouseParts,
  session: string | undefined,
): boolean | Promise<boolean> {
  if (session === undefined) return false;
  const known = sessionOf(session);
  if (known === undefined) {
    const hash = hashOf(session);
    return forgetting.has(hash) ? false : index.recall(hash);
  }
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
  const secret = grant.known?.secret ?? secretOf(house, hello, isKept);
  try {
    // Those who make way may be the last in the room that was granted.
    return keepingOpen(house, grant.room, () => settle(house, peer, secret, hello, grant, pass));
  } catch (error) {
    // Nothing is refused any more, so this is a bug: it must not leave a session that has no peer.
    const session = house.sessionOf(secret);
    if (session?.peer === peer) house.end(session, "internal");
    throw error;
  }
}

/** Gives the peer what it was granted; a promise settles when it has caught up. */
function settle(
  house: HouseParts,
  peer: Peer,
  secret: string,
  hello: Hello,
  grant: Grant,
  pass: Pass,
): void | Promise<void> {
  const { known, account, name, key, visits } = grant;
  const shares = account !== undefined && makeWay(house, name, key, known, visits);
  const rooms = new Set(known && house.registry.roomsOf(known));
  const stays = known?.peer !== undefined || rooms.size > 0 ? rooms : undefined;
  const session = takeUp(house, peer, secret, grant, shares);
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

/** The secret of a session that is not in memory: the one that was shown, if that is known, or a new one. */
function secretOf(
  { chance, forgetting, hashOf }: HouseParts,
  { session }: Hello,
  isKept: boolean,
): string {
  if (session === undefined || !isKept) return chance.secret();
  // It may have been come back to, and forgotten, while passwords were looked at.
  return forgetting.has(hashOf(session)) ? chance.secret() : session;
}

/** Gives a session to the peer, under the name that it was granted. */
function takeUp(
  house: HouseParts,
  peer: Peer,
  secret: string,
  { known, account, left, name, key, visits, password }: Grant,
  shares: boolean,
): Session {
  const { registry, hashOf } = house;
  if (known?.peer !== undefined) replacePeer(house, known, known.peer);
  const hash = hashOf(secret);
  put(house, {
    kind: "enter",
    session: hash,
    name,
    key,
    traits: peer.traits,
    left,
    ...(peer.address === undefined ? {} : { address: peer.address }),
    ...(account === undefined ? {} : { account: { key: account.key, proof: account.proof } }),
    ...(visits ? { isVisitor: true } : {}),
    ...(shares ? { shares: true } : {}),
  });
  const session = registry.session(hash);
  if (session === undefined) throw new Error("A session that has entered is not there");
  session.secret = session.traits.resumes ? secret : undefined;
  session.peer = peer;
  session.password = password ?? session.password;
  // What ended its last connection says nothing of how this one will end.
  session.isDone = false;
  session.sentAway = undefined;
  // A visitor's is kept once something is stored under it.
  if (session.traits.resumes && !visits) put(house, { kind: "session-use", hashes: [hash] });
  return session;
}

/** Ends the connection that a session had before; the rooms that it was in stay its own. */
function replacePeer({ audiences }: HouseParts, session: Session, old: Peer): void {
  audiences.unlisten(session);
  // From here on the old connection has no say in the session, whatever its end sets off.
  session.peer = undefined;
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
