/** What `/help` shows: every command by what it is for, and the keys. */

import { COMMANDS } from "../../chat/command.ts";
import type { Entry } from "./entry.ts";
import { OWN_COMMANDS } from "./own_command.ts";

/** The one line that a newcomer needs. */
export const FIRST_HELP = "Type a message and press Enter; /help shows what else there is.";

type Row = readonly [usage: string, summary: string];

/** What everybody needs. */
const FIRST = "msg me join leave rooms who search history nick quit".split(" ");

/** What belongs together; a command that is named nowhere stands under the last topic. */
const GROUPS: ReadonlyArray<readonly [topic: string, heading: string, names: readonly string[]]> = [
  ["talk", "talk", ["msg", "reply", "me", "history", "search", "around", "nick"]],
  ["rooms", "rooms", ["join", "leave", "room", "rooms", "who", "topic"]],
  ["alerts", "what you are told", ["notify", "bell", "ignore", "unignore", "presence"]],
  ["names", "your name", ["register", "login", "passwd", "unregister"]],
  [
    "moderation",
    "who may do what",
    ["kick", "ban", "unban", "mute", "unmute", "bans", "op", "deop", "audit"],
  ],
  ["rest", "the rest", ["resend", "colours", "help", "quit"]],
];

/** What stands behind `/help`; also the name of a command may. */
export const HELP_TOPICS: readonly string[] = [...GROUPS.map(([topic]) => topic), "keys", "all"];

const KEYS: readonly Row[] = [
  ["Enter", "send"],
  ["Alt-Enter, Ctrl-J", "begin a new line"],
  ["Tab, Shift-Tab", "complete a command, a name or a room; again for the next"],
  ["Up, Down", "recall what you sent; your draft is below the last"],
  ["Ctrl-N, Ctrl-P", "look at your next or previous room"],
  ["Alt-1 to Alt-9", "look at your first to ninth room"],
  ["Ctrl-A, Ctrl-E", "go to the beginning or the end; so do Home and End"],
  ["Alt-B, Alt-F", "go a word back or on; so do Ctrl-Left and Ctrl-Right"],
  ["Ctrl-W, Alt-D", "cut the word before or behind the cursor"],
  ["Ctrl-U, Ctrl-K", "cut all before or behind the cursor"],
  ["Ctrl-Y", "put in what was cut last"],
  ["Ctrl-T", "swap two characters"],
  ["Ctrl-L", "clear the screen; scrolling back shows it"],
  ["Ctrl-Z", "go to the shell if possible; fg comes back"],
  ["Ctrl-C", "clear the line; twice on an empty one leaves"],
  ["Ctrl-D", "leave, on an empty line"],
];

/** The entries of `/help`, `/help TOPIC` or `/help COMMAND`; `undefined` for what is neither. */
export function helpEntries(topic: string, at: Date): Entry[] | undefined {
  const back = more("/help", "what everybody needs", at);
  if (topic === "") return [...section("help", [...rowsOf(FIRST), SLASH], at), topics(at)];
  if (topic === "keys") return [...section("keys", KEYS, at), back];
  const groups = GROUPS.filter(([name]) => name === topic || topic === "all");
  if (groups.length > 0) {
    return [
      ...groups.flatMap(([name, heading, names]) => section(heading, rowsIn(name, names), at)),
      topic === "all" ? more("/help keys", "the keys", at) : topics(at),
    ];
  }
  const command = everyCommand().find(({ name, aliases = [] }) =>
    [name, ...aliases].includes(topic.replace(/^\//, ""))
  );
  return command && [...rowsOf([command.name]).map((row) => entryOf(row, at)), topics(at)];
}

const SLASH: Row = ["//text", "say a message that begins with a slash"];

/** A topic's commands; the first also has how to say a slash, the last what is named nowhere. */
function rowsIn(topic: string, names: readonly string[]): Row[] {
  if (topic === GROUPS[0]?.[0]) return [...rowsOf(names), SLASH];
  if (topic !== GROUPS.at(-1)?.[0]) return rowsOf(names);
  const grouped = new Set(GROUPS.flatMap(([, , each]) => each));
  const others = everyCommand().filter(({ name }) => !grouped.has(name));
  return rowsOf([...others.map(({ name }) => name), ...names]);
}

function everyCommand(): Array<(typeof COMMANDS)[number] | (typeof OWN_COMMANDS)[number]> {
  return [...COMMANDS.filter(({ name }) => name !== "help"), ...OWN_COMMANDS];
}

function rowsOf(names: readonly string[]): Row[] {
  const all = everyCommand();
  return names.flatMap((wanted) => all.filter(({ name }) => name === wanted)).map((
    { name, usage, summary },
  ): Row => [`/${name} ${usage}`.trimEnd(), summary]);
}

function topics(at: Date): Entry {
  return more("/help TOPIC", `more about ${HELP_TOPICS.join(", ")}, or a command`, at);
}

function section(heading: string, rows: readonly Row[], at: Date): Entry[] {
  return [{ kind: "rule", at, text: heading }, ...rows.map((row) => entryOf(row, at))];
}

function entryOf([usage, text]: Row, at: Date): Entry {
  return { kind: "help", at, usage, text };
}

function more(usage: string, text: string, at: Date): Entry {
  return { kind: "help", at, usage, text };
}
