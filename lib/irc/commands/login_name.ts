/** Whose a login is, and by which client, as clients of bouncers write it: `ann@phone`. */

import { nameKey } from "../../words/names.js";
import type { IrcClient } from "../client.ts";
import { nameOfNick } from "../lines/irc_names.ts";

/** The longest name of a client, in UTF-16 units. */
const MOST_CLIENT_NAME = 32;

/** The name in a login, and what its client calls itself, if it does. */
export interface Login {
  readonly name: string;
  readonly device?: string;
}

/** Reads a login. A name that somebody has reserved is that name, also with an @ in it. */
export function loginIn({ house: { state: { people } } }: IrcClient, text: string): Login {
  const isReserved = (nick: string): boolean =>
    people.account(nameKey(nameOfNick(nick))) !== undefined;
  const at = text.lastIndexOf("@");
  const device = text.slice(at + 1).trim().slice(0, MOST_CLIENT_NAME);
  if (at <= 0 || device === "" || isReserved(text) || !isReserved(text.slice(0, at))) {
    return { name: nameOfNick(text) };
  }
  return { name: nameOfNick(text.slice(0, at)), device };
}
