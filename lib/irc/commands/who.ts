/** WHO: lists the people of a channel, or those whose nicks fit; with fields of one's choice, as WHOX. */

import type { Later } from "../../chat/later.ts";
import type { SessionView } from "../../chat/answers/view.ts";
import type { Viewed } from "../../chat/answers/viewed_person.ts";
import type { RoomMember } from "../../chat/answers/viewed_room.ts";
import type { IrcClient } from "../client.ts";
import { channelOfRoom, isChannel, nickOf, roomOfChannel } from "../lines/irc_names.ts";
import type { Reply } from "../reply.ts";
import { rankSign } from "../telling/names_list.ts";
import { hostOf, realNameOf, userOf } from "../telling/prefix.ts";
import type { Command, Commands } from "./command.ts";

/** The most people in one list that is of no channel. */
const MOST_LISTED = 500;
/** The most signs of a mask. */
const MOST_MASK = 64;

/** Somebody in the list, and the channel that they are listed for. */
interface Found {
  readonly person: Viewed | RoomMember;
  readonly channel: string;
}

const who: Command = {
  run(client, { params: [mask = "*", options = ""] }, reply): Later<void> {
    const waits = client.peer.costly("history");
    const tell = (): void => {
      const [, fields, token = ""] = /%([a-z]*)(?:,(.{1,3}))?/i.exec(options) ?? [];
      const isOperators = /^o/.test(options);
      for (const found of findAll(client, mask)) {
        if (isOperators && found.person.role === "member") continue;
        if (fields === undefined) tellOne(client, found, reply);
        else reply.numeric("354", ...chosen(client, found, fields, token));
      }
      reply.numeric("315", mask, "End of WHO list");
    };
    return waits === undefined ? tell() : waits.then(tell);
  },
};

function findAll(client: IrcClient, mask: string): readonly Found[] {
  const { view } = client;
  if (view === undefined) return [];
  if (isChannel(mask)) {
    const room = view.room(roomOfChannel(mask) ?? "");
    if (room === undefined || !room.isIn && !room.mayList) return [];
    const channel = channelOfRoom(room.name);
    return room.members().map((person) => ({ person, channel }));
  }
  const fits = fitsMask(mask === "0" ? "*" : mask);
  // Everybody is `+i`: who is looked for by a mask is told to those in a room with them, and to operators.
  const isFound = mask !== "0" && !/[*?]/.test(mask) ? () => true : isSeenIn(view);
  const found: Found[] = [];
  for (const person of view.everybody()) {
    if (found.length >= MOST_LISTED) break;
    if (fits(nickOf(person.name)) && isFound(person)) found.push({ person, channel: "*" });
  }
  return found;
}

/** Whether whoever has this view is told of somebody who was looked for by a mask. */
export function isSeenIn(view: SessionView): (person: Viewed) => boolean {
  const { role, who: own } = view.self;
  return role !== "member"
    ? () => true
    : ({ who, name }) => who === own || view.shared(name).length > 0;
}

/** Whether a nick fits to a mask, in which `*` stands for any letters and `?` for one. */
export function fitsMask(mask: string): (nick: string) => boolean {
  const pattern = mask.replace(/\*+/g, "*").slice(0, MOST_MASK).toLowerCase();
  return (nick) => isFitting(pattern, nick.toLowerCase());
}

/** Without going back more than to the last `*`, so that no mask takes long. */
function isFitting(pattern: string, text: string): boolean {
  let [at, star, from] = [0, -1, 0];
  let i = 0;
  while (i < text.length) {
    if (pattern[at] === "*") {
      star = at++;
      from = i;
    } else if (pattern[at] === "?" || at < pattern.length && pattern[at] === text[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++from;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** Here or gone, an operator of the server, and what one may do in the channel. */
function flagsOf({ person }: Found): string {
  const sign = "roomRole" in person ? rankSign(person) : "";
  return `${person.away === "" ? "H" : "G"}${person.role === "member" ? "" : "*"}${sign}`;
}

function tellOne(client: IrcClient, found: Found, reply: Reply): void {
  const { server } = client;
  const { person: { name, account }, channel } = found;
  reply.numeric(
    "352",
    channel,
    userOf(server, name),
    hostOf(account?.name),
    server.name,
    nickOf(name),
    flagsOf(found),
    `0 ${realNameOf(server, name)}`,
  );
}

/** The fields in the order of WHOX, whatever the order in which they were asked for. */
function chosen(
  client: IrcClient,
  found: Found,
  fields: string,
  token: string,
): readonly string[] {
  const { server } = client;
  const { person: { name, account, idleMs }, channel } = found;
  const all: ReadonlyArray<readonly [letter: string, value: () => string]> = [
    ["t", () => token || "0"],
    ["c", () => channel],
    ["u", () => userOf(server, name)],
    ["i", () => "255.255.255.255"],
    ["h", () => hostOf(account?.name)],
    ["s", () => server.name],
    ["n", () => nickOf(name)],
    ["f", () => flagsOf(found)],
    ["d", () => "0"],
    ["l", () => String(Math.floor((idleMs ?? 0) / 1_000))],
    ["a", () => account === undefined ? "0" : nickOf(account.name)],
    ["o", () => "n/a"],
    ["r", () => realNameOf(server, name)],
  ];
  return all.filter(([letter]) => fields.includes(letter)).map(([, value]) => value());
}

/** The command that lists people. */
export const WHO: Commands = { WHO: who };
