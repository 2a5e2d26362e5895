/** Who is in a room, as a list of nicks. */

import type { RoomMember, ViewedRoom } from "../../chat/answers/viewed_room.ts";
import { utf8Length } from "../../wire/text.ts";
import type { IrcClient } from "../client.ts";
import { channelOfRoom, nickOf } from "../lines/irc_names.ts";
import { MOST_BODY } from "../lines/parse.ts";
import { prefixAs } from "./prefix.ts";

/** The sign of a channel in the list, by who may enter the room. */
const SIGNS: Readonly<Record<ViewedRoom["access"], string>> = {
  open: "=",
  unlisted: "@",
  invite: "*",
};

/** What stands before the nick of somebody who may act in a room. */
export function rankSign({ roomRole }: Pick<RoomMember, "roomRole">): string {
  return roomRole === "member" ? "" : "@";
}

/** Tells who is in a room, by `numeric`, without the line that ends the list. */
export function tellNames(
  client: IrcClient,
  room: ViewedRoom,
  numeric: (code: string, ...params: readonly string[]) => void,
): void {
  const channel = channelOfRoom(room.name);
  const sign = SIGNS[room.access];
  const { server, caps } = client;
  const head = utf8Length(`:${server.name} 353 ${client.shownNick} ${sign} ${channel} :`);
  const names = room.members().map((member) => {
    const { name, account } = member;
    const shown = caps.has("userhost-in-names")
      ? prefixAs(server, name, account?.name)
      : nickOf(name);
    return rankSign(member) + shown;
  });
  for (const line of inLines(names, MOST_BODY - head)) numeric("353", sign, channel, line);
}

/** Words in lines of so many bytes at most, with a sign of one byte between them. */
export function* inLines(
  words: readonly string[],
  bytes: number,
  between: string = " ",
): Generator<string> {
  let line = "";
  let length = 0;
  for (const word of words) {
    const more = utf8Length(word) + 1;
    if (line !== "" && length + more > bytes) {
      yield line;
      line = "";
      length = 0;
    }
    line += line === "" ? word : `${between}${word}`;
    length += more;
  }
  if (line !== "") yield line;
}
