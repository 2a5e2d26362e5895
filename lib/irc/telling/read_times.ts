/**
 * Up to when clients say that they have read. The house knows up to which message an account has, which is what other
 * doors go by; a client may name a time at which nothing was said, and wants to be told the same.
 */

import { nameKey } from "../../words/names.js";
import type { IrcClient } from "../client.ts";
import type { IrcServer } from "../irc_server.ts";
import { nameOfNick } from "../lines/irc_names.ts";

/** Of how many places that somebody has read it is remembered until when: those that were marked last. */
export const MOST_READ_TIMES = 10_000;

/** A time that somebody has marked, and how far the house has them read at that. */
interface ReadTime {
  /** In ms since 1970. */
  readonly at: number;
  /** The time of the last message that was read then, in ms; 0: none was. */
  readonly read: number;
}

const ofServers = new WeakMap<IrcServer, Map<string, ReadTime>>();

/** Remembers up to when a client has read a channel, or what a nick has written, besides what the house knows of it. */
export function rememberReadTime(client: IrcClient, target: string, time: ReadTime): void {
  const key = keyOf(client, target);
  if (key === undefined) return;
  let times = ofServers.get(client.server);
  if (times === undefined) ofServers.set(client.server, times = new Map());
  times.delete(key);
  times.set(key, time);
  if (times.size > MOST_READ_TIMES) times.delete(times.keys().next().value ?? "");
}

/** Up to when a client has read, in ms since 1970, if the house says `read`; 0: nothing. */
export function readTime(client: IrcClient, target: string, read: number): number {
  const key = keyOf(client, target);
  const time = key === undefined ? undefined : ofServers.get(client.server)?.get(key);
  // Who has marked something as unread since means that.
  return time === undefined || read < time.read ? read : Math.max(read, time.at);
}

/** Who has read what: the same for all devices of an account. */
function keyOf({ view }: IrcClient, target: string): string | undefined {
  return view === undefined ? undefined : `${view.self.who} ${nameKey(nameOfNick(target))}`;
}
