/** Who a session is to others, who is meant by a name, and who is here of a conversation's two. */

import type { Message } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import type { HouseState } from "../house_state.ts";
import { keyOf, type ReadLog } from "../messages/log_key.ts";
import { isAccount, type PersonId } from "../people/chats.ts";
import type { ChatRecord, Party } from "../people/records.ts";
import type { Session } from "../sessions/session.ts";

/** The parts of what the house knows that tell who is who. */
type PartiesState = Pick<HouseState, "registry" | "people">;

/** Who a session is: its account, or a guest. */
export function whoIsSession({ people }: Pick<HouseState, "people">, session: Session): PersonId {
  const account = people.accountOf(session);
  if (account !== undefined) return `account ${account.id}`;
  const who = session.person.who as PersonId;
  return isAccount(who) ? `guest ${session.hash}` : who;
}

/** Whom a name means: whose reserved name it is, here or not; else the guest who goes by it here. */
export function partyNamed({ people, registry }: PartiesState, name: string): Party | undefined {
  const account = people.account(nameKey(name));
  if (account !== undefined) return { who: `account ${account.id}`, name: account.name };
  const session = registry.named(name);
  return session && { who: whoIsSession({ people }, session), name: session.name };
}

/** The sessions of a person that have a peer. */
export function sessionsOf(state: PartiesState, who: PersonId): readonly Session[] {
  return knownSessionsOf(state, who).filter((session) => state.registry.isPresent(session));
}

/** The sessions of a person that are known, whether they have a peer or not. */
export function knownSessionsOf(state: PartiesState, who: PersonId): readonly Session[] {
  const { people, registry } = state;
  const account = isAccount(who) ? people.accountWith(keyOf(who)) : undefined;
  const person = account === undefined
    ? registry.persons.ofGuest(who) ?? registry.session(keyOf(who))?.person
    : registry.persons.ofAccount(account.id);
  return [...person?.sessions ?? []].filter((session) => whoIsSession(state, session) === who);
}

/** What a party is called now, or was when it left. */
export function partyName({ people, registry }: PartiesState, { who, name, gone }: Party): string {
  if (gone) return name;
  if (isAccount(who)) return people.accountWith(keyOf(who))?.name ?? name;
  const [last] = [...registry.persons.ofGuest(who)?.sessions ?? []].slice(-1);
  return (registry.session(keyOf(who)) ?? last)?.name ?? name;
}

/**
 * Whether nobody can say anything to a party: it has left for good, is another's by now, or is a guest who is not
 * here while somebody else goes by its name. That guest may come back, under another name, and is no more gone then.
 */
export function isGone(state: PartiesState, party: Party): boolean {
  const { who, gone } = party;
  if (gone) return true;
  if (isAccount(who)) return state.people.accountWith(keyOf(who)) === undefined;
  if (sessionsOf(state, who).length > 0) return false;
  if (successorOf(state, party) !== undefined) return true;
  if (state.registry.persons.ofGuest(who) !== undefined) return false;
  const session = state.registry.session(keyOf(who));
  return session !== undefined && whoIsSession(state, session) !== who;
}

/** Whoever goes now by the name that a party had, if that is somebody else. */
export function successorOf(state: PartiesState, party: Party): Party | undefined {
  const named = partyNamed(state, partyName(state, party));
  return named?.who === party.who ? undefined : named;
}

/** The other of a conversation's two, as one of them sees it; oneself, in notes to oneself. */
export function otherParty({ parties: [one, other] }: ChatRecord, who: PersonId): Party {
  return one.who === who ? other : one;
}

/** Whether somebody is one of a conversation's two. */
export function isParty({ parties }: ChatRecord, who: PersonId): boolean {
  return parties.some((party) => party.who === who);
}

/** Whether a message in a conversation is the session's own person's, and not the other's. */
export function isOwnIn(
  state: Pick<HouseState, "people">,
  session: Session,
  record: ChatRecord,
  { by, from }: Pick<Message, "by" | "from">,
): boolean {
  const who = whoIsSession(state, session);
  const { who: other, name } = otherParty(record, who);
  if (other === who) return true;
  if (by !== undefined) return who === `account ${by}`;
  if (isAccount(who)) return false;
  // Of two guests, who may have had other names then, only names tell.
  return isAccount(other) || nameKey(from) === session.key || nameKey(from) !== nameKey(name);
}

/** Whether a session may read a conversation: it is between its person and somebody. */
export function mayReadChat(
  state: Pick<HouseState, "people" | "chats">,
  session: Session,
  log: ReadLog,
): boolean {
  const record = state.chats.get(keyOf(log));
  return record !== undefined && isParty(record, whoIsSession(state, session));
}
