/** What entries change in the lists of accounts; evolve.ts calls it. */

import type { HouseState } from "./house_state.ts";
import type { DirectFact, ListFact, PeopleFact, SayFact } from "./log/fact.ts";
import type { Receipt } from "./log/receipt.ts";
import type { AwayFact, MarkFact } from "./log/person_facts.ts";
import { isChatLog, isRoomLog, type ReadLog, roomLog } from "./messages/log_key.ts";
import type { Named } from "./names/name_tables.ts";
import type { News } from "./news.ts";
import type { PeopleAsk } from "./people/people_ask.ts";
import type { Account, Change } from "./people/records.ts";
import { listerOf } from "./people/who_is.ts";
import type { Session } from "./sessions/session.ts";

const NOTHING: readonly News[] = [];

/** A session has come into a room, or into its account while it was in the room. */
export function listRoom(
  state: HouseState,
  session: Session,
  { name, key }: Named,
  at: number,
): void {
  const account = listerOf(state.people, session);
  if (account !== undefined) state.lists.list(account.id, roomLog(key), name, at);
}

/** A session has become its account's: the rooms that it is in are listed. */
export function listOwnRooms(state: HouseState, session: Session, at: number): void {
  for (const room of state.registry.roomsOf(session)) listRoom(state, session, room, at);
}

/** A session has left a room by asking for that, or was sent out of it. */
export function unlistRoom(state: HouseState, session: Session, room: string): void {
  const account = listerOf(state.people, session);
  if (account !== undefined) state.lists.unlist(account.id, roomLog(room));
}

/** Takes rooms from the lists of accounts that are banned from them, here or not. */
export function unlistBanned(
  { people, lists }: HouseState,
  changes: readonly Change[],
): void {
  for (const change of changes) {
    if (change.type !== "sanction") continue;
    const { kind, room, subject, key, target } = change.sanction;
    if (kind !== "ban" || room === "" || subject !== "name") continue;
    for (const { id } of people.alike({ name: target, key })) lists.unlist(id, roomLog(room));
  }
}

/** Somebody has marked what it has read. */
export function mark(state: HouseState, { by, log, read, back }: MarkFact): readonly News[] {
  const session = state.registry.session(by);
  const account = session && listerOf(state.people, session);
  if (account === undefined) return NOTHING;
  return state.lists.read(account.id, log, read, back) ? [readNews(account, log)] : NOTHING;
}

/** Who says something has read what was said before. It is news where that was not marked yet. */
export function readSaid(
  state: HouseState,
  fact: SayFact | DirectFact,
  receipt?: Receipt,
): readonly News[] {
  const { log, by } = fact;
  if (receipt === undefined || !("seq" in receipt) || by === undefined) return NOTHING;
  if (!isRoomLog(log) && !isChatLog(log)) return NOTHING;
  const session = state.registry.session(by);
  if (session === undefined) return NOTHING;
  const account = state.people.accountOf(session);
  if (account === undefined) return NOTHING;
  const before = state.lists.get(account.id, log)?.read ?? 0;
  // A script that says something in its account's name has read nothing for the person; nor has what waited.
  const sees = listerOf(state.people, session) !== undefined && fact.unseen === undefined;
  if (!sees && before < receipt.seq - 1) return NOTHING;
  if (!state.lists.read(account.id, log, receipt.seq)) return NOTHING;
  return before < receipt.seq - 1 ? [readNews(account, log)] : NOTHING;
}

/** Somebody is away, or is back: on all its devices. */
export function beAway({ registry }: HouseState, { by, text = "" }: AwayFact): readonly News[] {
  const session = registry.session(by);
  if (session === undefined || session.person.away === text) return NOTHING;
  session.person.away = text;
  return [{ kind: "away", session, text }];
}

/**
 * A session has left its rooms, and does not come back to them soon. If its person has no other one here,
 * it is not only away any more, and was here last when the connection ended.
 */
export function noteLeft({ people, lists, registry }: HouseState, session: Session): void {
  const { person, isVisitor } = session;
  if (isVisitor) return;
  const others = [...person.sessions].filter((each) => !each.isVisitor);
  if (!others.some((each) => isThere({ registry }, each))) person.away = "";
  // One that was cut off earlier and is waited for has not been here later than this one.
  if (others.some((each) => registry.isPresent(each))) return;
  const account = listerOf(people, session);
  if (account !== undefined) lists.left(account.id, session.endedAt);
}

/** Sessions of an account are about to be signed out. If no other is here, it was here last until then. */
export function noteSignedOut(
  { lists, persons, registry }: HouseState,
  account: string,
  out: readonly Session[],
  at: number,
): void {
  const sessions = [...persons.ofAccount(account)?.sessions ?? []].filter((each) =>
    !each.isVisitor
  );
  if (sessions.some((each) => registry.isPresent(each) && !out.includes(each))) return;
  for (const each of out.filter((session) => isThere({ registry }, session))) {
    lists.left(account, registry.isPresent(each) ? at : each.endedAt);
  }
}

/** Whether a session is here, or may still come back to its rooms; a visitor never counts. */
function isThere({ registry }: Pick<HouseState, "registry">, session: Session): boolean {
  return !session.isVisitor && (registry.isPresent(session) || session.rooms.size > 0);
}

/** What changes the settings of an account. */
const SETS: ReadonlySet<PeopleAsk["kind"]> = new Set(["settings", "block", "unblock"]);

/** An account has set something. */
export function settingsNews({ registry, people }: HouseState, fact: PeopleFact): readonly News[] {
  const { by, ask } = fact;
  const session = by === undefined ? undefined : registry.session(by);
  const account = session && people.accountOf(session);
  if (ask === undefined || !SETS.has(ask.kind) || account === undefined) return NOTHING;
  return [{ kind: "settings", account: account.id, by }];
}

/** A `list` fact has been stored, or could not be. */
export function settleLists({ people, lists }: HouseState, fact: ListFact, isKept: boolean): void {
  // An account may have been given back since it was put.
  const isThere = (id: string): boolean => people.accountWith(id) !== undefined;
  const changes = fact.changes.filter((change) => {
    switch (change.type) {
      case "listed":
        return isThere(change.listed.account);
      case "settings":
        return isThere(change.settings.account);
      case "unlisted":
        return isThere(change.account);
      case "device":
        return false;
    }
  });
  lists.settle(changes, isKept);
}

function readNews({ id }: Account, log: ReadLog): News {
  return { kind: "read", account: id, log };
}
