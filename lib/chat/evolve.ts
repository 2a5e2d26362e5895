/**
 * What becomes of the house by an entry of the log: the only place that changes what it knows. It
 * can't refuse and waits for nothing; what came of it is told by tell.ts in the same step.
 */

import type { HouseState } from "./house_state.ts";
import type {
  EnterFact,
  Entry,
  ExitFact,
  Fact,
  JoinFact,
  LeaveFact,
  PeopleFact,
  Receipt,
  RenameFact,
  SessionForgetFact,
  TopicFact,
} from "./log/fact.ts";
import { keyOf } from "./log_key.ts";
import type { RoomState } from "./room_state.ts";
import { Session } from "./session.ts";
import { shareOf } from "./who_is.ts";

/** What others may have to be told of. */
export type News =
  | { readonly kind: "joined"; readonly session: Session; readonly room: RoomState }
  | { readonly kind: "left"; readonly session: Session; readonly room: RoomState }
  | { readonly kind: "renamed"; readonly session: Session; readonly from: string }
  | { readonly kind: "opened" | "closed"; readonly room: RoomState };

const NOTHING: readonly News[] = [];

/** Puts an entry into the state, and returns what there is to be told of that. */
export function evolve(state: HouseState, { fact, receipt }: Entry): readonly News[] {
  switch (fact.kind) {
    case "topic":
      if (isKept(receipt)) setTopic(state, fact);
      return NOTHING;
    case "people":
      changePeople(state, fact, receipt);
      return NOTHING;
    case "session-forget":
      forget(state, fact);
      return NOTHING;
    case "enter":
      return enter(state, fact);
    case "exit":
      return exit(state, fact);
    case "release":
      return release(state, fact.session);
    case "join":
      return join(state, fact);
    case "leave":
      return leave(state, fact);
    case "close":
      return close(state, fact.room);
    case "rename":
      return rename(state, fact);
    default:
      return NOTHING;
  }
}

function enter({ registry }: HouseState, fact: EnterFact): readonly News[] {
  const { session: hash, name, key, address, traits, account, left, isVisitor, shares } = fact;
  const session = registry.session(hash) ??
    new Session(undefined, name, key, undefined, isVisitor, hash, traits);
  const from = session.name;
  session.address = address;
  session.account = account;
  session.left = left;
  registry.name(session, name, key, shares);
  registry.enter(session);
  return from === name ? NOTHING : [{ kind: "renamed", session, from }];
}

function exit({ registry, people }: HouseState, fact: ExitFact): readonly News[] {
  const { session: hash, nameUntil, forgetAt } = fact;
  const session = registry.session(hash);
  if (session !== undefined) {
    registry.exit(session, nameUntil, forgetAt, shareOf(people, session));
  }
  return NOTHING;
}

function release({ registry }: HouseState, hash: string): readonly News[] {
  const session = registry.session(hash);
  if (session !== undefined) registry.releaseName(session);
  return NOTHING;
}

function join({ registry }: HouseState, fact: JoinFact): readonly News[] {
  const session = registry.session(fact.session);
  if (session === undefined) return NOTHING;
  const { room, isOpened, isNew } = registry.join(session, fact.room, fact.opener);
  if (!isNew) return NOTHING;
  const joined = { kind: "joined", session, room } as const;
  return isOpened ? [{ kind: "opened", room }, joined] : [joined];
}

function leave({ registry }: HouseState, fact: LeaveFact): readonly News[] {
  const session = registry.session(fact.session);
  const room = registry.room(fact.room);
  if (session === undefined || room === undefined) return NOTHING;
  return registry.leave(session, room) ? [{ kind: "left", session, room }] : NOTHING;
}

function close({ registry }: HouseState, key: string): readonly News[] {
  const room = registry.close(key);
  return room === undefined ? NOTHING : [{ kind: "closed", room }];
}

function rename({ registry }: HouseState, fact: RenameFact): readonly News[] {
  const { session: hash, name, key, account, left, shares } = fact;
  const session = registry.session(hash);
  if (session === undefined) return NOTHING;
  const from = session.name;
  session.left = left;
  session.account = account;
  registry.name(session, name, key, shares);
  return from === name ? NOTHING : [{ kind: "renamed", session, from }];
}

/**
 * Puts into the state what does not wait for the log: bans and mutes hold though the disk is full, and
 * memory is not to fill up with those who don't come back though it hangs. Their entry changes nothing
 * more.
 */
export function evolvePut(state: HouseState, fact: Fact): void {
  if (fact.kind === "people") impose(state, fact);
  else if (fact.kind === "session-forget") forget(state, fact);
}

function forget({ registry }: HouseState, { hashes }: SessionForgetFact): void {
  for (const hash of hashes) registry.forget(hash);
}

/** What could not be kept, was kept before or is judged anew has changed nothing. */
function isKept(receipt: Receipt | undefined): boolean {
  return receipt === undefined || "seq" in receipt;
}

function setTopic({ registry }: HouseState, { log, text }: TopicFact): void {
  const room = registry.room(keyOf(log));
  if (room !== undefined) registry.setTopic(room, text);
}

function changePeople(state: HouseState, fact: PeopleFact, receipt?: Receipt): void {
  if (isKept(receipt)) {
    state.people.apply(fact.changes);
    return showOwn(state, fact);
  }
  if (receipt !== undefined && "refused" in receipt) impose(state, fact);
}

/** Bans and mutes hold, whether they can be kept or not. */
function impose({ people }: HouseState, { changes }: PeopleFact): void {
  people.apply(changes.filter(({ type }) => type === "sanction"));
}

/** Whoever reserves its name, or gives it another password, has shown that it is its own. */
function showOwn({ registry }: HouseState, { by, changes }: PeopleFact): void {
  const session = by === undefined ? undefined : registry.session(by);
  if (session === undefined) return;
  for (const change of changes) {
    if (change.type !== "account" || change.account.key !== session.key) continue;
    const { key, proof } = change.account;
    session.account = { key, proof };
  }
}
