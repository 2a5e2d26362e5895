/**
 * Puts entries of the log into what the house knows: nothing else changes that. It can't refuse and waits
 * for nothing; tell.ts tells of it in the same step.
 */

import type { HouseState } from "./house_state.ts";
import type {
  EnterFact,
  Entry,
  ExitFact,
  Fact,
  JoinFact,
  LeaveFact,
  PassingFact,
  PeopleFact,
  Receipt,
  RenameFact,
  SessionForgetFact,
} from "./log/fact.ts";
import { closeEmpty, leaveAll, makeWay } from "./make_way.ts";
import type { Named } from "./names/name_tables.ts";
import type { News } from "./news.ts";
import type { Account } from "./people/records.ts";
import { openerOf, shareOf } from "./people/who_is.ts";
import { Session } from "./sessions/session.ts";

const NOTHING: readonly News[] = [];

/** Why a session has to give up its name. */
const OWNER_CAME = "is reserved, and who reserved it has come";

/** Puts an entry into the state, and returns what there is to be told of that. */
export function evolve(state: HouseState, { fact, receipt, at }: Entry): readonly News[] {
  switch (fact.kind) {
    case "topic":
      if (isKept(receipt)) state.registry.setTopic(fact.log, fact.text);
      return NOTHING;
    case "people":
      return changePeople(state, fact, at, receipt);
    case "list":
      state.lists.apply(fact.changes);
      return NOTHING;
    case "session-forget":
      return settleForgotten(state, fact);
    case "say":
    case "direct":
    case "session-use":
    case "retain":
      return NOTHING;
  }
  // A fact that passes is refused only by a log that has facts decided in their places.
  return isKept(receipt) ? evolvePassing(state, fact, at) : NOTHING;
}

function evolvePassing(state: HouseState, fact: PassingFact, at: number): readonly News[] {
  switch (fact.kind) {
    case "enter":
      return enter(state, fact, at);
    case "exit":
      return exit(state, fact);
    case "tick":
      return tick(state, fact.time);
    case "join":
      return join(state, fact);
    case "leave":
      return leave(state, fact);
    case "rename":
      return rename(state, fact, at);
  }
}

function enter(state: HouseState, fact: EnterFact, at: number): readonly News[] {
  const { session: hash, address, traits, isVisitor } = fact;
  const granted = grantOf(fact.granted);
  const { name, key, account, left } = granted;
  const { registry } = state;
  const known = registry.session(hash);
  const way = account === undefined ? { shares: false, news: [] } : makeWay(
    state,
    granted,
    { session: known, visits: known?.isVisitor ?? isVisitor ?? false, why: OWNER_CAME },
    at,
  );
  const session = known ?? new Session(undefined, name, key, undefined, isVisitor, hash, traits);
  const from = session.name;
  session.address = address;
  session.account = account;
  session.left = left;
  registry.name(session, name, key, way.shares);
  registry.sessions.enter(session);
  const news = way.news;
  if (from !== name) {
    news.push({ kind: "renamed", session, from, rooms: registry.roomsOf(session) });
  }
  news.push(...joinRoom(state, session, granted.room));
  return closeEmpty(state, news);
}

function exit(state: HouseState, fact: ExitFact): readonly News[] {
  const { registry, people, rules } = state;
  const { reason, by, why } = fact;
  const session = registry.session(fact.session);
  if (session === undefined) return NOTHING;
  const { isVisitor, traits } = session;
  const nameMs = fact.clean || isVisitor ? 0 : rules.nameMs;
  const sessionMs = fact.isDone ? 0 : isVisitor ? rules.visitorMs : rules.sessionMs;
  session.ended = {
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by }),
    ...(why === undefined ? {} : { why }),
  };
  const news = nameMs > 0 && traits.resumes ? [] : leaveAll(state, session, session.ended);
  registry.exit(session, nameMs, sessionMs, shareOf(people, session));
  return closeEmpty(state, news);
}

/** Sessions that did not come back in time leave their rooms, and are forgotten some time later. */
function tick(state: HouseState, time: number): readonly News[] {
  const { registry } = state;
  registry.pass(time);
  const news: News[] = [];
  for (const session of registry.sessions.overdue(registry.time)) {
    news.push(...leaveAll(state, session, session.ended));
    registry.forget(session);
    news.push({ kind: "forgotten", session });
  }
  for (const session of registry.sessions.missing(registry.time)) {
    news.push(...leaveAll(state, session, session.ended));
  }
  return closeEmpty(state, news);
}

function join(state: HouseState, fact: JoinFact): readonly News[] {
  const { registry } = state;
  const session = registry.session(fact.session);
  if (session === undefined) return NOTHING;
  const news = joinRoom(state, session, fact.room);
  if (session.traits.manyRooms) return news;
  // A client that can be in one room only has moved.
  for (const room of registry.roomsOf(session)) {
    if (room.key === fact.room.key || !registry.leave(session, room)) continue;
    news.push({ kind: "left", session, room, announced: room.announced, why: {} });
  }
  return closeEmpty(state, news);
}

