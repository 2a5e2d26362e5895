/** The commands about rooms: JOIN, PART, NAMES, TOPIC and LIST. */

import { after, type Later } from "../../chat/later.ts";
import type { IrcClient, Refused } from "../client.ts";
import { channelOfRoom, nickOf, roomOfChannel } from "../lines/irc_names.ts";
import { reasonIn, unformatted } from "../lines/text.ts";
import type { Reply } from "../reply.ts";
import { tellEntered } from "../telling/entered.ts";
import { tellNames } from "../telling/names_list.ts";
import { newsLines } from "../telling/news.ts";
import { tellOwn } from "../telling/own.ts";
import { seconds } from "../telling/times.ts";
import { type Command, type Commands, countOf, eachOf, listed } from "./command.ts";
import { wantedRooms } from "./list_filter.ts";
import { toldIn } from "./unread.ts";

/** Earlier messages that a client gets which can't ask for them. */
export const EARLIER = 50;
/** For so long after it has come in a client joins what it has in its settings, in ms. */
const AUTOJOIN_MS = 10_000;
/** What PART says of a room that one's other devices stay in. */
const DETACH = "detach";

/** The numbers for what keeps somebody out of a room. */
const JOIN_CODES: Readonly<Record<string, string>> = {
  "bad-room": "403",
  "no-such-room": "403",
  "room-taken": "403",
  "room-limit": "403",
  "too-many-rooms": "405",
  "invite-only": "473",
  banned: "474",
};

const join: Command = {
  least: 1,
  count: countOf(0),
  run(client, { params: [channels = ""] }, reply): Later<void> {
    if (channels === "0") return leaveAll(client, reply);
    const all = listed(channels);
    if (all.length === 0) return reply.numeric("461", "JOIN", "The channel is missing");
    return eachOf(all, (channel) => enter(client, channel, reply));
  },
};

function enter(client: IrcClient, channel: string, reply: Reply): Later<void> {
  const room = roomOfChannel(channel);
  if (room === undefined) return noSuchChannel(reply, channel);
  const viewed = client.view?.room(room);
  const isAlone = comesAlone(client, room);
  if (viewed?.isIn) return isAlone ? undefined : keepListed(client, room, reply);
  // One that begins with another # is a room of old, or none.
  if (room.startsWith("#") && viewed === undefined) return noSuchChannel(reply, channel);
  const scrollback = client.caps.has("draft/chathistory") ? 0 : EARLIER;
  let entered: Later<void> = undefined;
  const asked = client.ask(
    reply,
    { type: "join", room, scrollback, ...(isAlone ? { alone: true } : {}) },
    (event) => {
      if (event.type !== "joined") return;
      reply.hold();
      const told = tellEntered(client, event, (line) => reply.add(line), toldIn(client, { room }));
      const wasLeft = isAlone && client.told !== undefined;
      entered = wasLeft ? after(told, () => tellAlone(client, channel, reply)) : told;
      if (!(entered instanceof Promise)) return reply.release();
      entered = entered.finally(() => reply.release());
    },
    (refused) => refuseAs(reply, "JOIN", JOIN_CODES, refused, channel),
  );
  return asked instanceof Promise ? asked.then(() => entered) : entered;
}

/**
 * Whether a client joins a room by its settings that its person has left, elsewhere maybe: a room of which it was told
 * nothing nobody has left. Of a client that asks for history itself that is not known.
 */
function comesAlone(client: IrcClient, room: string): boolean {
  if (performance.now() - client.cameAt >= AUTOJOIN_MS) return false;
  return client.told?.sentIn({ room }) !== undefined || client.told === undefined;
}

/** It may have been the person, too, who was quick. */
function tellAlone(client: IrcClient, channel: string, reply: Reply): void {
  const text =
    "You are in this room on this connection alone, since it is no longer your account's. " +
    `JOIN ${channel} once more, and you are in it on all your devices.`;
  reply.add({ source: client.server.name, command: "NOTICE", params: [channel, text] });
}

/** The person joins what the client had joined by itself, on its connection alone: it is the account's now. */
function keepListed(client: IrcClient, room: string, reply: Reply): Later<void> {
  const isTold = (): void => {};
  return client.ask(reply, { type: "join", room, scrollback: 0 }, isTold, isTold);
}

/** There is no such channel, or none that the client may know of. */
export function noSuchChannel(reply: Reply, channel: string): void {
  reply.numeric("403", channel, "There is no such channel");
}

/** Tells a refusal by its number, or else in words. */
export function refuseAs(
  reply: Reply,
  command: string,
  codes: Readonly<Record<string, string>>,
  refused: Refused,
  ...context: readonly string[]
): void {
  const code = codes[refused.code];
  if (code === undefined) return reply.refuse(command, refused, ...context);
  reply.numeric(code, ...context, `${refused.message}`);
}

