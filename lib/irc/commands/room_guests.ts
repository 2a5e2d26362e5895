/** The commands that bring others into a room, or out of it: INVITE and KICK. */

import { invitedTo } from "../../chat/coming/own_rooms.ts";
import type { Later } from "../../chat/later.ts";
import type { Request } from "../../wire/requests.ts";
import type { IrcClient } from "../client.ts";
import { TARGETS } from "../isupport.ts";
import { channelOfRoom, nameOfNick, nickOf, roomOfChannel } from "../lines/irc_names.ts";
import { reasonIn } from "../lines/text.ts";
import type { IrcLine } from "../lines/write.ts";
import type { Reply } from "../reply.ts";
import { prefixOf } from "../telling/prefix.ts";
import { type Command, type Commands, countOf, eachOf, listed, tooMany } from "./command.ts";
import { noSuchChannel, refuseAs } from "./rooms.ts";

const invite: Command = {
  run(client, { params: [nick, channel] }, reply): Later<void> {
    if (nick === undefined) return listInvitations(client, reply);
    if (channel === undefined) return reply.numeric("461", "INVITE", "The channel is missing");
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

/** Tells to which rooms a client's account was invited that it has not joined. */
function listInvitations({ house, peer, view }: IrcClient, reply: Reply): void {
  const invited = house.read(peer, (parts, session) => {
    const account = parts.state.people.accountOf(session);
    return account === undefined ? [] : invitedTo(parts, account);
  });
  for (const { room } of invited ?? []) {
    if (view?.room(room)?.isIn !== true) reply.numeric("336", channelOfRoom(room));
  }
  reply.numeric("337", "End of /INVITE list");
}

const INVITE_CODES: Readonly<Record<string, string>> = {
  "not-allowed": "482",
  "not-in-room": "442",
  "no-such-room": "403",
  "not-logged-in": "482",
};

const kick: Command = {
  least: 2,
  count: countOf(1),
  run(client, { params: [channels = "", nicks = "", text = ""] }, reply): Later<void> {
    const kicks = kicksIn(channels, nicks);
    if (kicks.length === 0) {
      return reply.numeric(
        "461",
        "KICK",
        "Each channel needs its nick, or one channel has them all",
      );
    }
    if (kicks.length > TARGETS.KICK) return tooMany(reply, nicks);
    return eachOf(kicks, (each) => kickOne(client, each, reasonIn(text), reply));
  },
};

/** Who is to be sent out, and of where. */
interface Kick {
  readonly channel: string;
  readonly nick: string;
}

/** Everybody out of one channel, or each out of a channel of their own; none: it is neither. */
function kicksIn(channels: string, nicks: string): readonly Kick[] {
  const places = channels.split(",").filter((part) => part !== "");
  if (places.length === 1) return listed(nicks).map((nick) => ({ channel: places[0] ?? "", nick }));
  const people = nicks.split(",").filter((part) => part !== "");
  if (people.length !== places.length) return [];
  return people.map((nick, at) => ({ channel: places[at] ?? "", nick }));
}

function kickOne(
  client: IrcClient,
  { channel, nick }: Kick,
  reason: string,
  reply: Reply,
): Later<void> {
  const room = roomOfChannel(channel);
  const viewed = room === undefined ? undefined : client.view?.room(room);
  if (room === undefined || viewed === undefined) return noSuchChannel(reply, channel);
  if (!viewed.isIn) return reply.numeric("442", channel, "You are not on that channel");
  const target = viewed.member(nameOfNick(nick))?.name;
  if (target === undefined) {
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
      // In a large room nobody is told, so there is nothing to wait for.
      if (viewed.tellsPresence) client.kicks.set(sent, () => {});
      else client.kicks.delete(sent);
      const params = [channelOfRoom(viewed.name), nickOf(target), reason || nickOf(client.name)];
      reply.add({ source: prefixOf(client.server, client.name), command: "KICK", params });
    },
    (refused) => {
      client.kicks.delete(sent);
      refuseAs(reply, "KICK", { "not-allowed": "482" }, refused, channel);
    },
  );
}

/** The commands about others in rooms. */
export const ROOM_GUESTS: Commands = { INVITE: invite, KICK: kick };
