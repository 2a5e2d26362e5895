/** The commands about rooms: JOIN, PART, NAMES, TOPIC, LIST, INVITE and KICK. */

import type { Later } from "../../chat/later.ts";
import type { Request } from "../../wire/requests.ts";
import type { IrcClient, Refused } from "../client.ts";
import { REASON_LENGTH, TARGETS } from "../isupport.ts";
import { channelOfRoom, nameOfNick, nickOf, roomOfChannel } from "../lines/irc_names.ts";
import { unformatted } from "../lines/text.ts";
import type { IrcLine } from "../lines/write.ts";
import type { Reply } from "../reply.ts";
import { tellEntered } from "../telling/entered.ts";
import { tellNames } from "../telling/names_list.ts";
import { newsLines } from "../telling/news.ts";
import { tellOwn } from "../telling/own.ts";
import { prefixOf } from "../telling/prefix.ts";
import { seconds } from "../telling/times.ts";
import { type Command, type Commands, eachOf, listed } from "./command.ts";

/** Earlier messages that a client gets which can't ask for them. */
const EARLIER = 50;
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
  run(client, { params: [channels = ""] }, reply): Later<void> {
    if (channels === "0") return leaveAll(client, reply);
    return eachOf(
      listed(channels).slice(0, TARGETS.JOIN),
      (channel) => enter(client, channel, reply),
    );
  },
};

function enter(client: IrcClient, channel: string, reply: Reply): Later<void> {
  const room = roomOfChannel(channel);
  if (room === undefined) return noSuchChannel(reply, channel);
  const viewed = client.view?.room(room);
  if (viewed?.isIn) return;
  // One that begins with another # is a room of old, or none.
  if (room.startsWith("#") && viewed === undefined) return noSuchChannel(reply, channel);
  const isAuto = performance.now() - client.cameAt < AUTOJOIN_MS;
  const scrollback = client.caps.has("draft/chathistory") ? 0 : EARLIER;
  let entered: Later<void> = undefined;
  const asked = client.ask(
    reply,
    { type: "join", room, scrollback, ...(isAuto ? { alone: true } : {}) },
    (event) => {
      if (event.type !== "joined") return;
      reply.hold();
      entered = tellEntered(client, event, (line) => reply.add(line));
      if (!(entered instanceof Promise)) return reply.release();
      entered = entered.finally(() => reply.release());
    },
    (refused) => refuseAs(reply, "JOIN", JOIN_CODES, refused, channel),
  );
  return asked instanceof Promise ? asked.then(() => entered) : entered;
}

function noSuchChannel(reply: Reply, channel: string): void {
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
  run(client, { params: [channels, text = ""] }, reply): Later<void> {
    return eachOf(
      listed(channels).slice(0, TARGETS.PART),
      (channel) => part(client, channel, reasonIn(text), reply),
    );
  },
};

/** A reason, as it is shown. */
export function reasonIn(text: string): string {
  return unformatted(text).slice(0, REASON_LENGTH);
}

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
    const { view } = client;
    if (channels === undefined) {
      for (const room of view?.rooms() ?? []) tellNames(client, room, numeric);
      return reply.numeric("366", "*", "End of /NAMES list");
    }
    const waits = client.peer.costly("history");
    const tell = (): void => {
      for (const channel of listed(channels).slice(0, TARGETS.NAMES)) {
        const room = client.view?.room(roomOfChannel(channel) ?? "");
        if (room !== undefined && (room.isIn || room.mayList)) tellNames(client, room, numeric);
      }
      reply.numeric("366", channels, "End of /NAMES list");
    };
    return waits === undefined ? tell() : waits.then(tell);
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
  run(client, { params: [filter = ""] }, reply): Later<void> {
    const wanted = filter.startsWith("#") ? listed(filter).slice(0, TARGETS.LIST) : undefined;
    return client.ask(reply, { type: "rooms" }, (event) => {
      if (event.type !== "rooms") return;
      reply.numeric("321", "Channel", "Users  Name");
      for (const { room, members, topic = "", title } of event.rooms) {
        const channel = channelOfRoom(room);
        const isWanted = wanted === undefined
          ? fits(filter, members) && (members > 0 || (client.view?.room(room)?.last ?? 0) > 0)
          : wanted.some((each) => each.toLowerCase() === channel.toLowerCase());
        if (isWanted) reply.numeric("322", channel, String(members), topic || (title ?? ""));
      }
      reply.numeric("323", "End of /LIST");
    }, (refused) => {
      reply.refuse("LIST", refused);
      reply.numeric("323", "End of /LIST");
    });
  },
};