function leaveAll(client: IrcClient, reply: Reply): Later<void> {
  const rooms = client.view?.rooms() ?? [];
  return eachOf(rooms, ({ name }) => part(client, channelOfRoom(name), "", reply));
}

const leave: Command = {
  least: 1,
  count: countOf(0),
  run(client, { params: [channels, text = ""] }, reply): Later<void> {
    const all = listed(channels);
    if (all.length === 0) return reply.numeric("461", "PART", "The channel is missing");
    return eachOf(all, (channel) => part(client, channel, reasonIn(text), reply));
  },
};

function part(client: IrcClient, channel: string, text: string, reply: Reply): Later<void> {
  const room = roomOfChannel(channel);
  const viewed = room === undefined ? undefined : client.view?.room(room);
  if (room === undefined || viewed === undefined) return noSuchChannel(reply, channel);
  if (!viewed.isIn) return reply.numeric("442", channel, "You are not on that channel");
  const how = text === DETACH ? { alone: true } : text === "" ? {} : { text };
  return client.ask(
    reply,
    { type: "leave", room, ...how },
    (event) => {
      const told = event.type === "left" && text !== "" ? { ...event, why: text } : event;
      tellOwn(client, told, (line) => reply.add(line));
    },
    (refused) =>
      refuseAs(reply, "PART", { "not-in-room": "442", "no-such-room": "403" }, refused, channel),
  );
}

const names: Command = {
  run(client, { params: [channels] }, reply): Later<void> {
    const numeric = (...params: readonly [string, ...string[]]): void => reply.numeric(...params);
    const end = (channel: string): void => numeric("366", channel, "End of /NAMES list");
    const isAll = channels === undefined || channels === "";
    const all = isAll
      ? (client.view?.rooms() ?? []).map(({ name }) => channelOfRoom(name))
      : listed(channels);
    // Each of them is a list of its own.
    const tell = (channel: string): Later<void> =>
      after(client.peer.costly("history"), () => {
        const room = client.view?.room(roomOfChannel(channel) ?? "");
        if (room !== undefined && (room.isIn || room.mayList)) tellNames(client, room, numeric);
        if (!isAll) end(channel);
      });
    return after(eachOf(all, tell), () => {
      if (isAll || all.length === 0) end("*");
    });
  },
};

const topic: Command = {
  least: 1,
  run(client, { params: [channel = "", text] }, reply): Later<void> {
    const room = roomOfChannel(channel);
    const viewed = room === undefined ? undefined : client.view?.room(room);
    if (room === undefined || viewed === undefined) return noSuchChannel(reply, channel);
    const name = channelOfRoom(viewed.name);
    if (text === undefined) {
      if (!viewed.isIn) return reply.numeric("442", name, "You are not on that channel");
      if (viewed.topic === "") return reply.numeric("331", name, "There is no topic");
      reply.numeric("332", name, viewed.topic);
      const { topicSet } = viewed;
      if (topicSet !== undefined) {
        reply.numeric("333", name, nickOf(topicSet.by), seconds(topicSet.at));
      }
      return;
    }
    return client.ask(
      reply,
      { type: "topic", room, text: unformatted(text) },
      (event) => {
        const { id: _, ...told } = event;
        for (const line of newsLines(client.server, client.caps, told) ?? []) reply.add(line);
      },
      (refused) => refuseAs(reply, "TOPIC", TOPIC_CODES, refused, name),
    );
  },
};

const TOPIC_CODES: Readonly<Record<string, string>> = {
  "not-in-room": "442",
  "no-such-room": "403",
  "not-allowed": "482",
  muted: "482",
};

const list: Command = {
  count: countOf(0),
  run(client, { params: [filter = ""] }, reply): Later<void> {
    const wanted = wantedRooms(filter);
    return client.ask(reply, { type: "rooms" }, (event) => {
      if (event.type !== "rooms") return;
      reply.numeric("321", "Channel", "Users  Name");
      for (const { room, members, topic = "", title } of event.rooms) {
        const channel = channelOfRoom(room);
        const isEmpty = (): boolean => members === 0 && (client.view?.room(room)?.last ?? 0) === 0;
        if (wanted({ channel, members, isEmpty })) {
          reply.numeric("322", channel, String(members), topic || (title ?? ""));
        }
      }
      reply.numeric("323", "End of /LIST");
    }, (refused) => {
      reply.refuse("LIST", refused);
      reply.numeric("323", "End of /LIST");
    });
  },
};

/** The commands about rooms. */
export const ROOMS: Commands = {
  JOIN: join,
  PART: leave,
  NAMES: names,
  TOPIC: topic,
  LIST: list,
};
