/** That somebody has left a room, or the server, as the others there are told. */

import type { EventOf } from "../../wire/events.ts";
import type { IrcServer } from "../irc_server.ts";
import { channelOfRoom, nickOf } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";
import { prefixOf } from "./prefix.ts";

/** Reasons for which somebody was sent out of a room by somebody. */
const SENT_AWAY: ReadonlySet<string> = new Set(["kicked", "banned", "uninvited"]);

/** Whether somebody was sent out of a room by somebody, and stays on the server. */
export function isKick({ by, reason, gone }: EventOf<"left">): boolean {
  return by !== undefined && reason !== undefined && SENT_AWAY.has(reason) && !gone;
}

/** The line for whoever is still there. */
export function leftLine(server: IrcServer, event: EventOf<"left">): IrcLine {
  const { room, name, reason, by, why, gone } = event;
  if (isKick(event)) {
    const params = [channelOfRoom(room), nickOf(name), why ?? nickOf(by ?? "")];
    return { source: prefixOf(server, by ?? ""), command: "KICK", params };
  }
  if (!gone) return partLine(server, event);
  const text = by === undefined ? quitText(reason, why) : `${reason} by ${by}`;
  return { source: prefixOf(server, name), command: "QUIT", params: [text] };
}

/** The same where nobody else has a part in it, and it was one room. */
export function partLine(
  server: IrcServer,
  { room, name, why }: Pick<EventOf<"left">, "room" | "name" | "why">,
): IrcLine {
  const channel = channelOfRoom(room);
  const params = why === undefined ? [channel] : [channel, why];
  return { source: prefixOf(server, name), command: "PART", params };
}

function quitText(reason: string | undefined, why: string | undefined): string {
  if (why !== undefined) return `Quit: ${why}`;
  return reason === undefined ? "Connection closed" : reason === "quit" ? "Quit" : reason;
}
