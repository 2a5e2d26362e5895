/** MONITOR: tells a client when somebody comes or goes, wherever they are. */

import type { Later } from "../../chat/later.ts";
import type { IrcClient } from "../client.ts";
import { MOST_MONITORED } from "../isupport.ts";
import { isNick } from "../lines/irc_names.ts";
import {
  hereAs,
  listLines,
  monitorLines,
  type Monitors,
  monitorsOf,
  shownAs,
} from "../monitors.ts";
import { roomFor } from "../lines/write.ts";
import type { Reply } from "../reply.ts";
import { inLines } from "../telling/names_list.ts";
import { type Command, type Commands, countOf, listed } from "./command.ts";

const monitor: Command = {
  least: 1,
  count: countOf(1),
  run(client, { params: [sign = "", targets] }, reply): Later<void> {
    const monitors = monitorsOf(client.server);
    switch (sign.toUpperCase()) {
      case "-":
        return listed(targets).forEach((nick) => monitors.remove(client, nick));
      case "C":
        return monitors.clear(client);
    }
    const waits = client.peer.costly("history");
    const tell = (): void => answer(client, monitors, { sign, targets }, reply);
    return waits === undefined ? tell() : waits.then(tell);
  },
};

/** What a client asks for with MONITOR. */
interface MonitorAsk {
  readonly sign: string;
  readonly targets: string | undefined;
}

function answer(
  client: IrcClient,
  monitors: Monitors,
  { sign, targets }: MonitorAsk,
  reply: Reply,
): void {
  const names = monitors.of(client).map(({ nick }) => nick);
  switch (sign.toUpperCase()) {
    case "+":
      return add(client, monitors, listed(targets), reply);
    case "L":
      for (const line of listLines(client, "732", names)) reply.add(line);
      return reply.numeric("733", "End of MONITOR list");
    case "S":
      return tellOf(client, names, reply);
    default:
      reply.fail(
        "MONITOR",
        "UNKNOWN_SUBCOMMAND",
        "MONITOR takes + and - with nicks, C, L and S",
        sign,
      );
  }
}

function add(client: IrcClient, monitors: Monitors, nicks: readonly string[], reply: Reply): void {
  const added: string[] = [];
  const others: string[] = [];
  for (const nick of nicks) {
    // Nobody can be called that, and so nobody is here; what is no nick takes no place in the list.
    const isKept = !isNick(nick) || monitors.add(client, nick) !== undefined;
    (isKept ? added : others).push(nick);
  }
  tellOf(client, added, reply);
  const most = String(MOST_MONITORED);
  const text = "That is one nick too many";
  const room = roomFor(client.server.name, "734", `${client.shownNick} ${most} ${text}`);
  for (const line of inLines(others, room, ",")) reply.numeric("734", most, line, text);
}

/** Tells who of those is here, and who is not. */
function tellOf(client: IrcClient, nicks: readonly string[], reply: Reply): void {
  const [came, left]: [string[], string[]] = [[], []];
  for (const nick of nicks) {
    const person = hereAs(client, nick);
    if (person === undefined) left.push(nick);
    else came.push(shownAs(client, person));
  }
  for (const line of monitorLines(client, { came, left })) reply.add(line);
}

/** The command that monitors names. */
export const MONITOR: Commands = { MONITOR: monitor };
