/** What a client is told when it is in. */

import type { EventOf } from "../../wire/events.ts";
import type { IrcClient } from "../client.ts";
import { nickOf } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";
import { isupportLines } from "../isupport.ts";
import { tellLusers, tellMotd } from "../commands/server_info.ts";
import { leftPeople } from "../left_people.ts";
import { watchBans } from "./ban_news.ts";
import { tellEntered } from "./entered.ts";
import { beginTold } from "../commands/unread.ts";
import { prefixOf, rememberUser } from "./prefix.ts";
import { beginReplay } from "./replays.ts";

/** The modes of people and of rooms, with those that have a parameter, as 004 lists them. */
const USER_MODES = "i";
const ROOM_MODES = "bimnostv";
const WITH_PARAMETER = "bov";

/** Greets a client, and tells it of the rooms that its account has listed. */
export function tellReady(client: IrcClient, ready: EventOf<"ready">): void {
  client.name = ready.name;
  client.state = "in";
  client.cameAt = performance.now();
  beginTold(client, [...ready.rooms ?? [], ...ready.chats ?? []]);
  const { server } = client;
  const nick = nickOf(ready.name);
  const numeric = (code: string, ...params: readonly string[]): void =>
    client.write({ source: server.name, command: code, params: [nick, ...params] });
  rememberUser(server, ready.name, client.peer.says?.());
  numeric("001", `Welcome to ${server.network}, ${prefixOf(server, ready.name)}`);
  numeric("002", `Your host is ${server.name}, running ${server.shared.version}`);
  numeric("003", `This server was started at ${server.created}`);
  numeric("004", server.name, server.shared.version, USER_MODES, ROOM_MODES, WITH_PARAMETER);
  for (const tokens of isupportLines(server)) {
    numeric("005", ...tokens, "are supported by this server");
  }
  tellLusers(client, numeric);
  tellMotd(client, numeric);
  const add = (line: IrcLine): void => client.write(line);
  // It is in them when what is being done has been done, and before anything of what it missed comes.
  queueMicrotask(() => {
    leftPeople(server).watch(client);
    watchBans(client);
    for (const { room, seq, last } of ready.rooms ?? []) {
      client.background(tellEntered(client, { room, seq, last }, add));
    }
    // Whatever it comes into later it has not missed.
    client.toldBefore.clear();
  });
  for (const { chat, with: other, seq, last } of ready.chats ?? []) {
    if (last > seq) beginReplay(client, { chat }, { target: nickOf(other), seq, last });
  }
}
