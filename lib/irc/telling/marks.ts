/** How far an account has read, for clients that mark it. */

import { readUpTo } from "../../chat/answers/seq_at.ts";
import { after, type Later } from "../../chat/later.ts";
import type { IrcClient } from "../client.ts";
import { channelOfRoom } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";

/** A room, or a conversation and what it is shown as. */
export type Marked =
  | { readonly room: string; readonly chat?: never }
  | { readonly room?: never; readonly chat: string; readonly target: string };

/** Tells a client that marks what it has read how far its account has. */
export function tellMark(
  client: IrcClient,
  place: Marked,
  add: (line: IrcLine) => void,
): Later<void> {
  if (!client.caps.has("draft/read-marker")) return;
  const target = place.room === undefined ? place.target : channelOfRoom(place.room);
  return after(markOf(client, place), (at) =>
    add({
      source: client.server.name,
      command: "MARKREAD",
      params: [target, at === undefined ? "*" : `timestamp=${at}`],
    }));
}

/** The time of the last message that was read; `undefined`: none was, or that is not kept. */
export async function markOf(
  { house, peer }: IrcClient,
  { room, chat = "" }: { readonly room?: string; readonly chat?: string },
): Promise<string | undefined> {
  const place = room === undefined ? { chat } : { room };
  return await house.read(peer, (parts, session) => readUpTo(parts, session, place));
}
