/**
 * The slash commands: one table that the classic door, the terminal and the web page share. A line
 * that somebody typed goes in, what it asks for comes out; `/help` is printed from the table.
 */

import { editDistance, isSwap } from "./edit_distance.ts";
import { roomName } from "./name.ts";
import { ask, type Command, type Parsed, type Place, splitName, unquote, wrong } from "./parsed.ts";
import { PEOPLE_COMMANDS } from "./people_command.ts";
import { holdsSecret, MAY_BE_SECRET } from "../words/secret.js";

export const DEFAULT_HISTORY = 20;
export const MAX_HISTORY = 200;

/** Every command, in the order in which `/help` shows them. */
export const COMMANDS: readonly Command[] = [
  {
    name: "help",
    aliases: ["?"],
    usage: "",
    summary: "show these commands",
    parse: () => ({ kind: "help" }),
  },
  {
    name: "join",
    aliases: ["j"],
    usage: "ROOM",
    summary: "enter a room; it is made if there is none",
    parse: (rest) =>
      rest === ""
        ? wrong("/join needs the name of a room, as in: /join dev")
        : ask({ type: "join", room: roomName(rest) }),
  },
  {
    name: "leave",
    aliases: ["part"],
    usage: "[ROOM]",
    summary: "leave this room, or the one named",
    parse: (rest, { room }) => ask({ type: "leave", room: roomName(rest) || room }),
  },
  {
    name: "rooms",
    aliases: ["list"],
    usage: "",
    summary: "list the rooms that are open",
    parse: () => ask({ type: "rooms" }),
  },
  {
    name: "who",
    aliases: ["names"],
    usage: "[ROOM]",
    summary: "list who is here, or in the room named",
    parse: (rest, { room }) => ask({ type: "who", room: roomName(rest) || room }),
  },
  {
    name: "msg",
    aliases: ["dm", "tell"],
    usage: "NAME TEXT",
    summary: 'tell one person only; a name with spaces may be quoted: /msg "Ann Lee" hi',
    parse: (rest, place) => parseDirect(rest, place),
  },
  {
    name: "me",
    usage: "TEXT",
    summary: "say what you do: /me waves",
    parse: (rest, { room }) =>
      rest === ""
        ? wrong("/me needs to know what you do, as in: /me waves")
        : ask({ type: "say", room, text: rest, action: true }),
  },
  {
    name: "nick",
    aliases: ["name"],
    usage: "NAME",
    summary: "take another name",
    parse: (rest) =>
      rest === ""
        ? wrong("/nick needs the name you want, as in: /nick ann")
        : ask({ type: "rename", name: unquote(rest) }),
  },
  {
    name: "topic",
    usage: "[TEXT]",
    summary: "show what this room is about, or say it anew",
    parse: (rest, { room }) =>
      ask(rest === "" ? { type: "topic", room } : { type: "topic", room, text: rest }),
  },
  {
    name: "history",
    usage: "[COUNT]",
    summary:
      `show this room's last messages (${DEFAULT_HISTORY} unless told, ${MAX_HISTORY} at most)`,
    parse: (rest, { room }) => parseHistory(rest, room),
  },
  {
    name: "search",
    aliases: ["find"],
    usage: "[WORDS]",
    summary:
      'find what was said: /search lunch "at noon" from:bob in:dev after:2026-11-01; /search alone finds more',
    parse: (rest) => ask({ type: "search", query: rest }),
  },
  ...PEOPLE_COMMANDS,
  {
    name: "quit",
    aliases: ["exit", "bye"],
    usage: "",
    summary: "leave the chat",
    parse: (rest) => rest === "" ? { kind: "quit" } : wrong(`/quit takes nothing, not ${rest}`),
  },
];

/**
 * Reads a line that somebody typed. Plain text and `//text` are said in the room (the second with
 * one slash less), `/name …` is looked up in {@linkcode COMMANDS}.
 */
export function parseLine(line: string, place: Place): Parsed {
  if (holdsSecret(line)) return wrong(MAY_BE_SECRET);
  if (!line.startsWith("/")) return ask({ type: "say", room: place.room, text: line });
  if (line.startsWith("//")) return ask({ type: "say", room: place.room, text: line.slice(1) });
  const [, name = "", rest = ""] = /^\/(\S*)\s*([\s\S]*)$/.exec(line) ?? [];
  const command = find(name.toLowerCase());
  if (command !== undefined) return command.parse(rest.trimEnd(), place);
  const near = nearest(name.toLowerCase());
  const advice = near === undefined ? "/help lists them all" : `did you mean /${near}?`;
  return wrong(`There is no command /${name}; ${advice} (a message that begins with / needs //)`);
}

/** The lines that `/help` shows. */
export function helpLines(): string[] {
  const shown = COMMANDS.map((c) => [`/${c.name} ${c.usage}`.trimEnd(), c.summary] as const);
  const width = Math.max(...shown.map(([left]) => left.length));
  return [
    ...shown.map(([left, right]) => `${left.padEnd(width)}  ${right}`),
    "//text".padEnd(width) + "  say a message that begins with a slash",
  ];
}

function find(name: string): Command | undefined {
  return COMMANDS.find((c) => c.name === name || c.aliases?.includes(name));
}

function parseDirect(rest: string, place: Place): Parsed {
  const [to, text] = splitName(rest, place);
  return to === "" || text === ""
    ? wrong("/msg needs a name and a text, as in: /msg ann see you at noon")
    : ask({ type: "direct", to, text });
}

function parseHistory(rest: string, room: string): Parsed {
  if (rest === "") return ask({ type: "history", room, limit: DEFAULT_HISTORY });
  const limit = /^\d{1,6}$/.test(rest) ? Number(rest) : 0;
  if (limit >= 1 && limit <= MAX_HISTORY) return ask({ type: "history", room, limit });
  return wrong(`/history takes a number from 1 to ${MAX_HISTORY}, not ${rest}`);
}

/** The command that `name` begins, or is one edit away from, or two where it is long or has letters swapped. */
function nearest(name: string): string | undefined {
  if (name === "") return undefined;
  const spelled = COMMANDS.flatMap((c) =>
    [c.name, ...c.aliases ?? []].map((s) => [s, c.name] as const)
  );
  const begun = spelled.find(([s]) => s.startsWith(name));
  if (begun !== undefined) return begun[1];
  const ranked = spelled
    .map(([s, target]) => [editDistance(name.slice(0, 20), s), target, s] as const)
    .sort(([a], [b]) => a - b)
    .find(([edits, , s]) => edits <= 1 || (edits === 2 && (name.length > 4 || isSwap(name, s))));
  return ranked?.[1];
}
