/** Who says something, as IRC writes it: `nick!user@host`. */

import { whoIs } from "../../chat/people/who_is.ts";
import type { ClientSays } from "../../chat/sessions/peer.ts";
import { nameKey } from "../../words/names.js";
import type { IrcServer } from "../irc_server.ts";
import type { Cap } from "../caps.ts";
import { nickOf } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";

/** The user name of those who have come by another door. */
export const OTHER_USER = "~user";
/** Of how many names it is remembered what the clients have said of them. */
const MOST_USERS = 10_000;
/** Where guests come from: nobody is told their addresses. */
const GUEST_HOST = "guest";
/** Where the owner of a reserved name comes from. */
const MEMBER_HOST = /@([^@]*)\.member$/;

/** The prefix of somebody who is here, by name: a reserved name is its account's. */
export function prefixOf(server: IrcServer, name: string): string {
  return prefixAs(server, name, accountOf(server, name));
}

/** The prefix of somebody under a name, as a guest or for an account, which may have had the name then. */
export function prefixAs(server: IrcServer, name: string, account: string | undefined): string {
  return `${nickOf(name)}!${userOf(server, name)}@${hostOf(account)}`;
}

/** The user name of whoever goes by a name, or went by it last. */
export function userOf({ shared: { house }, users }: IrcServer, name: string): string {
  const session = house.state.registry.named(name);
  const user = session === undefined ? users.get(name)?.user : session.peer?.says?.()?.user;
  return user === undefined || user === "" ? OTHER_USER : `~${user}`;
}

/** Remembers what a client says of whom it runs for, for those who are told that it has gone. */
export function rememberUser(
  { users }: IrcServer,
  name: string,
  says: ClientSays | undefined,
): void {
  if (says === undefined) return;
  users.delete(name);
  users.set(name, says);
  if (users.size > MOST_USERS) users.delete(users.keys().next().value ?? "");
}

/** Where somebody comes from, as all are told: the account, or that there is none. */
export function hostOf(account: string | undefined): string {
  return account === undefined ? GUEST_HOST : `${nickOf(account)}.member`;
}

/** The same line for a client with these capabilities: with the account of whoever did it, if it wants to know. */
export function withAccount(caps: ReadonlySet<Cap>, line: IrcLine): IrcLine {
  if (!caps.has("account-tag")) return line;
  const account = MEMBER_HOST.exec(line.source ?? "")?.[1];
  return account === undefined
    ? line
    : { ...line, tags: [...line.tags ?? [], ["account", account]] };
}

/** The account of a name, as it is written; `undefined`: a guest goes by it. */
export function accountOf({ shared: { house } }: IrcServer, name: string): string | undefined {
  return house.state.people.account(nameKey(name))?.name;
}

/** The name of the account with an id; `undefined`: there is none any more. */
export function accountWith(
  { shared: { house } }: IrcServer,
  id: string | undefined,
): string | undefined {
  return id === undefined ? undefined : house.state.people.accountWith(id)?.name;
}

/**
 * The real name of whoever goes by a name: what its client says, or else the name. Of whoever is muted, here or in
 * one of its rooms, the name alone is told: a real name is a text as others are.
 */
export function realNameOf({ shared: { house } }: IrcServer, name: string): string {
  const { registry, people } = house.state;
  const session = registry.named(name);
  if (session === undefined) return name;
  const isMuted = !people.isPeaceful &&
    ["", ...session.rooms].some((room) =>
      people.sanction("mute", whoIs(people, session), room) !== undefined
    );
  return isMuted ? name : session.peer?.says?.()?.realName || name;
}
