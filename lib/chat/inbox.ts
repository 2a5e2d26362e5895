/**
 * How the direct messages to a session are counted. Each person has an inbox: the order of what others
 * have said to it, in whatever conversation. A guest's is that of its session, as the first version
 * kept it; the sessions of an account share one, and each goes on from what it had before.
 */

import type { HouseState } from "./house_state.ts";
import { whoIsSession } from "./judge/parties.ts";
import type { Index } from "./log/fact_log.ts";
import { type DirectLog, directLog, keyOf } from "./messages/log_key.ts";
import type { PersonId } from "./people/chats.ts";
import type { Session } from "./sessions/session.ts";

/** The parts of the house that count. */
export interface InboxParts {
  readonly state: Pick<HouseState, "people">;
  readonly index: Pick<Index, "last">;
}

/** The log that counts what is said to a person. */
export function inboxOf(who: PersonId): DirectLog {
  return directLog(keyOf(who));
}

/** The inbox that a session's client counts in; none for a client that can't come back. */
export function inboxOfSession(
  { people }: Pick<HouseState, "people">,
  session: Session,
): DirectLog | undefined {
  return session.traits.resumes ? inboxOf(whoIsSession({ people }, session)) : undefined;
}

/**
 * How many direct messages a session had before those of its person's inbox: what came for it before it
 * was its account's, and what makes its numbers go on where it was somebody else before.
 */
export function countedBefore({ state, index }: InboxParts, session: Session): number {
  const inbox = inboxOfSession(state, session);
  if (inbox === undefined) return 0;
  const own = session.directLog;
  return session.directsBefore + (own === inbox ? 0 : index.last(own));
}

/** The number of the last direct message to a session, as its client counts them. */
export function directsOf(house: InboxParts, session: Session): number {
  const inbox = inboxOfSession(house.state, session);
  if (inbox === undefined) return 0;
  return countedBefore(house, session) + house.index.last(inbox);
}

/** Has a session's numbers go on after `last`: its client takes no number twice. */
export function goOnAfter(house: InboxParts, session: Session, last: number): void {
  session.directsBefore += last - directsOf(house, session);
}

/**
 * Has a session's numbers go on where they are if it is no longer the person that it was: the one that
 * it is now may have had more direct messages, or fewer.
 */
export function goOnCounting(house: InboxParts, session: Session, was: PersonId): void {
  if (whoIsSession(house.state, session) !== was) goOnAfter(house, session, session.directsTold);
}
