/** What one client alone is told, or otherwise than others are. */

import { captionOf, fetchSentence } from "../../words/files.js";
import { sameName } from "../../words/names.js";
import type { Event, EventOf } from "../../wire/events.ts";
import type { IrcClient } from "../client.ts";
import { toldIn } from "../commands/unread.ts";
import { channelOfRoom, nickOf } from "../lines/irc_names.ts";
import type { IrcLine } from "../lines/write.ts";
import { toldKey } from "../told_places.ts";
import { tellEntered } from "./entered.ts";
import { isKick, leftLine, partLine } from "./left.ts";
import { tellMark } from "./marks.ts";
import { type AboutEvent, aboutLines, messageLines } from "./news.ts";
import { accountOf, accountWith, prefixAs, prefixOf, rememberUser } from "./prefix.ts";
import { roomModes } from "./room_modes.ts";
import { tellReady } from "./welcome.ts";

/** Adds a line to what a client is sent. */
type Add = (line: IrcLine) => void;

/** Tells a client of an event that is not the same for all: at once, unless `add` is that of a reply. */
export function tellOwn(
  client: IrcClient,
  event: Event,
  add: Add = (line) => client.write(line),
): void {
  switch (event.type) {
    case "ready":
      return tellReady(client, event);
    case "joined":
      // Where another device has taken it there, that begins where it was told last.
      return client.background(tellEntered(client, event, add, toldIn(client, event)));
    case "left":
      return tellLeft(client, event, add);
    case "room":
      for (const line of roomModes(client.server).changes(client, event)) add(line);
      return;
    case "renamed":
      return tellRenamed(client, event, add);
    case "direct":
      return tellDirect(client, event);
    case "revised":
    case "removed":
    case "reacted":
    case "answered":
      return tellAboutDirect(client, event);
    case "invite":
      return tellInvite(client, event, add);
    case "read":
      return tellRead(client, event);
    case "notice":
      if (!isToldByMode(client, event.text)) note(client, event.text);
      return;
    case "error":
      return note(client, event.text);
    case "identified":
      return tellIdentified(client, event);
  }
}

/** Whether a client is told by MODE what the house tells its person in words: what they are in a room that it is in. */
function isToldByMode({ rooms }: IrcClient, text: string): boolean {
  const room = / made you a (?:host|member) of (.+)\.$/.exec(text)?.[1];
  return room !== undefined && rooms.has(room);
}

/** Says something to a client in the server's name. */
function note(client: IrcClient, text: string): void {
  for (const line of text.split("\n")) {
    client.write({
      source: client.server.name,
      command: "NOTICE",
      params: [client.shownNick, line],
    });
  }
}

/** That somebody has left a room, or the server: the rest of its rooms need not be told of that. */
function tellLeft(client: IrcClient, event: EventOf<"left">, add: Add): void {
  const { room, name, reason, why, gone } = event;
  const { server } = client;
  roomModes(server).setOperator(client, room, name, false);
  const isOwn = name === client.name;
  if (isOwn) {
    client.replays.delete(toldKey({ room }));
    client.rooms.delete(room);
  }
  if (isKick(event)) {
    const sent = `${room} ${name}`;
    const tell = client.kicks.get(sent) ?? add;
    client.kicks.delete(sent);
    return tell(leftLine(server, event));
  }
  if (!isOwn) return gone && !client.gone.add(name) ? undefined : add(leftLine(server, event));
  if (reason === undefined) return add(partLine(server, event));
  const params = [channelOfRoom(room), nickOf(name), why ?? reason];
  add({ source: server.name, command: "KICK", params });
}

/**
 * Tells a client that has taken the name of an account by its password: the house answers with the account and
 * no `renamed`, and what comes of it, such as rooms, goes by the new name.
 */
export function tellCalled(client: IrcClient, events: readonly Event[]): void {
  const { name: from, called: to, state } = client;
  if (state !== "in" || from === to) return;
  if (events.some((event) => event.type === "renamed" && event.to === to)) return;
  client.beforeCalled?.();
  tellRenamed(client, { type: "renamed", from, to }, (line) => client.write(line));
}

function tellRenamed(client: IrcClient, { from, to }: EventOf<"renamed">, add: Add): void {
  client.gone.metAgain(to);
  roomModes(client.server).renamed(client, from, to);
  const { server } = client;
  // The prefix is that under which they were known: of a guest, of the same account, or of another one.
  const isGuest = accountOf(server, to) === undefined;
  const known = isGuest ? prefixAs(server, to, undefined) : prefixOf(server, from);
  const source = known.replace(/^[^!]*/, () => nickOf(from));
  if (from === client.name) {
    client.name = to;
    rememberUser(server, to, client.peer.says?.());
  }
  if (from !== to) add({ source, command: "NICK", params: [nickOf(to)] });
}

/** A direct message, or a copy of what another device of one's own has said. */
function tellDirect(client: IrcClient, event: EventOf<"direct">): void {
  const { server, caps, name } = client;
  const target = event.own && !sameName(event.to, name) ? event.to : name;
  const { file, seq = 0, chat } = event;
  const text = file === undefined
    ? event.text
    : fetchSentence(file, client.linkTo(file), captionOf(event.text, file));
  const { file: _, ...said } = { ...event, text, room: "", seq };
  const lines = messageLines(
    server,
    caps,
    chat === undefined ? said : { ...said, chat },
    nickOf(target),
  );
  for (const line of lines) client.write(line);
}

function tellAboutDirect(
  client: IrcClient,
  event: AboutEvent,
): void {
  const { server, caps, name } = client;
  const other = event.chat === undefined ? undefined : client.view?.partner(event.chat);
  const target = event.own ? other ?? name : name;
  for (const line of aboutLines(server, caps, event, nickOf(target))) client.write(line);
}

/** That somebody was invited: oneself, or another by a room that one is in. */
function tellInvite(client: IrcClient, { room, name, by }: EventOf<"invite">, add: Add): void {
  if (name !== undefined && name !== client.name && !client.caps.has("invite-notify")) return;
  const nick = nickOf(name ?? client.name);
  const source = prefixOf(client.server, by);
  add({ source, command: "INVITE", params: [nick, channelOfRoom(room)] });
}

/** That another device of one's own has read on. */
function tellRead(client: IrcClient, { room, chat }: EventOf<"read">): void {
  const add = (line: IrcLine): void => client.write(line);
  if (room !== undefined) return client.background(tellMark(client, { room }, add));
  if (chat === undefined) return;
  const target = client.view?.partner(chat);
  if (target === undefined) return;
  client.background(tellMark(client, { chat, target: nickOf(target) }, add));
}

/** That somebody is an account's now, or a guest's, or has another role: with that, what they may do. */
function tellIdentified(
  client: IrcClient,
  { name, account: id, role }: EventOf<"identified">,
): void {
  const { server } = client;
  if (role === undefined && client.caps.has("account-notify")) {
    const account = accountWith(server, id);
    const source = prefixAs(server, name, account);
    const params = [account === undefined ? "*" : nickOf(account)];
    client.write({ source, command: "ACCOUNT", params });
  }
  for (const line of roomModes(server).ranked(client, name)) client.write(line);
}
