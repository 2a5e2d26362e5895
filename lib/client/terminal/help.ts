/** What `/help` shows: every command by what it is for, and the keys. */

import { COMMANDS } from "../../chat/command.ts";
import type { Entry } from "./entry.ts";
import { OWN_COMMANDS } from "./own_command.ts";

/** The one line that a newcomer needs. */
export const FIRST_HELP = "Type a message and press Enter; /help shows what else there is.";

type Row = readonly [usage: string, summary: string];

/** What belongs together; a command that is named nowhere stands under the last heading. */
const GROUPS: ReadonlyArray<readonly [heading: string, names: readonly string[]]> = [
  ["talk", ["msg", "reply", "me", "history", "search", "around", "nick"]],
  ["rooms", ["join", "leave", "room", "rooms", "who", "topic"]],
  ["what you are told", ["notify", "bell", "ignore", "unignore", "presence"]],
  ["your name", ["register", "login", "passwd", "unregister"]],
  [
    "who may do what",
    ["kick", "ban", "unban", "mute", "unmute", "bans", "op", "deop", "audit"],
  ],
  ["the rest", ["resend", "colours", "help", "quit"]],
];

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
  ["Ctrl-Z", "go to the shell; fg comes back to your draft"],
  ["Ctrl-C", "clear the line; twice on an empty one leaves"],
  ["Ctrl-D", "leave, on an empty line"],
];

/** The entries of `/help` or `/help keys`. */
export function helpEntries(topic: "commands" | "keys", at: Date): Entry[] {
  if (topic === "keys") return [...section("keys", KEYS, at), more("/help", "the commands", at)];
  const all = [...COMMANDS.filter(({ name }) => name !== "help"), ...OWN_COMMANDS];
  const grouped = new Set(GROUPS.flatMap(([, names]) => names));
  const groups = GROUPS.map(([heading, names], n) => {
    const isLast = n === GROUPS.length - 1;
    const named = names.flatMap((name) => all.filter((command) => command.name === name));
    const others = isLast ? all.filter(({ name }) => !grouped.has(name)) : [];
    const rows = [...others, ...named].map((
      { name, usage, summary },
    ): Row => [`/${name} ${usage}`.trimEnd(), summary]);
    const slash: Row = ["//text", "say a message that begins with a slash"];
    return section(heading, n === 0 ? [...rows, slash] : rows, at);
  });
  return [...groups.flat(), more("/help keys", "the keys", at)];
}

function section(heading: string, rows: readonly Row[], at: Date): Entry[] {
  const entries = rows.map(([usage, text]): Entry => ({ kind: "help", at, usage, text }));
  return [{ kind: "rule", at, text: heading }, ...entries];
}

function more(usage: string, text: string, at: Date): Entry {
  return { kind: "help", at, usage, text };
}
