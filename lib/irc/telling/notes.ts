/** What a client notes of those who come and go, beside the lines by which all are told of it. */

import type { Event } from "../../wire/events.ts";
import type { IrcClient } from "../client.ts";
import type { IrcServer } from "../irc_server.ts";
import { isKick } from "./left.ts";
import { isRanked } from "./ranks.ts";
import { roomModes } from "./room_modes.ts";

/** Somebody who has come into a room, or has left one. */
export interface Note {
  readonly name: string;
  readonly room: string;
  /** It has come, and whether as an operator. */
  readonly came?: { readonly isRanked: boolean };
  /** It has left, be it the server, or because somebody has sent it out of the room. */
  readonly went?: { readonly isGone: boolean; readonly isKick: boolean };
}

/** What is to be noted of an event, if anything. */
export function noteOf(server: IrcServer, event: Event): Note | undefined {
  if (event.type === "joined") {
    const { name, room } = event;
    return { name, room, came: { isRanked: isRanked(server, room, name) } };
  }
  if (event.type !== "left") return undefined;
  const { name, room, gone = false } = event;
  return { name, room, went: { isGone: gone, isKick: isKick(event) } };
}

/**
 * Whether a client is told of somebody who leaves by the same line as all others: not of itself, nor of whom it
 * has sent out, which answers its command, nor of whom it was told already, by another room.
 */
export function isToldAlike(client: IrcClient, { name, room, went }: Note): boolean {
  if (went === undefined) return true;
  if (name === client.name) return false;
  if (went.isKick) return !client.kicks.has(`${room} ${name}`);
  return !went.isGone || !client.gone.has(name);
}

/** Whether that can be found out of all of them before the first is noted: nobody leaves the server twice. */
export function areApart(notes: readonly Note[]): boolean {
  const gone = notes.flatMap(({ name, went }) => went?.isGone ? name : []);
  return new Set(gone).size === gone.length;
}

/** Notes it for a client. */
export function takeNote(client: IrcClient, { name, room, came, went }: Note): void {
  const modes = roomModes(client.server);
  if (came !== undefined) {
    client.gone.metAgain(name);
    modes.setOperator(client, room, name, came.isRanked);
  } else if (went !== undefined) {
    modes.setOperator(client, room, name, false);
    if (went.isGone) client.gone.add(name);
  }
}
