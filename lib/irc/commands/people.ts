/** The commands about people: WHOIS, WHOWAS, AWAY, SETNAME, ISON and USERHOST; and OPER, which nobody needs. */

import { after, type Later, unlessRefused } from "../../chat/later.ts";
import { passOnText } from "../../chat/answers/passed_on.ts";
import type { Viewed } from "../../chat/answers/viewed_person.ts";
import type { ViewedRoom } from "../../chat/answers/viewed_room.ts";
import { sameName } from "../../words/names.js";
import type { IrcClient } from "../client.ts";
import { neighboursOf } from "../clients.ts";
import { channelOfRoom, nameOfNick, nickOf } from "../lines/irc_names.ts";
import { MOST_BODY } from "../lines/parse.ts";
import { reasonIn } from "../lines/text.ts";
import { leftPeople } from "../left_people.ts";
import { hereAs, monitorsOf } from "../monitors.ts";
import type { Reply } from "../reply.ts";
import { inLines, rankSign } from "../telling/names_list.ts";
import { hostOf, prefixOf, realNameOf, rememberUser, userOf } from "../telling/prefix.ts";
import { seconds } from "../telling/times.ts";
import type { Command, Commands } from "./command.ts";
import { realNameIn } from "./registering.ts";

/** The most nicks in one command. */
const MOST_NICKS = 5;

const whois: Command = {
  run(client, { params }, reply): Later<void> {
    const nick = params.at(-1) ?? "";
    if (nick === "") return reply.numeric("431", "No nick was given");
    // With two parameters, the first is the server that is asked: this one, or that of the nick.
    const [server] = params.length > 1 ? params : [];
    if (server !== undefined && !isHere(client, server, nick)) {
      return reply.numeric("402", server, "There is no such server");
    }
    const tell = (): void => {
      const name = nameOfNick(nick);
      const { view } = client;
      // Whoever has reserved a name is known by it, here or not.
      const person = view?.person(name) ?? view?.account(name);
      if (person === undefined) reply.numeric("401", nick, "There is no such nick");
      else tellPerson(client, person, reply);
      reply.numeric("318", person === undefined ? nick : nickOf(person.name), "End of /WHOIS list");
    };
    const waits = client.peer.costly("history");
    return waits === undefined ? tell() : waits.then(tell);
  },
};

/** irssi asks so where WHOIS found nobody, and shows this answer alone. */
const whowas: Command = {
  run(client, { params: [nick = "", count = ""] }, reply): Later<void> {
    if (nick === "") return reply.numeric("431", "No nick was given");
    const { server } = client;
    const found = leftPeople(server).of(client, nick);
    const most = /^\d{1,9}$/.test(count) ? Number(count) : 0;
    for (const { name, user, host, realName } of most > 0 ? found.slice(0, most) : found) {
      reply.numeric("314", nickOf(name), user, host, "*", realName);
      reply.numeric("312", nickOf(name), server.name, server.network);
    }
    if (found.length === 0) reply.numeric("406", nick, "There was nobody of that nick lately");
    reply.numeric("369", nick, "End of WHOWAS");
  },
};

function isHere({ server: { name } }: IrcClient, server: string, nick: string): boolean {
  return server === "" || server.toLowerCase() === name.toLowerCase() || sameName(server, nick);
}

function tellPerson(client: IrcClient, person: Viewed, reply: Reply): void {
  const { server } = client;
  const { name, account, role, away, since, idleMs, here, seen } = person;
  const nick = nickOf(name);
  const host = hostOf(account?.name);
  reply.numeric("311", nick, userOf(server, name), host, "*", realNameOf(server, name));
  const rooms = sharedRooms(client, name);
  const head = `:${server.name} 319 ${client.shownNick} ${nick} :`.length * 3;
  for (const line of inLines(rooms, MOST_BODY - head)) reply.numeric("319", nick, line);
  reply.numeric("312", nick, server.name, server.network);
  if (role !== "member") reply.numeric("313", nick, `is an ${role} of the server`);
  if (away !== "") reply.numeric("301", nick, away);
  if (account !== undefined) {
    reply.numeric("330", nick, nickOf(account.name), "is logged in as");
  }
  if (!here) {
    const when = seen === undefined ? "" : `, and was here last at ${seen}`;
    reply.numeric("320", nick, `is not here${when}`);
  }
  if (idleMs !== undefined && since > 0) {
    reply.numeric("317", nick, seconds(idleMs), seconds(since), "seconds idle, and since when");
  }
}

