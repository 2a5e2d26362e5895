/**
 * Puts entries of the log into what the house knows: nothing else changes that. It can't refuse and waits
 * for nothing; tell.ts tells of it in the same step.
 */

import { become, goingAlong, personOf } from "./become.ts";
import { countAnswer, countDirect, countEdit, leaveChats } from "./evolve_chats.ts";
import {
  beAway,
  listOwnRooms,
  mark,
  noteLeft,
  readSaid,
  settleLists,
  unlistRoom,
} from "./evolve_lists.ts";
import type { HouseState } from "./house_state.ts";
import { whoIsSession } from "./judge/parties.ts";
import type { ExitFact, LostFact } from "./log/ending_facts.ts";
import type {
  EnterFact,
  Entry,
  Fact,
  JoinFact,
  LeaveFact,
  PassingFact,
  RenameFact,
  SessionForgetFact,
} from "./log/fact.ts";
import { evolvePeople, impose, tookEffect } from "./evolve_people.ts";
import { closeEmpty, leaveAll, leaveBehind, leaveOne, leaveUnreadable } from "./make_way.ts";
import type { News } from "./news.ts";
import { companionOf } from "./judge/companion.ts";
import { namesLeft, shareOf } from "./people/who_is.ts";
import { joinAs, joinListed, leaveOthers } from "./own_devices.ts";
import { type LeaveReason, type Person, Session } from "./sessions/session.ts";

const NOTHING: readonly News[] = [];

/** Puts an entry into the state, and returns what there is to be told of that. */
export function evolve(state: HouseState, { fact, receipt, at }: Entry): readonly News[] {
  // Where several houses have one order, the others would not follow.
  if (receipt !== undefined && "refused" in receipt && receipt.isUnsent) return NOTHING;
  switch (fact.kind) {
    case "topic":
      if (tookEffect(receipt)) state.registry.setTopic(fact.log, fact.text);
      return NOTHING;
    case "people":
      return evolvePeople(state, fact, at, receipt);
    case "list":
      settleLists(state, fact, tookEffect(receipt));
      return NOTHING;
    case "session-forget":
      return settleForgotten(state, fact);
    case "say":
      return readSaid(state, fact, receipt);
    case "direct":
      countDirect(state, fact, at, receipt);
      return readSaid(state, fact, receipt);
    case "revise":
      countEdit(state, fact, receipt);
      return NOTHING;
    case "answer":
      countAnswer(state, fact, receipt);
      return NOTHING;
    case "remove":
    case "react":
    case "pin":
    case "session-use":
    case "retain":
      return NOTHING;
  }
  // A fact that passes is refused only by a log that has facts decided in their places.
  return tookEffect(receipt) ? evolvePassing(state, fact, at) : NOTHING;
}

function evolvePassing(state: HouseState, fact: PassingFact, at: number): readonly News[] {
  switch (fact.kind) {
    case "enter":
      return enter(state, fact, at);
    case "exit":
      return exit(state, fact, at);
    case "lost":
      return lose(state, fact, at);
    case "tick":
      return tick(state, fact.time);
    case "join":
      return join(state, fact, at);
    case "leave":
      return leave(state, fact);
    case "rename":
      return rename(state, fact, at);
    case "mark":
      return mark(state, fact);
    case "away":
      return beAway(state, fact);
  }
}

function enter(state: HouseState, fact: EnterFact, at: number): readonly News[] {
  const { session: hash, address, traits, isVisitor, hears = {}, label = "", door = "", node } =
    fact;
  const granted = grantOf(fact.granted);
  const { name, key, account, left } = granted;
  const { registry } = state;
  const known = registry.session(hash);
  const session = known ?? new Session(undefined, name, key, undefined, isVisitor, hash, traits);
  const companion = companionOf(state, fact, account);
  const person = companion?.person ?? personOf(state, session, account);
  const wasOwn = session.account !== undefined;
  const since = fact.since ?? known?.since ?? at;
  Object.assign(session, { hears, label, door, node, since, address, account, left });
  const own = state.people.accountOf(session);
  const news: News[] = leaveBehind(state, session, own);
  news.push(...become(registry, [session], person, granted));
  registry.sessions.enter(session);
  news.push({ kind: "came", session });
  registry.persons.came(session);
  state.chats.came(whoIsSession(state, session));
  news.push(...leaveUnreadable(state, session));
  if (!wasOwn) listOwnRooms(state, session, at);
  if (granted.room !== undefined) news.push(...joinAs(state, session, granted.room, fact, at));
  for (const each of surplus(state, person)) {
    news.push(...leaveAll(state, each, { reason: "replaced" }), {
      kind: "replaced",
      session: each,
    });
  }
  return closeEmpty(state, news);
}

/** The devices of a person that are here and too many: those that came in first. */
function surplus({ registry, rules }: HouseState, person: Person): readonly Session[] {
  const here = [...person.sessions].filter((each) => !each.isVisitor && registry.isPresent(each));
  return here.slice(0, Math.max(0, here.length - rules.devices));
}

function exit(state: HouseState, fact: ExitFact, at: number): readonly News[] {
  const session = state.registry.session(fact.session);
  return session === undefined ? NOTHING : closeEmpty(state, cutOff(state, session, fact, at));
}

/** Everybody who is connected with a node is cut off, in the order in which they are counted as present. */
function lose(state: HouseState, fact: LostFact, at: number): readonly News[] {
  const sessions = [...state.registry.sessions.present].filter(({ node }) => node === fact.node);
  const news = sessions.map((session): News => ({ kind: "lost", session }));
  for (const session of sessions) news.push(...cutOff(state, session, fact, at));
  return closeEmpty(state, news);
}

