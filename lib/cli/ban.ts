/** `chatroom ban`: lists and lifts the bans and mutes in a data directory. */

import { rangeProblem } from "../chat/judge/target.ts";
import type { Sanction } from "../chat/people/records.ts";
import { writtenAddress } from "../server/address.ts";
import { storedTime } from "../store/columns.ts";
import { openReader } from "../store/directory.ts";
import { readPeople } from "../store/people.ts";
import { banLine, modText } from "../words/commands/moderation.js";
import { inertLine } from "../words/inert.js";
import { roomName } from "../words/names.js";
import { askConsole } from "./ask_console.ts";
import { SERVER_DATA_FLAG, withData } from "./data.ts";
import { chosen, flagOf, type Invocation, type Subcommand, UsageError } from "./flags.ts";
import { complain, printResult } from "./output.ts";
import { roomKeyOf } from "./room.ts";
import { TITLES } from "./titles.ts";

const ACTIONS = ["list", "lift"];
const KINDS = ["ban", "mute"] as const;

/** `chatroom ban`. */
export const banCommand: Subcommand = {
  ...TITLES.ban,
  positionals: `${ACTIONS.join("|")} [WHO]`,
  choices: ACTIONS,
  notes: [
    "People are banned in the client: an owner types /ban bob 2h spam. chatroom help bans shows how",
    "to become an owner, and what else an owner can do.",
    "",
    "list prints who is banned or muted, everywhere and in rooms. lift ends every ban and mute of",
    "WHO, a name or an address, and of names that look like it, and prints each.",
    "Works whether the server runs or not; one that runs does it at once.",
  ],
  flags: [
    SERVER_DATA_FLAG,
    flagOf("-r, --room ROOM", "only bans and mutes of that room"),
    flagOf("--kind KIND", "only bans, or only mutes", { choices: KINDS }),
  ],
  run: (invocation) => withData(invocation, (directory) => runBan(invocation, directory)),
};

async function runBan(invocation: Invocation, directory: string): Promise<number> {
  const [action = "", who] = invocation.positionals;
  if (!ACTIONS.includes(action)) {
    throw new UsageError(`ban takes ${ACTIONS.join(" or ")}, not ${action || "nothing"}`);
  }
  const kind = chosen(KINDS, invocation.get("kind"));
  const room = invocation.get("room");
  // A mistake in it would look as if nobody were banned there.
  const key = room === undefined ? undefined : roomKeyOf(roomName(room));
  const isMeant = (sanction: Sanction): boolean =>
    (kind === undefined || sanction.kind === kind) &&
    (key === undefined || sanction.room === key) &&
    (sanction.until === 0 || sanction.until > Date.now());
  if (action === "list") {
    if (who !== undefined) throw new UsageError("ban list takes no name");
    return list(directory, isMeant);
  }
  if (who === undefined) throw new UsageError("ban lift needs a name or an address: ban lift bob");
  return await lift(directory, who, {
    ...(kind === undefined ? {} : { kind }),
    ...(room === undefined ? {} : { room }),
  });
}

function list(directory: string, isMeant: (sanction: Sanction) => boolean): number {
  using db = openReader(directory);
  const sanctions = readPeople(db).sanctions.filter(isMeant);
  if (sanctions.length === 0) printResult("Nobody is banned or muted.");
  for (const sanction of sanctions) printResult(inertLine(lineOf(sanction)));
  return 0;
}

function lineOf({ kind, target, room, by, at, until, reason }: Sanction): string {
  const what = `The ${kind} on ${target}`;
  return banLine({
    ...{ kind, target, by, at: storedTime(at, what) },
    ...(room === "" ? {} : { room }),
    ...(until === 0 ? {} : { until: storedTime(until, what) }),
    ...(reason === "" ? {} : { reason }),
  });
}

async function lift(
  directory: string,
  who: string,
  only: { readonly room?: string; readonly kind?: Sanction["kind"] },
): Promise<number> {
  // Don't make a directory that does not exist.
  openReader(directory).close();
  const { lifted = [] } = await askConsole(directory, { type: "lift", who, ...only });
  for (const line of lifted) printResult(inertLine(modText({ type: "mod", ...line })));
  if (lifted.length > 0) return 0;
  const why = rangeProblem(who, writtenAddress) ?? `There is no such ban or mute on ${who}`;
  complain(inertLine(`${why}; chatroom ban list shows all`));
  return 1;
}