function joinRoom({ registry, people }: HouseState, session: Session, named: Named): News[] {
  const opener = openerOf(people, people.accountOf(session), session.address);
  const { room, isOpened, isNew } = registry.join(session, named, opener);
  if (!isNew) return [];
  const joined = { kind: "joined", session, room, announced: room.announced } as const;
  return isOpened ? [{ kind: "opened", room }, joined] : [joined];
}

function leave(state: HouseState, fact: LeaveFact): readonly News[] {
  const { registry } = state;
  const session = registry.session(fact.session);
  const room = registry.room(fact.room.key);
  if (session === undefined || room === undefined || !registry.leave(session, room)) return NOTHING;
  const news: News[] = [{ kind: "left", session, room, announced: room.announced, why: fact }];
  return closeEmpty(state, news);
}

function rename(state: HouseState, fact: RenameFact, at: number): readonly News[] {
  const { registry } = state;
  const session = registry.session(fact.session);
  if (session === undefined) return NOTHING;
  const granted = grantOf(fact.granted);
  const { name, key, account, left } = granted;
  const { shown } = fact;
  let shares = shown !== undefined && session.key === key && !registry.holds(session);
  const news: News[] = [];
  if (shown !== undefined && session.key !== key) {
    const taking = { session, visits: session.isVisitor, why: OWNER_CAME };
    const way = makeWay(state, granted, taking, at);
    shares = way.shares;
    news.push(...way.news);
  }
  const from = session.name;
  session.left = left;
  session.account = account;
  registry.name(session, name, key, shares);
  if (from !== name) {
    news.push({ kind: "renamed", session, from, rooms: registry.roomsOf(session) });
  }
  return closeEmpty(state, news);
}

function grantOf<Grant>(grant: Grant | undefined): Grant {
  if (grant !== undefined) return grant;
  throw new Error("Somebody comes in or takes a name, and nobody has decided that it may");
}

/**
 * Evolves what does not wait for the log: bans and mutes hold even when the disk is full. Their entry
 * changes nothing more.
 */
export function evolvePut(state: HouseState, fact: Fact): void {
  if (fact.kind === "people") impose(state, fact);
}

function settleForgotten({ registry }: HouseState, { hashes }: SessionForgetFact): typeof NOTHING {
  for (const hash of hashes) registry.sessions.settleForgotten(hash);
  return NOTHING;
}

/** Takes names that are reserved now from the sessions that have them, or names that look like them. */
function clearNames(
  state: HouseState,
  reserved: readonly Account[],
  session: Session | undefined,
  at: number,
): readonly News[] {
  // As for a visitor: a session that has shown the name's password keeps it.
  const taking = { session, visits: true, why: "is reserved now" };
  const news = reserved.flatMap((account) => makeWay(state, account, taking, at).news);
  return closeEmpty(state, news);
}

/** Whether an entry changes something: not if it was refused, or had been stored before. */
function isKept(receipt: Receipt | undefined): boolean {
  return receipt === undefined || "seq" in receipt;
}

function changePeople(
  state: HouseState,
  fact: PeopleFact,
  at: number,
  receipt?: Receipt,
): readonly News[] {
  const { people, registry, lists } = state;
  if (isKept(receipt)) {
    const made = fact.changes.flatMap((change) => change.type === "account" ? change.account : []);
    const reserved = made.filter(({ key }) => people.account(key) === undefined);
    const raised = made.filter(({ key, role }) => (people.account(key)?.role ?? role) !== role);
    people.apply(fact.changes);
    lists.apply(fact.changes);
    showOwn(state, fact);
    const news = clearNames(state, reserved, registry.session(fact.by ?? ""), at);
    // For a role that another person has given, mod_effects.ts says who that was.
    if (fact.ask?.kind !== "console") return news;
    return [...news, ...raised.map((account) => ({ kind: "role", account } as const))];
  }
  if (receipt !== undefined && "refused" in receipt) impose(state, fact);
  return NOTHING;
}

/** Makes bans and mutes hold, whether they can be stored or not. */
function impose({ people }: HouseState, { changes }: PeopleFact): void {
  people.apply(changes.filter(({ type }) => type === "sanction"));
}

/** A session that reserves its name, or gives it another password, has shown that it owns the name. */
function showOwn({ registry }: HouseState, { by, changes }: PeopleFact): void {
  const session = by === undefined ? undefined : registry.session(by);
  if (session === undefined) return;
  for (const change of changes) {
    if (change.type !== "account" || change.account.key !== session.key) continue;
    const { key, proof } = change.account;
    session.account = { key, proof };
  }
}
