/** What a client is told of a room that it has come into. */

import type { Later } from "../../chat/later.ts";
import type { EventOf } from "../../wire/events.ts";
import type { IrcClient } from "../client.ts";
import { channelOfRoom } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";
import { tellMark } from "./marks.ts";
import { tellNames } from "./names_list.ts";
import { joinedLines } from "./news.ts";
import { beginReplay } from "./replays.ts";
import { roomModes } from "./room_modes.ts";
import { seconds } from "./times.ts";

/** The numbers before and at which the last messages of a room begin and end. */
type Entered = Pick<EventOf<"joined">, "room" | "seq" | "last">;

/**
 * Tells a client that it is in a room now, what that is about, and who is there; then what was said, as far as it
 * comes after a number.
 */
export function tellEntered(
  client: IrcClient,
  { room, seq = 0, last }: Entered,
  add: (line: IrcLine) => void,
  after: number = 0,
): Later<void> {
  const { server, caps, name } = client;
  for (const line of joinedLines(server, caps, { room, name })) add(line);
  const viewed = client.view?.room(room);
  if (viewed === undefined) return;
  roomModes(server).note(client, viewed);
  const numeric = (code: string, ...params: readonly string[]): void =>
    add({ source: server.name, command: code, params: [client.shownNick, ...params] });
  const channel = channelOfRoom(room);
  if (viewed.topic !== "") {
    numeric("332", channel, viewed.topic);
    const { topicSet } = viewed;
    if (topicSet !== undefined) numeric("333", channel, topicSet.by, seconds(topicSet.at));
  }
  const marked = tellMark(client, { room }, add);
  const list = (): void => {
    if (caps.has("draft/no-implicit-names")) return;
    tellNames(client, viewed, numeric);
    numeric("366", channel, "End of /NAMES list");
  };
  if (last !== undefined && last > seq) {
    beginReplay(client, { room }, { target: channel, seq, last, after });
  }
  return marked instanceof Promise ? marked.then(list) : list();
}