/** Ends the connection of a session. Rooms that are empty then are not closed. */
function cutOff(
  state: HouseState,
  session: Session,
  fact: LeaveReason & Pick<ExitFact, "clean" | "isDone">,
  at: number,
): News[] {
  const { registry, people, rules } = state;
  const { reason, by, why } = fact;
  const { isVisitor, traits, hasPeople } = session;
  const nameMs = fact.clean || isVisitor ? 0 : rules.nameMs;
  const isKept = isDevice(state, session);
  // A device stays signed in though its person has said goodbye; in the first version it did not.
  const isOver = fact.isDone && !(isKept && hasPeople);
  const keptMs = isKept ? Infinity : isVisitor ? rules.visitorMs : rules.sessionMs;
  session.ended = {
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by }),
    ...(why === undefined ? {} : { why }),
  };
  session.endedAt = at;
  const staysAWhile = nameMs > 0 && traits.resumes;
  const news = staysAWhile ? [] : leaveAll(state, session, session.ended);
  registry.exit(session, nameMs, isOver ? 0 : keptMs, shareOf(people, session));
  if (!staysAWhile) noteLeft(state, session);
  // Nobody comes back to a session that is not kept.
  if (!traits.resumes) leaveChats(state, session);
  if (isKept && !isOver && session.rooms.size === 0) unload(state, session);
  news.push({ kind: "gone", session });
  return news;
}

/** Lets a device be known only where it is kept. As the guest that it may have been it does not come back. */
function unload({ registry, chats }: HouseState, session: Session): void {
  registry.unload(session);
  chats.left(`guest ${session.hash}`);
}

/** Whether a session is kept with its account, so that it need not be known here while nobody is there. */
function isDevice({ people }: HouseState, session: Session): boolean {
  const { isVisitor, traits } = session;
  return !isVisitor && traits.resumes && people.accountOf(session) !== undefined;
}

/** Sessions that did not come back in time leave their rooms, and are forgotten some time later. */
function tick(state: HouseState, time: number): readonly News[] {
  const { registry } = state;
  registry.pass(time);
  state.chats.expire(registry.time);
  const news: News[] = [];
  for (const session of registry.sessions.overdue(registry.time)) {
    news.push(...leaveAll(state, session, session.ended));
    noteLeft(state, session);
    if (session.forgetAt > registry.time && isDevice(state, session)) unload(state, session);
    else {
      registry.forget(session);
      leaveChats(state, session);
      news.push({ kind: "forgotten", session });
    }
  }
  for (const session of registry.sessions.missing(registry.time)) {
    news.push(...leaveAll(state, session, session.ended));
    noteLeft(state, session);
    if (isDevice(state, session)) unload(state, session);
  }
  return closeEmpty(state, news);
}

function join(state: HouseState, fact: JoinFact, at: number): readonly News[] {
  const { registry } = state;
  const session = registry.session(fact.session);
  if (session === undefined) return NOTHING;
  const news = joinAs(state, session, fact.room, fact, at);
  if (session.traits.manyRooms) return news;
  // A client that can be in one room only has moved.
  for (const room of registry.roomsOf(session)) {
    if (room.key !== fact.room.key) news.push(...leaveOne(state, session, room, {}));
  }
  return closeEmpty(state, news);
}

function leave(state: HouseState, fact: LeaveFact): readonly News[] {
  const { registry } = state;
  const session = registry.session(fact.session);
  const room = registry.room(fact.room.key);
  if (session !== undefined && !fact.keeps) unlistRoom(state, session, fact.room.key);
  if (session === undefined || room === undefined) return NOTHING;
  const news = leaveOne(state, session, room, fact);
  if (!fact.keeps) news.push(...leaveOthers(state, session, room.key, fact));
  return closeEmpty(state, news);
}

function rename(state: HouseState, fact: RenameFact, at: number): readonly News[] {
  const { registry, people } = state;
  const session = registry.session(fact.session);
  if (session === undefined) return NOTHING;
  const granted = grantOf(fact.granted);
  const { key, account, left } = granted;
  const person = personOf(state, session, account);
  const sessions = goingAlong(session, person);
  for (const each of sessions) {
    each.left = each === session ? left : namesLeft(people, each, key, at);
    if (person !== each.person) each.since = at;
    each.account = account;
  }
  const isSame = person === session.person;
  const news: News[] = leaveBehind(state, session, people.accountOf(session));
  news.push(...become(registry, sessions, person, granted));
  for (const each of sessions) {
    news.push(...leaveUnreadable(state, each));
    listOwnRooms(state, each, at);
  }
  if (!isSame) news.push(...joinListed(state, session, at));
  return closeEmpty(state, news);
}

function grantOf<Grant>(grant: Grant | undefined): Grant {
  if (grant !== undefined) return grant;
  throw new Error("Somebody comes in or takes a name, and nobody has decided that it may");
}

/**
 * Evolves what does not wait for the log: bans and mutes hold even when the disk is full, and their entry
 * changes nothing more. In a room that is being removed nothing more is said: that would be stored after
 * it is gone, in a room of its name that everybody may enter.
 */
export function evolvePut(state: HouseState, fact: Fact): void {
  if (fact.kind !== "people") return;
  impose(state, fact);
  // What is tidied away is empty, and somebody may be opening it again.
  if (fact.ask?.kind !== "tidy") state.rooms.going(fact.changes, true);
}

function settleForgotten({ registry }: HouseState, { hashes }: SessionForgetFact): typeof NOTHING {
  for (const hash of hashes) registry.sessions.settleForgotten(hash);
  return NOTHING;
}
