/**
 * Coming in, from hello to hearing a room: what is checked, in which order, and what the client and the
 * others are told then. Nothing changes until all is granted.
 * This folder does not know what else a client may ask for.
 */

import type { HouseParts } from "../house_parts.ts";
import { after, type Later } from "../later.ts";
import type { EnterFact, EnterGrant } from "../log/fact.ts";
import type { Pass } from "../people/keeper.ts";
import { listerOf } from "../people/who_is.ts";
import { putThen } from "../put.ts";
import type { Unread } from "../read_marks.ts";
import { roomsWanted } from "../rooms/first_room.ts";
import type { Hello, Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";
import { type Beginnings, beginningsOf, catchUpAll, enterOthers, hearFirst } from "./come_rooms.ts";
import { missedChats } from "./catch_up_chats.ts";
import { hostFirst } from "./enter_room.ts";
import { acceptLink, checkInvited, linkOf } from "./come_by_link.ts";
import { accountBy, type Comer, enterFact, listerBy, secretOf, stillKnown } from "./entrance.ts";
import { examine, type Proof } from "./examine.ts";
import { hasPeople } from "./hello_says.ts";
import { listedRooms, unreadOf } from "./own_rooms.ts";
import { remember } from "./remember.ts";
import { welcome } from "./welcome.ts";

/**
 * Lets a peer in: server's password, ban, the name's password and the earlier session, name, first
 * room, `ready`, and what it missed. A promise settles when the peer hears its rooms live. Throws or
 * rejects with a `Refusal`, and has changed nothing then; a peer that has gone while
 * passwords or its session were looked at is not let in.
 */
export function come(house: HouseParts, peer: Peer, hello: Hello): Later<void> {
  const session = hello.session === undefined ? undefined : house.hashOf(hello.session);
  house.coming.set(peer, { session, isForgotten: false, signOuts: [] });
  let come: Later<void>;
  try {
    come = after(
      examine(house, peer, hello),
      // The peer may have gone meanwhile.
      (proof) => house.coming.has(peer) ? count(house, peer, hello, proof) : undefined,
    );
  } catch (error) {
    house.coming.delete(peer);
    throw error;
  }
  if (come instanceof Promise) return come.finally(() => house.coming.delete(peer));
  house.coming.delete(peer);
}

/** What was found out of what a client has not read, before it comes in. */
interface Found {
  readonly counts: Unread;
  readonly beginnings: Beginnings;
}

/** Counts what its account has not read, which may take time, and lets the peer in. */
function count(house: HouseParts, peer: Peer, hello: Hello, proof: Proof): Later<void> {
  const lister = listerBy(house, hello, proof);
  const knows = hasPeople(hello);
  const counts = unreadOf(house, knows ? lister : undefined);
  const rooms = roomsWanted(hello, knows ? listedRooms(house, lister) : [], peer.traits.roomless);
  const beginnings = beginningsOf(house, peer, hello, rooms);
  if (!(counts instanceof Promise) && !(beginnings instanceof Promise)) {
    return enter(house, peer, hello, proof, { counts, beginnings });
  }
  return Promise.all([counts, beginnings]).then(([counts, beginnings]) => {
    if (house.coming.has(peer)) return enter(house, peer, hello, proof, { counts, beginnings });
  });
}

/** Lets the peer in if all can be granted; a promise settles when it has caught up. */
function enter(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  shown: Proof,
  found: Found,
): Later<void> {
  const { pass } = shown;
  const proof = { pass, known: stillKnown(house, peer, shown) };
  const secret = secretOf(house, hello, proof);
  const account = accountBy(house, proof);
  const hash = house.hashOf(secret);
  const listed = listedRooms(house, listerBy(house, hello, proof));
  const rooms = roomsWanted(hello, hasPeople(hello) ? listed : [], peer.traits.roomless);
  const comer = { proof, secret, found, rooms, listed };
  const link = linkOf(house, hello, { hash, account });
  if (link === undefined) return enterAs(house, peer, hello, comer);
  const name = checkInvited(
    house,
    link,
    (rooms) => enterFact(house, peer, hello, { ...comer, rooms }),
  );
  return acceptLink(house, hello, link, { address: peer.address, wanted: rooms, name }).then(
    (rooms) => {
      // The peer may have gone while that was stored, and its session may have been signed out.
      const known = stillKnown(house, peer, proof);
      const now = { ...comer, rooms, proof: { pass, known } };
      if (house.coming.has(peer)) return enterAs(house, peer, hello, now);
    },
  );
}

function enterAs(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  comer: Comer & { readonly found: Found },
): Later<void> {
  const { registry } = house;
  const { proof, secret, found, listed } = comer;
  const { pass } = proof;
  const fact = enterFact(house, peer, hello, comer);
  const closed = fact.rooms.filter((room) => registry.room(room) === undefined);
  return putThen(house, fact, (entry) => {
    const session = registry.session(fact.session);
    if (session === undefined) throw new Error("A session that has entered is not there");
    const { granted } = entry.fact as EnterFact;
    if (granted === undefined) throw new Error("Nobody has decided that somebody may come in");
    takeUp(house, peer, session, secret, pass);
    try {
      const { key = "", name = "" } = granted.room ?? {};
      const room = registry.room(key);
      if (room !== undefined && closed.includes(name)) hostFirst(house, session, room);
      const isLost = hello.session !== undefined &&
        (proof.known === undefined || !hello.beside && secret !== hello.session);
      house.keepList(listerOf(house.state.people, session)?.id);
      return settle(house, peer, hello, { session, granted, pass, isLost, found, listed });
    } catch (error) {
      // Nothing is refused any more, so this is a bug: it must not leave a session that has no peer.
      if (session.peer === peer) house.end(session, "internal");
      throw error;
    }
  });
}

/** A client that has come in. */
interface Come {
  readonly session: Session;
  readonly granted: EnterGrant;
  readonly pass: Pass;
  /** The session that it has named is not known any more. */
  readonly isLost: boolean;
  readonly found: Found;
  /** The rooms that its account had listed before. */
  readonly listed: readonly string[];
}

/** Gives the peer what it was granted; a promise settles when it has caught up. */
function settle(
  house: HouseParts,
  peer: Peer,
  hello: Hello,
  come: Come,
): Later<void> {
  const { session, granted } = come;
  // The peer may have gone while that was agreed on.
  if (!house.coming.has(peer)) return house.end(session);
  const { resume } = hello;
  // A client that knows conversations counts in them, and needs no other numbers. Those of a session
  // that is lost are none of this one's.
  const isCounted = resume?.chats === undefined || !session.hasPeople;
  const direct = isCounted && !come.isLost ? resume?.direct : undefined;
  session.hearsDirects = direct === undefined;
  const chats = missedChats(house, session, hello);
  const { counts, beginnings } = come.found;
  const first = granted.room && hearFirst(house, session, hello, granted.room.key, beginnings);
  welcome(house, hello, first, { ...come, counts });
  peer.named(session.name);
  const refused = hello.room === undefined ? undefined : granted.refused;
  return after(enterOthers(house, session, hello, refused, first?.room, come.listed), (others) => {
    const rooms = [...others];
    if (first && first.seq !== first.last) rooms.unshift({ room: first.room, seq: first.seq });
    if (direct === undefined && rooms.length === 0 && chats.length === 0) return;
    return catchUpAll(house, peer, session, { rooms, chats, direct, resume });
  });
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
  session.peerNode = session.node;
  session.password = password ?? session.password;
  // What ended its last connection says nothing of how this one will end.
  session.isDone = false;
  session.sentAway = undefined;
  session.activeAt = house.now();
  house.sessions.set(peer, session);
  remember(house, session);
}
