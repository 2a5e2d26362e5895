/**
 * Coming in, from hello to hearing a room: what is checked, in which order, and what the client and the
 * others are told then. Nothing changes until all is granted.
 * This folder does not know what else a client may ask for.
 */

import type { HouseParts } from "../house_parts.ts";
import { after, type Later } from "../later.ts";
import { isConfined } from "../judge/may_read.ts";
import type { EnterFact, EnterGrant } from "../log/fact.ts";
import type { Pass } from "../people/keeper.ts";
import { checkEntrance } from "../people/sanction_text.ts";
import { listerOf, shownBy } from "../people/who_is.ts";
import { put, putThen } from "../put.ts";
import { roomsWanted } from "../rooms/first_room.ts";
import type { Hello, Peer } from "../sessions/peer.ts";
import type { Hash, Session } from "../sessions/session.ts";
import { catchUpAll, type Entered, enterOthers, hearFirst } from "./come_rooms.ts";
import { hostFirst } from "./enter_room.ts";
import { acceptLink, checkNameFree, comesByLink, linkOf } from "./come_by_link.ts";
import { hasPeople, isNumbered, labelOf } from "./hello_says.ts";
import { accountOf, listedRooms, type Mentions, mentionsOf, ownRooms } from "./own_rooms.ts";

/** What may take time to find out: the passwords, and whether the session is known from before the start. */
type Found = readonly [pass: Pass, isKept: boolean];

/** The notice for a client that comes back with a session that is not known. */
const LOST_SESSION = "The server does not know your client's earlier session any more. Direct " +
  "messages that had not come yet are gone, and what is sent again may be there twice.";

/**
 * Lets a peer in: server's password, ban, the name's password and the earlier session, name, first
 * room, `ready`, and what it missed. A promise settles when the peer hears its rooms live. Throws or
 * rejects with a {@linkcode Refusal}, and has changed nothing then; a peer that has gone while
 * passwords or its session were looked at is not let in.
 */
export function come(house: HouseParts, peer: Peer, hello: Hello): Later<void> {
  const { keeper, state, hashOf } = house;
  const address = peer.address ?? "";
  if (!comesByLink(house, hello)) keeper.checkPassword(address, hello);
  checkEntrance(state.people, hello.name, peer.address);
  const pass = keeper.passOf(address, hello);
  const isKept = recall(house, hello.session);
  const session = hello.session === undefined ? undefined : hashOf(hello.session);
  house.coming.set(peer, { session, isForgotten: false });
  let come: Later<void>;
  try {
    come = pass instanceof Promise || isKept instanceof Promise
      ? comeLater(house, peer, hello, Promise.all([pass, isKept]))
      : count(house, peer, hello, [pass, isKept]);
  } catch (error) {
    house.coming.delete(peer);
    throw error;
  }
  if (come instanceof Promise) return come.finally(() => house.coming.delete(peer));
  house.coming.delete(peer);
}

/** Goes on when all is known, if the peer is still there. */
async function comeLater(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  found: Promise<Found>,
): Promise<void> {
  const known = await found;
  if (house.coming.has(peer)) await count(house, peer, hello, known);
}

/** Counts what its account has not read, which may take time, and lets the peer in. */
function count(house: HouseParts, peer: Peer, hello: Hello, found: Found): Later<void> {
  const knows = hello.features?.includes("people") ?? false;
  const mentions = mentionsOf(house, knows ? accountOf(house, hello, found[0]) : undefined);
  if (!(mentions instanceof Promise)) return enter(house, peer, hello, found, mentions);
  return mentions.then((mentions) => {
    if (house.coming.has(peer)) return enter(house, peer, hello, found, mentions);
  });
}

/**
 * Whether a session that is not in memory is kept from before this house was opened. For one that is
 * in memory a promise waits until all that it said has been told.
 */
function recall(
  { sessionOf, hashOf, index, registry }: HouseParts,
  session: string | undefined,
): boolean | Promise<boolean> {
  if (session === undefined) return false;
  const known = sessionOf(session);
  if (known === undefined) {
    const hash = hashOf(session);
    if (registry.sessions.forgotten.has(hash)) return false;
    const recalled = index.recall(hash);
    return recalled instanceof Promise
      ? recalled.then((found) => found !== undefined)
      : recalled !== undefined;
  }
  return known.idle()?.then(() => false) ?? false;
}

/** Lets the peer in if all can be granted; a promise settles when it has caught up. */
function enter(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  [pass, isKept]: Found,
  mentions: Mentions,
): Later<void> {
  const secret = secretOf(house, peer, hello, isKept);
  const hash = house.hashOf(secret);
  const listed = listedRooms(house, accountOf(house, hello, pass));
  const rooms = roomsWanted(hello, hasPeople(hello) ? listed : []);
  const comer = { pass, secret, mentions, rooms, listed };
  const link = linkOf(house, hello, { hash, account: pass.account });
  if (link === undefined) return enterAs(house, peer, hello, comer);
  // A name that can't be had should cost no use of the link.
  if (link.hash !== undefined) checkNameFree(house, peer, hello, { account: pass.account, hash });
  return acceptLink(house, hello, link, { address: peer.address, wanted: rooms }).then((rooms) => {
    // The peer may have gone while that was stored.
    if (house.coming.has(peer)) return enterAs(house, peer, hello, { ...comer, rooms });
  });
}