/** Whether a room has more, or fewer, people than `filter` says. */
function fits(filter: string, members: number): boolean {
  return listed(filter).every((part) => {
    const [, sign, count] = /^([<>])(\d+)$/.exec(part) ?? [];
    if (sign === undefined) return true;
    return sign === ">" ? members > Number(count) : members < Number(count);
  });
}

const invite: Command = {
  least: 2,
  run(client, { params: [nick = "", channel = ""] }, reply): Later<void> {
    const room = roomOfChannel(channel);
    const { view } = client;
    const viewed = room === undefined ? undefined : view?.room(room);
    if (room === undefined || viewed === undefined) return noSuchChannel(reply, channel);
    if (!viewed.isIn) return reply.numeric("442", channel, "You are not on that channel");
    const name = nameOfNick(nick);
    if (viewed.member(name) !== undefined) {
      return reply.numeric("443", nick, channel, "is on the channel already");
    }
    if (view?.person(name) === undefined && view?.account(name) === undefined) {
      return reply.numeric("401", nick, "There is no such nick");
    }
    return client.ask(
      reply,
      { type: "invite", room, name },
      () => {
        reply.numeric("341", nick, channelOfRoom(viewed.name));
        const away = client.view?.person(name)?.away ?? "";
        if (away !== "") reply.numeric("301", nick, away);
      },
      (refused) =>
        refused.code === "already-member"
          ? reply.numeric("443", nick, channel, "belongs to the channel already")
          : refuseAs(reply, "INVITE", INVITE_CODES, refused, channel),
    );
  },
};

const INVITE_CODES: Readonly<Record<string, string>> = {
  "not-allowed": "482",
  "not-in-room": "442",
  "no-such-room": "403",
  "not-logged-in": "482",
};

const kick: Command = {
  least: 2,
  run(client, { params: [channel = "", nicks, text = ""] }, reply): Later<void> {
    const room = roomOfChannel(channel);
    const viewed = room === undefined ? undefined : client.view?.room(room);
    if (room === undefined || viewed === undefined) return noSuchChannel(reply, channel);
    if (!viewed.isIn) return reply.numeric("442", channel, "You are not on that channel");
    const reason = reasonIn(text);
    return eachOf(listed(nicks).slice(0, TARGETS.KICK), (nick) => {
      const target = nameOfNick(nick);
      if (viewed.member(target) === undefined) {
        return reply.numeric("441", nick, channel, "They are not on that channel");
      }
      const why = reason === "" ? {} : { reason };
      const request: Request = { type: "mod", action: "kick", target, room, only: true, ...why };
      // It is told as that somebody was sent out, which may come before the answer or after it.
      const told = (line: IrcLine): void => reply.add(line);
      const sent = `${viewed.name} ${target}`;
      client.kicks.set(sent, told);
      return client.ask(
        reply,
        request,
        () => {
          if (client.kicks.get(sent) !== told) return;
          client.kicks.set(sent, () => {});
          const params = [channelOfRoom(viewed.name), nick, reason || nickOf(client.name)];
          reply.add({ source: prefixOf(client.server, client.name), command: "KICK", params });
        },
        (refused) => {
          client.kicks.delete(sent);
          refuseAs(reply, "KICK", { "not-allowed": "482" }, refused, channel);
        },
      );
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
  INVITE: invite,
  KICK: kick,
};
