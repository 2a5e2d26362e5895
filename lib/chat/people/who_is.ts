/** What accounts, bans and mutes mean for a session: who it is, and whose share it counts in. */

import type { Named } from "../names/name_tables.ts";
import { addressOf, type Session } from "../sessions/session.ts";
import type { Share } from "../sessions/waiting.ts";
import type { People, Who } from "./people.ts";
import type { Account } from "./records.ts";

/**
 * The names that a session has left while there was a ban or a mute on them, once it takes the name with
 * this key. Bans and mutes go with the session: they are about the person that had the name.
 */
export function namesLeft(
  people: People,
  session: Session,
  key: string,
  at: number,
): readonly Named[] {
  const { name, key: before } = session;
  const all = [...session.left, { name, key: before }];
  return all.filter((left, index) =>
    left.key !== key && people.isSanctioned(left, at) &&
    all.findIndex((other) => other.key === left.key) === index
  );
}

/** The share that a session counts in while it waits for its client: its account's, or its address's. */
export function shareOf(people: People, session: Session): Share {
  const account = people.accountOf(session);
  return account === undefined
    ? { of: "address", key: addressOf(session) }
    : { of: "account", key: account.key };
}

/** The share that a new room counts in; `undefined` for operators, whose rooms are not counted. */
export function openerOf(
  people: People,
  account: Account | undefined,
  address: string | undefined,
): string | undefined {
  const role = people.roleIn(account);
  if (role === "owner" || role === "operator") return undefined;
  if (account !== undefined) return `account ${account.key}`;
  return address === undefined ? undefined : `address ${address}`;
}

/** Who a session is, to find out whether a ban or a mute holds for it. */
export function whoIs(people: People, session: Session): Who {
  const { name, key, address, left } = session;
  return { name, key, address, account: people.accountOf(session), left };
}

/** The account whose list changes by what a session does: visitors and classic clients change none. */
export function listerOf(people: People, session: Session): Account | undefined {
  const { isVisitor, traits } = session;
  return isVisitor || !traits.manyRooms ? undefined : people.accountOf(session);
}

/** What a session keeps of the account whose password it has shown. */
export function shownBy(account: Account | undefined): Session["account"] {
  return account === undefined ? undefined : { key: account.key, proof: account.proof };
}
