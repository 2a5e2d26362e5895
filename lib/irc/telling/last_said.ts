/** When something was said last, and where, for clients that ask what they have missed. */

import { lastSaidIn } from "../../chat/answers/seq_at.ts";
import type { IrcClient } from "../client.ts";
import { channelOfRoom, nickOf } from "../lines/irc_names.ts";

/** Rooms that are looked into for what a page costs. */
const ROOMS_A_PAGE = 10;

/** A room or conversation, as it is shown, and when something was said in it last, in ms since 1970; 0: nothing was. */
export interface LastIn {
  readonly target: string;
  readonly at: number;
}

/** When something was said last in each room and conversation of a client. It counts as some pages of history. */
export async function lastInPlaces(client: IrcClient): Promise<LastIn[]> {
  const { house, peer, view } = client;
  const found: LastIn[] = [];
  for (const [index, { name }] of (view?.rooms() ?? []).entries()) {
    if (index % ROOMS_A_PAGE === 0) await peer.costly("history");
    const last = house.read(peer, (parts, session) => lastSaidIn(parts, session, name));
    found.push({ target: channelOfRoom(name), at: await last ?? 0 });
  }
  await peer.costly("history");
  // Of conversations it is known without a look.
  for (const { with: other, newsAt } of client.view?.chats() ?? []) {
    found.push({ target: nickOf(other), at: newsAt });
  }
  return found;
}
