/** What a client of an account was not told, as far as it is told to one that can't ask for it. */

import { isChatLog, isRoomLog, keyOf } from "../../chat/messages/log_key.ts";
import type { Hello } from "../../chat/sessions/peer.ts";
import { nameKey } from "../../words/names.js";
import type { Cap } from "../caps.ts";
import type { IrcClient } from "../client.ts";
import { channelOfRoom, nickOf } from "../lines/irc_names.ts";
import { toldKey, type ToldPlace } from "../told_places.ts";

/** The most of one place that a client is told which was not there before: it can't tell it from what is said now. */
const MOST_NEW = 50;
/** The most of one place that one is told which has missed it. */
export const MOST_MISSED = 500;
/**
 * The most beyond {@linkcode MOST_NEW} of each place that one is told of all its places when it comes: whoever
 * comes again and again could keep a server busy with what it has missed.
 */
const MOST_MISSED_IN_ALL = 1_000;

/** A place that a client comes to: up to which number it was told there, and the last. */
interface ComeTo extends ToldPlace {
  readonly seq: number;
  readonly last: number;
}

/** How much was said in a channel or by a nick that a client was not told. */
export interface NotTold {
  readonly target: string;
  readonly count: number;
}

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
  let left = MOST_MISSED_IN_ALL;
  // What was said to nobody else comes first.
  const listed = [...house.state.lists.of(account.id).values()];
  const [rooms, others] = [
    listed.filter(({ log }) => isRoomLog(log)),
    listed.filter(({ log }) => !isRoomLog(log)),
  ];
  for (const { log, name, read } of [...others, ...rooms]) {
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
    const missed = Math.min(last - Math.min(begin, last), isKnown ? MOST_MISSED : MOST_NEW);
    const beyond = Math.min(Math.max(0, missed - MOST_NEW), left);
    left -= beyond;
    const from = last - Math.min(missed, MOST_NEW + beyond);
    if (isRoomLog(log)) seq[name] = from;
    else if (isChatLog(log)) chats[keyOf(log)] = from;
  }
  return { resume: { epoch: index.epoch, seq, chats } };
}

/**
 * A client has come in, or has become an account's. Unless it is a guest's, its older connections are asked whether
 * they are alive; and it is noted from here on what it is told, unless it asks for that itself.
 */
export function beginTold(client: IrcClient, places: readonly ComeTo[]): void {
  const { caps, server, house, name } = client;
  const account = house.state.people.account(nameKey(name));
  if (account === undefined) return;
  server.same.came(client, account.id, deviceOf(client));
  if (caps.has("draft/chathistory")) return;
  client.told = server.told.begin(
    account.id,
    deviceOf(client),
    (word) => client.write({ command: "PING", params: [word] }),
  );
  // What comes now is noted when it is told; what came before was told before, or is not to be.
  for (const { seq, last, ...place } of places) {
    client.told.begin(toldKey(place), Math.min(seq, last));
  }
}

/**
 * A client that is in has become an account's. What was said before it has been told, or is not told by this
 * connection any more. Resolves what of that it has missed, by the channel or nick, but for rooms that it was in.
 */
export function beginToldAsAccount(
  client: IrcClient,
  wasIn: ReadonlySet<string>,
): readonly NotTold[] {
  const { view, name, caps } = client;
  if (view === undefined) return [];
  if (caps.has("draft/chathistory")) {
    beginTold(client, []);
    return [];
  }
  const { resume: { seq = {}, chats = {} } = {} } = resumeOf(client, name);
  client.toldBefore.clear();
  const rooms = view.rooms().map(({ name: room, last }) => ({ room, seq: last, last }));
  const talks = view.chats().map(({ chat, with: other, last }) => ({ chat, other, last }));
  client.told?.end(false);
  beginTold(client, [
    ...rooms,
    ...talks.map(({ chat, last }) => ({ chat, seq: last, last })),
  ]);
  const found = [
    ...rooms.filter(({ room }) => !wasIn.has(room)).map(({ room, last }) => ({
      target: channelOfRoom(room),
      count: last - (seq[room] ?? last),
    })),
    ...talks.map(({ chat, other, last }) => ({
      target: nickOf(other),
      count: last - (chats[chat] ?? last),
    })),
  ];
  return found.filter(({ count }) => count > 0);
}

/** How far a client was told in a place what was said, by this connection too; 0: that is not known. */
export function toldIn({ told }: IrcClient, place: ToldPlace): number {
  return told?.sentIn(place) ?? 0;
}

/** What a client asks for to log in, and not once it goes by another way or has reserved its name. */
const HOW_TO_COME: ReadonlySet<Cap> = new Set(["sasl", "draft/account-registration"]);

/**
 * Which of the clients of its account one is: as its person calls it, or by what it says of itself, which two of
 * the same program may have in common.
 */
function deviceOf({ presented: { device, user = "" }, realName, caps }: IrcClient): string {
  return device === undefined
    ? `${user}\n${realName}\n${[...caps].filter((cap) => !HOW_TO_COME.has(cap)).sort().join(" ")}`
    : `@${device}`;
}