/** The channels that somebody is in, as far as the client may know: those that both are in. */
function sharedRooms({ view, name: own }: IrcClient, name: string): string[] {
  const rooms: readonly ViewedRoom[] = sameName(name, own)
    ? view?.rooms() ?? []
    : view?.shared(name) ?? [];
  return rooms.map((room) => {
    const member = room.member(name);
    return `${member === undefined ? "" : rankSign(member)}${channelOfRoom(room.name)}`;
  });
}

const away: Command = {
  run(client, { params: [text = ""] }, reply): Later<void> {
    const why = reasonIn(text);
    return client.ask(
      reply,
      { type: "away", ...(why.trim() === "" ? {} : { text: why }) },
      (event) => {
        if (event.type !== "away") return;
        if (event.text === undefined) reply.numeric("305", "You are back");
        else reply.numeric("306", "You are marked as away");
      },
      (refused) => reply.refuse("AWAY", refused),
    );
  },
};

const setname: Command = {
  least: 1,
  run(client, { params: [text = ""] }, reply): Later<void> {
    const realName = realNameIn(text);
    if (realName === "" || realName.length < text.length) {
      return reply.fail(
        "SETNAME",
        "INVALID_REALNAME",
        "That can't be a real name; it may be too long",
      );
    }
    return after(
      client.peer.costly("history"),
      () =>
        unlessRefused(() => setRealName(client, realName, reply), ({ code, message }) => {
          client.server.shared.metrics.refused(code);
          reply.fail("SETNAME", "CANNOT_CHANGE_REALNAME", `${message}.`);
        }),
    );
  },
};

/** Tells those who share a room with a client what its person is called now. */
function setRealName(client: IrcClient, realName: string, reply: Reply): Later<void> {
  const { house, peer } = client;
  const waits = house.read(peer, (parts, session) => passOnText(parts, session, realName));
  client.realName = realName;
  rememberUser(client.server, client.name, peer.says?.());
  const line = {
    source: prefixOf(client.server, client.name),
    command: "SETNAME",
    params: [realName],
  };
  if (client.caps.has("setname")) reply.add(line);
  const elsewhere = monitorsOf(client.server).elsewhere(client.name);
  for (const other of new Set([...neighboursOf(client), ...elsewhere])) {
    if (other !== client && other.caps.has("setname")) other.write(line);
  }
  return waits;
}

/** The nicks that ISON asks about: in one parameter, or in several. */
function nicksIn(params: readonly string[]): string[] {
  return params.flatMap((param) => param.split(" ")).filter((nick) => nick !== "");
}

const ison: Command = {
  least: 1,
  count: ({ params }) => Math.max(1, nicksIn(params).length),
  run(client, { params }, reply): Later<void> {
    const here = nicksIn(params).flatMap((nick) => {
      const person = hereAs(client, nick);
      return person === undefined ? [] : nickOf(person.name);
    });
    reply.numeric("303", here.join(" "));
  },
};

const userhost: Command = {
  least: 1,
  run(client, { params }, reply): Later<void> {
    const found = params.slice(0, MOST_NICKS).flatMap((nick) => {
      const person = hereAs(client, nick);
      if (person === undefined) return [];
      const { name, account, away } = person;
      const user = `${userOf(client.server, name)}@${hostOf(account?.name)}`;
      return `${nickOf(name)}=${away === "" ? "+" : "-"}${user}`;
    });
    reply.numeric("302", found.join(" "));
  },
};

const oper: Command = {
  run(_, __, reply): Later<void> {
    reply.numeric("491", "Roles come with the name that one has shown to be one's own");
  },
};

/** The commands about people. */
export const PEOPLE: Commands = {
  WHOIS: whois,
  WHOWAS: whowas,
  AWAY: away,
  SETNAME: setname,
  ISON: ison,
  USERHOST: userhost,
  OPER: oper,
};
