/** What a client of an account was not told, as far as it is told to one that can't ask for it. */

import { isChatLog, isRoomLog, keyOf } from "../../chat/messages/log_key.ts";
import type { Hello } from "../../chat/sessions/peer.ts";
import type { EventOf } from "../../wire/events.ts";
import { nameKey } from "../../words/names.js";
import type { IrcClient } from "../client.ts";
import { toldKey, type ToldPlace } from "../told.ts";

/** The most of one place that a client is told which was not there before: it can't tell it from what is said now. */
const MOST_NEW = 50;
/** The most that one is told which has missed it. */
export const MOST_MISSED = 500;

/** From where on the owner of a name is told what was said, if it is let in. */
export function resumeOf(client: IrcClient, name: string): Pick<Hello, "resume"> {
  const { house } = client;
  const account = house.state.people.account(nameKey(name));
  if (account === undefined) return {};
  const { index } = house;
  const known = client.server.told.of(account.id, deviceOf(client));
  client.toldBefore.clear();
  const seq: Record<string, number> = {};
  const chats: Record<string, number> = {};
  for (const { log, name, read } of house.state.lists.of(account.id).values()) {
    const last = index.last(log);
    const place = isRoomLog(log) ? { room: name } : { chat: keyOf(log) };
    const told = known?.places.in(place);
    // One that is not known here is told the last of a room, as a guest is, and of conversations what is unread.
    const otherwise = isRoomLog(log) || known !== undefined ? 0 : read;
    // Older data may have been put back, and another connection may have got what this client has not.
    const begin = told === undefined || told > last
      ? otherwise
      : known?.isShared
      ? Math.min(told, read)
      : told;
    const isKnown = told !== undefined && told <= last;
    if (isKnown) client.toldBefore.set(toldKey(place), begin);
    const from = Math.max(Math.min(begin, last), last - (isKnown ? MOST_MISSED : MOST_NEW));
    if (isRoomLog(log)) seq[name] = from;
    else if (isChatLog(log)) chats[keyOf(log)] = from;
  }
  return { resume: { epoch: index.epoch, seq, chats } };
}

/** It is noted from here on what a client is told that has come in; not if it is a guest's, or asks for that itself. */
export function beginTold(client: IrcClient, { rooms = [], chats = [] }: EventOf<"ready">): void {
  const { caps, server, house, name } = client;
  const account = house.state.people.account(nameKey(name));
  if (account === undefined || caps.has("draft/chathistory")) return;
  client.told = server.told.begin(
    account.id,
    deviceOf(client),
    (word) => client.write({ command: "PING", params: [word] }),
  );
  // What comes now is noted when it is told; what came before was told before, or is not to be.
  for (const { seq, last, ...place } of [...rooms, ...chats]) {
    client.told.note(toldKey(place), Math.min(seq, last));
  }
}

/** How far a client was told in a place what was said; 0: that is not known. */
export function toldIn({ told }: IrcClient, place: ToldPlace): number {
  return told?.places.in(place) ?? 0;
}

/**
 * Which of the clients of its account one is: as its person calls it, or by what it says of itself, which two of
 * the same program may have in common.
 */
function deviceOf({ presented: { device, user = "" }, realName, caps }: IrcClient): string {
  return device === undefined
    ? `${user}\n${realName}\n${[...caps].sort().join(" ")}`
    : `@${device}`;
}
