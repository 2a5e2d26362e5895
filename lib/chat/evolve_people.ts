/** Puts changes of accounts, roles, bans and mutes into what the house knows; see evolve.ts. */

import { become, goingAlong, personOf } from "./become.ts";
import { changeChats } from "./evolve_chats.ts";
import { listOwnRooms, noteSignedOut, settingsNews, unlistBanned } from "./evolve_lists.ts";
import type { HouseState } from "./house_state.ts";
import type { PeopleFact } from "./log/fact.ts";
import type { Receipt } from "./log/receipt.ts";
import { closeEmpty, leaveAll, makeWay } from "./make_way.ts";
import type { News } from "./news.ts";
import { type Account, type Change, type SignOut, signsOut } from "./people/records.ts";
import { joinListed } from "./own_devices.ts";
import { openerOf, shownBy } from "./people/who_is.ts";
import { Person, type Session } from "./sessions/session.ts";

/** Whether an entry changes something: not if it was refused, or had been stored before. */
export function tookEffect(receipt: Receipt | undefined): boolean {
  return receipt === undefined || "seq" in receipt;
}

/** Puts an entry about people into the state, and returns what there is to be told of that. */
export function evolvePeople(
  state: HouseState,
  fact: PeopleFact,
  at: number,
  receipt?: Receipt,
): readonly News[] {
  const { people } = state;
  state.rooms.going(fact.changes, false);
  if (!tookEffect(receipt)) {
    if (receipt !== undefined && "refused" in receipt) impose(state, fact);
    return [];
  }
  const changes = fact.ask?.kind === "tidy" ? withoutReopened(state, fact) : fact.changes;
  const made = changes.flatMap((change) => change.type === "account" ? change.account : []);
  const known = made.map(({ key }) => people.account(key));
  people.apply(changes);
  state.lists.apply(changes);
  changeChats(state, fact, at);
  state.rooms.apply(changes);
  if (fact.ask?.kind === "open") countOpened(state, fact);
  unlistBanned(state, changes);
  const news = made.flatMap((account, index) => changed(state, fact, account, known[index], at));
  for (const change of fact.changes) {
    if (change.type === "remove") news.push(...disown(state, change.id));
    if (change.type === "sign-out") news.push(...signOut(state, change, at));
    news.push(...sanctionNews(fact, change));
  }
  return [...closeEmpty(state, news), ...settingsNews(state, fact)];
}

/** What a change means for those who follow the bans and mutes of a room. */
function sanctionNews({ mod, by: asker }: PeopleFact, change: Change): readonly News[] {
  if (change.type !== "sanction" && change.type !== "lift") return [];
  const { type, sanction } = change;
  if (sanction.room === "") return [];
  return [{ kind: "sanction", sanction, isLifted: type === "lift", by: mod?.by, asker }];
}

/**
 * What is tidied away, without the rooms that somebody has opened again on the way to the disk: they stay as
 * they were set, and housekeeping.ts has that stored anew.
 */
function withoutReopened({ registry }: HouseState, { changes }: PeopleFact): readonly Change[] {
  const isOpen = (key: string): boolean => registry.room(key) !== undefined;
  return changes.filter((change) =>
    !(change.type === "unroom" && isOpen(change.key)) &&
    !(change.type === "unhost" && isOpen(change.host.room))
  );
}

/** Counts a room that was opened in the share of whoever opened it. */
function countOpened({ registry, people }: HouseState, { by = "", changes }: PeopleFact): void {
  const session = registry.session(by);
  if (session === undefined || changes.length === 0) return;
  registry.recorded(openerOf(people, people.accountOf(session), session.address));
}

/** What comes of an account that is new, or was another one before. */
function changed(
  state: HouseState,
  fact: PeopleFact,
  account: Account,
  before: Account | undefined,
  at: number,
): readonly News[] {
  const { registry } = state;
  const { name, key, role } = account;
  const by = fact.by === undefined ? undefined : registry.session(fact.by);
  const own = by?.key === key ? by : undefined;
  // Whoever reserves a name, or gives it another password, has shown to own it.
  const sessions = own === undefined ? [] : goingAlong(own, personOf(state, own, shownBy(account)));
  if (before === undefined) {
    for (const each of sessions) Object.assign(each, { account: shownBy(account), since: at });
    const person = own && personOf(state, own, shownBy(account));
    const news: News[] = makeWay(state, account, { person, sessions }, at);
    if (person !== undefined) news.push(...become(registry, sessions, person, { name, key }));
    for (const each of sessions) listOwnRooms(state, each, at);
    if (own !== undefined) news.push(...joinListed(state, own, at));
    return news;
  }
  if (own !== undefined) own.account = shownBy(account);
  const renamed = before.name === name ? [] : respell(state, account, own);
  if (before.role === role) return renamed;
  // For a role that another person has given, mod_effects.ts says who that was.
  return [...renamed, { kind: "role", account, isTold: fact.ask?.kind === "console" }];
}

/** All sessions of an account go by its name as it is written now. */
function respell(
  { registry, persons }: HouseState,
  { id, name, key }: Account,
  by: Session | undefined,
): readonly News[] {
  const person = persons.ofAccount(id);
  if (person === undefined) return [];
  const first = by === undefined ? [] : [by];
  return become(registry, [...new Set([...first, ...person.sessions])], person, { name, key });
}

/** Ends the sessions of an account that are signed out. */
function signOut(state: HouseState, change: SignOut, at: number): readonly News[] {
  const sessions = [...state.persons.ofAccount(change.account)?.sessions ?? []];
  const meant = sessions.filter(({ hash }) => signsOut(change, change.account, hash));
  noteSignedOut(state, change.account, meant, at);
  return meant.flatMap((session): News[] => {
    const news = leaveAll(state, session, { reason: "signed-out" });
    state.registry.forget(session);
    return [...news, { kind: "signed-out", session }];
  });
}

/** Makes guests of the sessions of an account that is no more; they are one person still. */
function disown({ registry, persons, rules }: HouseState, account: string): readonly News[] {
  const sessions = [...persons.ofAccount(account)?.sessions ?? []];
  const [first] = sessions;
  if (first === undefined) return [];
  for (const each of sessions) {
    each.account = undefined;
    // A device is kept for longer than a guest.
    const guestUntil = registry.time + rules.sessionMs;
    if (!registry.isPresent(each)) each.forgetAt = Math.min(each.forgetAt, guestUntil);
  }
  const { name, key, hash } = first;
  return become(registry, sessions, new Person(`guest ${hash}`), { name, key });
}

/** Makes bans and mutes hold, whether they can be stored or not. */
export function impose(state: HouseState, { changes }: PeopleFact): void {
  state.people.apply(changes.filter(({ type }) => type === "sanction"));
  unlistBanned(state, changes);
}
