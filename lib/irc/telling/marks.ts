/** How far somebody has read, for clients that mark it. */

import { readUpTo } from "../../chat/answers/seq_at.ts";
import { after, type Later } from "../../chat/later.ts";
import type { IrcClient } from "../client.ts";
import { channelOfRoom } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";
import { readTime } from "./read_times.ts";

/** A room, or a conversation and what it is shown as; without its key it has not begun. */
export type Marked =
  | { readonly room: string; readonly chat?: never }
  | { readonly room?: never; readonly chat?: string; readonly target: string };

/** What a place is shown as. */
export function markedAs(place: Marked): string {
  return place.room === undefined ? place.target : channelOfRoom(place.room);
}

/** Tells a client that marks what it has read how far its person has. */
export function tellMark(
  client: IrcClient,
  place: Marked,
  add: (line: IrcLine) => void,
): Later<void> {
  if (!client.caps.has("draft/read-marker")) return;
  const target = markedAs(place);
  return after(markOf(client, place), (read) => {
    const at = readTime(client, target, read);
    const time = at === 0 ? "*" : `timestamp=${new Date(at).toISOString()}`;
    add({ source: client.server.name, command: "MARKREAD", params: [target, time] });
  });
}

/** The time of the last message that was read, in ms since 1970; 0: none was, or that is not kept. */
export async function markOf({ house, peer }: IrcClient, place: Marked): Promise<number> {
  const where = keptIn(place);
  if (where === undefined) return 0;
  const at = await house.read(peer, (parts, session) => readUpTo(parts, session, where));
  return at === undefined ? 0 : Date.parse(at);
}

/** What the house calls a place; `undefined`: it knows of none yet. */
export function keptIn(
  { room, chat }: Marked,
): { readonly room: string } | { readonly chat: string } | undefined {
  if (room !== undefined) return { room };
  return chat === undefined ? undefined : { chat };
}
