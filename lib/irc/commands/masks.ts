/** Masks of bans: the house bans names, so a mask is taken that means one person, be it here or not. */

import type { Viewed } from "../../chat/answers/viewed_person.ts";
import type { ViewedRoom } from "../../chat/answers/viewed_room.ts";
import { sameName } from "../../words/names.js";
import type { IrcClient } from "../client.ts";
import { nameOfNick, nickOf } from "../lines/irc_names.ts";
import { accountOf, hostOf, userOf } from "../telling/prefix.ts";
import { fitsMask, isSeenIn } from "./who.ts";

/** Whom a mask means; or why it means nobody who could be banned, and what to write in its place. */
export type Masked =
  | { readonly name: string; readonly why?: never }
  | { readonly name?: never; readonly why: string };

/** What is said of masks that nothing is made of. */
const KINDS = "A ban is of a nick, as nick!*@* or *!*@NICK.member";
const NOBODY = `Nobody here is meant by that. ${KINDS}`;
/** How many of those whom a mask means are named. */
const MOST_NAMED = 3;

/** Who is meant by a mask that is to be banned from a room, as far as a client may know of them. */
export function personInMask(client: IrcClient, room: ViewedRoom, mask: string): Masked {
  const [, nick = "", user = "*", host = "*"] = /^([^!@]+)(?:!([^@]*))?(?:@(.*))?$/.exec(mask) ??
    [];
  const account = accountInHost(host);
  if (nick === "*" && account !== undefined) return named(account);
  if (nick === "") return { why: KINDS };
  if (!hasWildcard(nick)) {
    const name = nameOfNick(nick);
    const isGuest = host === hostOf(undefined);
    if (isGuest && accountOf(client.server, name) !== undefined) return { why: NOBODY };
    const isSame = account === undefined || sameName(account, name);
    const isAny = host === "*" || host === "" || isGuest;
    return isSame && (isAny || account !== undefined) ? named(name) : { why: KINDS };
  }
  // Somebody who is the only one with no more than that today would be one of many tomorrow.
  if (!saysSomething(nick) && !saysSomething(user)) {
    return { why: host === hostOf(undefined) ? allGuests() : KINDS };
  }
  return meantBy(client, room, { nick, user, host });
}

/** The parts of a mask. */
interface MaskParts {
  readonly nick: string;
  readonly user: string;
  readonly host: string;
}

/** Among those whom the client sees by WHO: in the room, or with a mask. */
function meantBy(client: IrcClient, room: ViewedRoom, { nick, user, host }: MaskParts): Masked {
  const { view } = client;
  if (view === undefined) return { why: KINDS };
  const isSeen = isSeenIn(view);
  const [fitsNick, fitsUser, fitsHost] = [nick, user, host].map(fitsMask);
  const fits = ({ name, account }: Viewed): boolean =>
    fitsNick?.(nickOf(name)) === true && fitsUser?.(userOf(client.server, name)) === true &&
    fitsHost?.(hostOf(account?.name)) === true;
  const found: string[] = [];
  for (const person of view.everybody()) {
    const sees = (): boolean => isSeen(person) || room.member(person.name) !== undefined;
    if (fits(person) && sees()) found.push(person.name);
  }
  const [one, ...others] = found;
  if (one === undefined) return { why: NOBODY };
  return others.length === 0 ? named(one) : { why: severalText(found) };
}

function severalText(names: readonly string[]): string {
  const nicks = names.map(nickOf);
  const more = nicks.length - MOST_NAMED;
  const first = nicks.slice(0, MOST_NAMED).join(", ");
  const all = more > 0 ? `${first} and ${more} more` : first;
  return `That would be ${all}; ban one by nick, as ${nicks[0]}!*@*`;
}

function allGuests(): string {
  return "That would be all guests; ban one by nick, as nick!*@*";
}

function named(name: string): Masked {
  return name.trim() === "" ? { why: KINDS } : { name };
}

/** The account of which a host is; `undefined`: it is of none, or of several. */
function accountInHost(host: string): string | undefined {
  const nick = /^(.+)\.member$/i.exec(host)?.[1];
  return nick === undefined || hasWildcard(nick) ? undefined : nameOfNick(nick);
}

function hasWildcard(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** Whether a pattern has something in it that not everybody has. */
function saysSomething(pattern: string): boolean {
  return /[^*?~]/.test(pattern);
}
