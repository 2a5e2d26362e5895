/** The commands about the server and the connection: PING, QUIT, MOTD, LUSERS, VERSION, TIME and the like. */

import { type Census, census, countRooms } from "../../chat/answers/census.ts";
import type { Later } from "../../chat/later.ts";
import type { IrcClient } from "../client.ts";
import type { IrcServer } from "../irc_server.ts";
import { reasonIn } from "../lines/text.ts";
import { isupportLines } from "../isupport.ts";
import { seconds } from "../telling/times.ts";
import type { Command, Commands } from "./command.ts";
import { fitsMask } from "./who.ts";

/** Tells something by its number. */
type Numeric = (code: string, ...params: readonly string[]) => void;

const ping: Command = {
  isEarly: true,
  run({ server }, { params: [token] }, reply): Later<void> {
    if (token === undefined) return reply.numeric("409", "What is to be sent back is missing");
    reply.add({ source: server.name, command: "PONG", params: [server.name, token] });
  },
};

/** Whatever comes is a sign of life; with a word in it, it also says what the client has got. */
const pong: Command = {
  isEarly: true,
  run: ({ told }, { params }) => told?.answered(params.at(-1)),
};

const quit: Command = {
  isEarly: true,
  // It does wait, but what the client is told meanwhile it may not read any more.
  isSaid: true,
  run(client, { params: [text = ""] }, reply): Later<void> {
    client.told?.leaving(client.heardAt);
    const leave = (): Later<void> => {
      client.lastWords = reasonIn(text);
      if (client.state !== "in") {
        return client.peer.close({ type: "bye", reason: "quit", text: "Goodbye." });
      }
      const why = client.lastWords === "" ? {} : { text: client.lastWords };
      return client.ask(reply, { type: "quit", ...why }, () => {}, () => {});
    };
    const settled = client.settled();
    return settled instanceof Promise ? settled.then(leave) : leave();
  },
};

const motd: Command = {
  run(client, _, reply): Later<void> {
    tellMotd(client, (...params) => reply.numeric(...params));
  },
};

/** Tells the message of the day: there is none. */
export function tellMotd(_: IrcClient, numeric: Numeric): void {
  numeric("422", "There is no message of the day");
}

const lusers: Command = {
  run(client, _, reply): Later<void> {
    const tell = (): void => tellLusers(client, (...params) => reply.numeric(...params), 0);
    const waits = client.peer.costly("history");
    return waits === undefined ? tell() : waits.then(tell);
  },
};

/** Where more are here, what was counted for another is told to those who come in soon after, for so many ms. */
const FEW_PRESENT = 500;
const COUNTS_HOLD_MS = 1_000;

/** What was counted last for somebody who may know of everybody. */
const counted = new WeakMap<IrcServer, { readonly at: number; readonly found: Census }>();

/**
 * Tells how many people and rooms there are that a client may know of; where many are here, as it was `holdMs`
 * before at the earliest.
 */
export function tellLusers(
  client: IrcClient,
  numeric: Numeric,
  holdMs: number = COUNTS_HOLD_MS,
): void {
  const { server } = client;
  const { people, operators, own } = countFor(client, holdMs);
  const rooms = client.house.read(client.peer, countRooms) ?? 0;
  server.most = Math.max(server.most, people);
  server.mostOwn = Math.max(server.mostOwn, own);
  const [most, mostOwn] = [String(server.most), String(server.mostOwn)];
  numeric("251", `There are ${people} users and 0 invisible on 1 servers`);
  numeric("252", String(operators), "operators online");
  numeric("254", String(rooms), "channels open");
  numeric("255", `I have ${own} clients and 0 servers`);
  numeric("265", String(own), mostOwn, `Users here: ${own}, at most ${mostOwn}`);
  numeric("266", String(people), most, `Users in all: ${people}, at most ${most}`);
}

function countFor({ server, house, peer, view }: IrcClient, holdMs: number): Census {
  const now = performance.now();
  const last = counted.get(server);
  const isSame = house.present > FEW_PRESENT && view?.isConfined === false;
  if (isSame && last !== undefined && now - last.at < holdMs) return last.found;
  const found = house.read(peer, census) ?? { people: 0, operators: 0, own: 0 };
  if (isSame) counted.set(server, { at: now, found });
  return found;
}

const version: Command = {
  run({ server }, { params: [target] }, reply): Later<void> {
    if (!isServer(server.name, target)) {
      return reply.numeric("402", target ?? "*", "There is no such server");
    }
    reply.numeric("351", server.shared.version, server.name, "a server for chatroom");
    for (const tokens of isupportLines(server)) {
      reply.numeric("005", ...tokens, "are supported by this server");
    }
  },
};

const time: Command = {
  run({ server }, { params: [target] }, reply): Later<void> {
    if (!isServer(server.name, target)) {
      return reply.numeric("402", target ?? "*", "There is no such server");
    }
    const now = new Date();
    reply.numeric("391", server.name, seconds(now.getTime()), "0", now.toUTCString());
  },
};

/** Whether a command is for this server: for whichever, or by its name. */
function isServer(name: string, target: string | undefined): boolean {
  if (target === undefined) return true;
  // No regular expression: many stars in one would take the server hours.
  return fitsMask(target)(name);
}

const info: Command = {
  run({ server }, _, reply): Later<void> {
    reply.numeric("371", server.shared.version);
    reply.numeric("371", "https://modern.ircdocs.horse tells how IRC clients talk to it");
    reply.numeric("374", "End of INFO");
  },
};

const admin: Command = {
  run({ server }, _, reply): Later<void> {
    reply.numeric("423", server.name, "Nothing is known of who runs this server");
  },
};

const links: Command = {
  run({ server }, _, reply): Later<void> {
    reply.numeric("364", server.name, server.name, `0 ${server.shared.title ?? server.network}`);
    reply.numeric("365", "*", "End of LINKS");
  },
};

/** The commands about the server and the connection. */
export const SERVER_INFO: Commands = {
  PING: ping,
  PONG: pong,
  QUIT: quit,
  MOTD: motd,
  LUSERS: lusers,
  VERSION: version,
  TIME: time,
  INFO: info,
  ADMIN: admin,
  LINKS: links,
};
