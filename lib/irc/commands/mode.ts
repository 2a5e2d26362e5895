/** MODE: modes of channels are how rooms are set, who acts in them, and who is kept out. */

import { bansIn } from "../../chat/answers/room_bans.ts";
import { check } from "../../chat/judge/mod_action.ts";
import { after, type Later } from "../../chat/later.ts";
import type { RoomMember, ViewedRoom } from "../../chat/answers/viewed_room.ts";
import { Refusal } from "../../chat/refusal.ts";
import type { EventOf } from "../../wire/events.ts";
import type { Request, RequestOf } from "../../wire/requests.ts";
import type { IrcClient, Refused } from "../client.ts";
import { channelOfRoom, isChannel, nameOfNick, nickOf, roomOfChannel } from "../lines/irc_names.ts";
import type { Reply } from "../reply.ts";
import { refusedIn } from "../telling/advice.ts";
import { listedMask, MUTE_SIGN } from "../telling/ban_news.ts";
import { changedLines, modesOf, roomModes } from "../telling/room_modes.ts";
import { prefixOf } from "../telling/prefix.ts";
import { seconds } from "../telling/times.ts";
import { type Command, type Commands, eachOf } from "./command.ts";
import { personInMask } from "./masks.ts";
import { refuseAs } from "./rooms.ts";

/** A mode that is to be given or taken. */
interface Wanted {
  readonly on: boolean;
  readonly letter: string;
  readonly param?: string | undefined;
}

/** Modes with a parameter; without one, `b` asks for the list. */
const WITH_PARAMETER = "bov";
const REFUSED: Readonly<Record<string, string>> = {
  "not-allowed": "482",
  "not-in-room": "442",
  "no-such-room": "403",
  "no-such-name": "401",
  "not-registered": "401",
};

const mode: Command = {
  least: 1,
  count: ({ params: [, letters = ""] }) => Math.max(1, letters.replace(/[+-]/g, "").length),
  run(client, { params: [target = "", letters, ...params] }, reply): Later<void> {
    if (!isChannel(target)) return userMode(client, target, letters, reply);
    const room = roomOfChannel(target);
    const viewed = room === undefined ? undefined : client.view?.room(room);
    if (viewed === undefined) return reply.numeric("403", target, "There is no such channel");
    const channel = channelOfRoom(viewed.name);
    if (letters === undefined) return reply.numeric("324", channel, `+${modesOf(viewed)}`);
    // As many as a line has: each counts as a request.
    return eachOf(wantedModes(letters, params), (each) => {
      // What one has changed is there for the next.
      const now = client.view?.room(viewed.name) ?? viewed;
      return setMode(client, now, each, reply);
    });
  },
};

/** The modes of people: that they are not shown to all holds always, as clients want it to, and nothing else does. */
function userMode(
  client: IrcClient,
  nick: string,
  letters: string | undefined,
  reply: Reply,
): void {
  const person = client.view?.person(nameOfNick(nick));
  if (person === undefined) return reply.numeric("401", nick, "There is no such nick");
  if (person.name !== client.name) return reply.numeric("502", "The modes of others are theirs");
  if (letters === undefined || letters === "") return reply.numeric("221", "+i");
  const others = [...letters].filter((letter) => !"+-i".includes(letter)).join("");
  if (others !== "") reply.numeric("501", `There is no mode of people ${others}`);
}

function wantedModes(letters: string, params: readonly string[]): Wanted[] {
  const wanted: Wanted[] = [];
  const lists = new Set<string>();
  const rest = [...params];
  let on = true;
  for (const letter of letters) {
    if (letter === "+" || letter === "-") on = letter === "+";
    else if (WITH_PARAMETER.includes(letter)) {
      const param = rest.shift();
      // The same list is told once, however often a line asks for it.
      if (param !== undefined || !lists.has(letter)) wanted.push({ on, letter, param });
      if (param === undefined) lists.add(letter);
    } else {
      wanted.push({ on, letter });
      if (letter === "i" && !on) secretLast(wanted);
    }
  }
  return wanted;
}

/** Of `+s-i` the first would change nothing while the other holds, so it comes last. */
function secretLast(wanted: Wanted[]): void {
  const at = wanted.findLastIndex(({ letter }) => letter === "s");
  if (wanted[at]?.on) wanted.push(...wanted.splice(at, 1));
}

function setMode(
  client: IrcClient,
  room: ViewedRoom,
  { on, letter, param }: Wanted,
  reply: Reply,
): Later<void> {
  const channel = channelOfRoom(room.name);
  switch (letter) {
    case "b":
      return param === undefined
        ? listBans(client, room, reply)
        : setBan(client, room, { on, mask: param }, reply);
    case "o":
      return param === undefined ? undefined : setHost(client, room, { on, nick: param }, reply);
    case "v":
      return reply.numeric(
        "696",
        channel,
        "v",
        param ?? "*",
        "Nobody is given a voice here; use +o",
      );
    case "i":
      return setAccess(client, room, { on, access: "invite" }, reply);
    case "s":
      return setAccess(client, room, { on, access: "unlisted" }, reply);
    case "m":
      return setRoom(client, room, { quiet: on }, reply);
    case "t":
      return setRoom(client, room, { topicLocked: on }, reply);
    case "n":
      // It holds for all channels, and always.
      return;
    default:
      return reply.numeric("472", letter, "There is no such mode");
  }
}

