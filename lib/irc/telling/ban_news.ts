/** Tells which bans and mutes of a room come and go, by whatever door, to those clients that may list them. */

import { maySeeBan } from "../../chat/answers/room_bans.ts";
import type { HouseParts } from "../../chat/house_parts.ts";
import type { SanctionNews } from "../../chat/news.ts";
import type { IrcClient } from "../client.ts";
import { clientOf } from "../clients.ts";
import type { IrcServer } from "../irc_server.ts";
import { channelOfRoom, nickOf } from "../lines/irc_names.ts";
import { prefixOf } from "./prefix.ts";

/** Before a mask: it does not keep out, but mutes. */
export const MUTE_SIGN = "m:";

/** A ban or a mute of a name, as a mask. */
export function listedMask(isMute: boolean, name: string): string {
  return `${isMute ? MUTE_SIGN : ""}${nickOf(name)}!*@*`;
}

const watching = new WeakSet<IrcServer>();

/** Begins to tell of them, from the first client of a server on that is in. */
export function watchBans({ server, house, peer }: IrcClient): void {
  if (watching.has(server)) return;
  house.read(peer, (parts) => {
    watching.add(server);
    parts.watchers.add((news) => {
      for (const each of news) if (each.kind === "sanction") tellBan(server, parts, each);
    });
  });
}

function tellBan(
  server: IrcServer,
  { registry, state }: HouseParts,
  { sanction, isLifted, by, asker }: SanctionNews,
): void {
  const { kind, target } = sanction;
  const room = registry.room(sanction.room);
  if (room === undefined) return;
  const mask = listedMask(kind === "mute", target);
  const line = {
    source: by === undefined ? server.name : prefixOf(server, by),
    command: "MODE",
    params: [channelOfRoom(room.name), `${isLifted ? "-" : "+"}b`, mask],
  };
  for (const session of room.members) {
    const client = session.peer && clientOf(session.peer);
    // Whoever has asked for it is answered.
    if (client === undefined || session.hash === asker) continue;
    if (maySeeBan(state, session, sanction)) client.write(line);
  }
}
