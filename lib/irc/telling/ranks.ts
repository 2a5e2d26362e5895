/** Who is shown as an operator of a channel: the hosts of the room, and the operators of the server, who are in it. */

import { nameKey } from "../../words/names.js";
import type { IrcServer } from "../irc_server.ts";

/** Whether somebody who is in a room may act there. */
export function isRanked({ shared: { house } }: IrcServer, room: string, name: string): boolean {
  const { people, registry } = house.state;
  const one = registry.named(name);
  const key = nameKey(room);
  if (one === undefined || registry.room(key)?.hasPerson(one.person) !== true) return false;
  return people.roleIn(people.accountOf(one), key) !== "member";
}

/** The names of those who are in a room and may act there. */
export function rankedIn({ shared: { house } }: IrcServer, room: string): ReadonlySet<string> {
  const { people, registry } = house.state;
  const key = nameKey(room);
  const ranked = new Set<string>();
  for (const each of registry.room(key)?.members ?? []) {
    if (each.isVisitor) continue;
    if (people.roleIn(people.accountOf(each), key) !== "member") ranked.add(each.name);
  }
  return ranked;
}