/**
 * Says who may enter a room. What does not hold can't be taken: `-i` leaves a room unlisted that is. A room by
 * invitation is in no list, so `+s` leaves it as it is, and does not open it.
 */
function setAccess(
  client: IrcClient,
  room: ViewedRoom,
  { on, access }: { readonly on: boolean; readonly access: "invite" | "unlisted" },
  reply: Reply,
): Later<void> {
  if (!on && room.access !== access) return;
  if (on && access === "unlisted" && room.access === "invite") return;
  return setRoom(client, room, { access: on ? access : "open" }, reply);
}

/** Sets a room otherwise, and tells what has changed by that. */
function setRoom(
  client: IrcClient,
  room: ViewedRoom,
  change: Pick<RequestOf<"room">, "access" | "quiet" | "topicLocked">,
  reply: Reply,
): Later<void> {
  const before = modesOf(room);
  return client.ask(
    reply,
    { type: "room", room: room.name, ...change },
    (event) => {
      if (event.type === "room") tellChange(client, before, event, reply);
    },
    (refused) => refuseAs(reply, "MODE", REFUSED, refused, channelOfRoom(room.name)),
  );
}

/** Tells what has changed, in the name of whoever did it, also if that one is not in the room. */
function tellChange(
  client: IrcClient,
  before: string,
  event: EventOf<"room">,
  reply: Reply,
): void {
  const { server, rooms, name } = client;
  const source = prefixOf(server, name);
  const lines = rooms.has(event.room)
    ? roomModes(server).changes(client, event)
    : changedLines(server, event.room, before, modesOf(event));
  for (const line of lines) reply.add({ ...line, source });
}

function setHost(
  client: IrcClient,
  room: ViewedRoom,
  { on, nick }: { readonly on: boolean; readonly nick: string },
  reply: Reply,
): Later<void> {
  const channel = channelOfRoom(room.name);
  const target = nameOfNick(nick);
  const member: RoomMember | undefined = room.member(target);
  if (member === undefined && client.view?.account(target) === undefined) {
    return reply.numeric("401", nick, "There is no such nick");
  }
  const name = member?.name ?? target;
  const action = on ? "op" : "deop";
  return client.ask(
    reply,
    { type: "mod", action, target, room: room.name, only: true },
    () => {
      if (member !== undefined) roomModes(client.server).setOperator(client, room.name, name, on);
      const source = prefixOf(client.server, client.name);
      reply.add({ source, command: "MODE", params: [channel, `${on ? "+" : "-"}o`, nickOf(name)] });
    },
    (refused) => refuseAs(reply, "MODE", REFUSED, refused, channel),
  );
}

function setBan(
  client: IrcClient,
  room: ViewedRoom,
  { on, mask: whole }: { readonly on: boolean; readonly mask: string },
  reply: Reply,
): Later<void> {
  const channel = channelOfRoom(room.name);
  const mutes = whole.startsWith(MUTE_SIGN);
  const mask = mutes ? whole.slice(MUTE_SIGN.length) : whole;
  const refuseMask = (why: string): void => reply.numeric("696", channel, "b", whole, why);
  const action = mutes ? (on ? "mute" : "unmute") : on ? "ban" : "unban";
  // It may mean somebody among all who are here.
  return after(client.peer.costly("history"), () => {
    // Whom a mask means is told to nobody who may not ban them.
    const refused = refusalOf(client, room, action);
    if (refused !== undefined) return refuseAs(reply, "MODE", REFUSED, refused, channel);
    const { name: target, why } = personInMask(client, room, mask);
    if (target === undefined) return refuseMask(why);
    const request: Request = { type: "mod", action, target, room: room.name, only: true };
    return client.ask(
      reply,
      request,
      (event) => {
        if (event.type !== "mod") return;
        const source = prefixOf(client.server, client.name);
        // As the list of bans has it, so that clients find it there.
        const param = listedMask(mutes, event.target);
        reply.add({ source, command: "MODE", params: [channel, `${on ? "+" : "-"}b`, param] });
      },
      (refused) =>
        refused.code === "bad-name" || refused.code === "bad-field"
          ? refuseMask(`${refused.message}.`)
          : refuseAs(reply, "MODE", REFUSED, refused, channel),
    );
  });
}

/** Why a client may do that to nobody in a room; `undefined`: it may. */
function refusalOf(
  { house, peer, server }: IrcClient,
  { key }: ViewedRoom,
  action: "ban" | "unban" | "mute" | "unmute",
): Refused | undefined {
  try {
    house.read(peer, ({ state }, session) => check(state, session, action, key));
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    server.shared.metrics.refused(error.code);
    return refusedIn(error);
  }
}

/** Many clients ask for it when they join: it is empty for those who may not see it, and no error. */
function listBans(client: IrcClient, { key, name }: ViewedRoom, reply: Reply): Later<void> {
  const channel = channelOfRoom(name);
  return after(client.peer.costly("history"), () => {
    const bans = client.house.read(client.peer, (parts, session) => bansIn(parts, session, key));
    for (const { kind, target, by, at } of bans ?? []) {
      const mask = listedMask(kind === "mute", target);
      reply.numeric("367", channel, mask, nickOf(by), seconds(at));
    }
    reply.numeric("368", channel, "End of channel ban list");
  });
}

/** The command for modes. */
export const MODES: Commands = { MODE: mode };