/** A client that may come in. */
interface Comer {
  readonly pass: Pass;
  readonly secret: string;
  readonly mentions: Mentions;
  /** The rooms that it wants to be in first: the first of them that can be had. */
  readonly rooms: readonly string[];
  /** Those that its account has listed. */
  readonly listed: readonly string[];
}

function enterAs(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  comer: Comer,
): Later<void> {
  const { registry } = house;
  const { pass, secret, mentions, listed } = comer;
  const fact = enterFact(peer, hello, house.hashOf(secret), comer);
  const closed = fact.rooms.filter((room) => registry.room(room) === undefined);
  return putThen(house, fact, (entry) => {
    const session = registry.session(fact.session);
    if (session === undefined) throw new Error("A session that has entered is not there");
    const { granted } = entry.fact as EnterFact;
    if (granted === undefined) throw new Error("Nobody has decided that somebody may come in");
    takeUp(house, peer, session, secret, pass);
    try {
      const room = registry.room(granted.room.key);
      if (room !== undefined && closed.includes(granted.room.name)) hostFirst(house, session, room);
      house.keepList(listerOf(house.state.people, session)?.id);
      return settle(house, peer, hello, { session, granted, pass, mentions, listed });
    } catch (error) {
      // Nothing is refused any more, so this is a bug: it must not leave a session that has no peer.
      if (session.peer === peer) house.end(session, "internal");
      throw error;
    }
  });
}

/** The fact that a hello asks for. */
function enterFact(
  peer: Peer,
  hello: Hello,
  session: Hash,
  { pass, rooms, listed }: Comer,
): EnterFact {
  const shown = shownBy(pass.account);
  const label = labelOf(hello);
  const knows = hasPeople(hello);
  return {
    kind: "enter",
    session,
    wanted: hello.name,
    traits: peer.traits,
    rooms,
    ...(knows || hello.room !== undefined || listed.length === 0 ? {} : { keeps: true }),
    ...(peer.address === undefined ? {} : { address: peer.address }),
    ...(shown === undefined ? {} : { shown }),
    ...(isNumbered(peer, hello) ? { numbered: true } : {}),
    ...(hello.visitor ? { isVisitor: true } : {}),
    ...(knows ? { hears: { people: true } } : {}),
    ...(label === "" ? {} : { label }),
  };
}

/** A client that has come in. */
interface Come {
  readonly session: Session;
  readonly granted: EnterGrant;
  readonly pass: Pass;
  readonly mentions: Mentions;
  /** The rooms that its account had listed before. */
  readonly listed: readonly string[];
}

/** Gives the peer what it was granted; a promise settles when it has caught up. */
function settle(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  { session, granted, pass, mentions, listed }: Come,
): Later<void> {
  // The peer may have gone while that was agreed on.
  if (!house.coming.has(peer)) return house.end(session);
  session.hearsDirects = hello.resume?.direct === undefined;
  const first = hearFirst(house, session, hello, granted.room.key);
  welcome(house, session, hello, first, pass, mentions);
  peer.named(session.name);
  const refused = hello.room === undefined ? undefined : granted.refused;
  return after(enterOthers(house, session, hello, refused, first.room, listed), (others) => {
    const missed = [...others];
    if (first.seq !== first.last) missed.unshift({ room: first.room, seq: first.seq });
    const direct = hello.resume?.direct;
    if (direct === undefined && missed.length === 0) return;
    return catchUpAll(house, peer, session, missed, direct);
  });
}

/** The secret of the session: the one that the client has shown, if it is known, or a new one. */
function secretOf(
  { chance, registry, hashOf, sessionOf, coming }: HouseParts,
  peer: Peer,
  { session }: Hello,
  isKept: boolean,
): string {
  if (session === undefined) return chance.secret();
  if (sessionOf(session) !== undefined) return session;
  // The session may have been forgotten while passwords were looked at.
  const isLost = coming.get(peer)?.isForgotten || registry.sessions.forgotten.has(hashOf(session));
  return isKept && !isLost ? session : chance.secret();
}

/** Connects a session that has entered with its peer. */
function takeUp(
  house: HouseParts,
  peer: Peer,
  session: Session,
  secret: string,
  { password }: Pass,
): void {
  session.secret = session.traits.resumes ? secret : undefined;
  session.peer = peer;
  session.peerTimes = session.times;
  session.password = password ?? session.password;
  // What ended its last connection says nothing of how this one will end.
  session.isDone = false;
  session.sentAway = undefined;
  session.activeAt = house.now();
  house.sessions.set(peer, session);
  // The session of a visitor is stored with its first message.
  if (!session.traits.resumes || session.isVisitor) return;
  put(house, { kind: "session-use", hashes: [session.hash] });
}

/** Tells a session that it is in, and what differs from what it asked for. */
function welcome(
  house: HouseParts,
  session: Session,
  hello: Hello,
  { room, seq, last }: Entered,
  pass: Pass,
  mentions: Mentions,
): void {
  const { index, state } = house;
  const { people } = state;
  const { name, device } = session;
  const account = people.accountOf(session);
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
    ...(account === undefined ? {} : { role: account.role }),
    ...(session.traits.resumes ? { device } : {}),
    ...(isConfined(state, session) ? { confined: true } : {}),
    ...ownRooms(house, session, hello, mentions),
  });
  const notice = (text: string): void => session.deliver({ type: "notice", text });
  if (isLost && !session.isVisitor) notice(LOST_SESSION);
  if (name !== hello.name) notice(`The name ${hello.name} is in use here; you are ${name}.`);
  if (pass.isNobodys) notice(`Nobody has reserved the name ${name}; /register PASSWORD does.`);
}
