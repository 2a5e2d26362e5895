/** What `/help` shows: the commands by topic, and the keys. */

import type { CommandWords } from "../../words/command.js";
import { HELP_HEADINGS, HELP_TOPICS } from "../../words/commands/help_topics.js";
import { findCommand } from "../../words/parse.js";
import type { PrintedEntry } from "./entry.ts";

type Row = readonly [usage: string, summary: string];

/** What is told of the view: its keys, and in a few words those that one needs there. */
export interface ViewHelp {
  readonly keys: readonly Row[];
  readonly first: readonly Row[];
}

const KEYS: readonly Row[] = [
  ["Enter", "send; on an empty line without a connection, try again"],
  ["Alt-Enter, Ctrl-J", "begin a new line"],
  ["Tab, Shift-Tab", "complete what is begun; again for the next"],
  ["Up, Down", "recall what you sent; your draft comes last"],
  ["Ctrl-R", "search in what you sent; again for earlier"],
  ["Ctrl-X Ctrl-E, /editor", "write the line in $VISUAL or $EDITOR"],
  ["Ctrl-N, Ctrl-P", "look at your next or previous room"],
  ["Alt-1 to Alt-9", "look at your first to ninth room"],
  ["Ctrl-A, Ctrl-E", "go to the beginning or end; also Home, End"],
  ["Alt-B, Alt-F", "go a word back or on; also Ctrl-Left, -Right"],
  ["Ctrl-W, Alt-D", "cut the word before or behind the cursor"],
  ["Ctrl-U, Ctrl-K", "cut all before or behind the cursor"],
  ["Ctrl-Y; Ctrl-T", "put in what was cut last; swap two characters"],
  ["Ctrl-L", "clear the screen; scrolling back shows it"],
  ["F1", "what /help shows"],
  ["Ctrl-Z", "go to the shell if possible; fg comes back"],
  ["Escape", "cancel the file that is on its way"],
  ["Ctrl-C", "clear the line; twice on an empty one leaves"],
  ["Ctrl-D", "leave, on an empty line"],
];

/**
 * The entries of `/help`, `/help TOPIC` or `/help COMMAND`; `undefined` for what is neither. `ofView`: the keys of
 * the view, while it is on screen.
 */
export function helpEntries(
  topic: string,
  commands: readonly CommandWords[],
  at: Date,
  ofView?: ViewHelp,
): PrintedEntry[] | undefined {
  if (topic === "") {
    const own = ofView === undefined ? [] : section("keys of the view", ofView.first, at);
    return [...own, ...section("help", [...firstOf(commands, ofView), SLASH], at), topics(at)];
  }
  if (topic === "keys") {
    return [
      ...ofView === undefined ? [] : section("keys of the view", ofView.keys, at),
      ...section("keys", KEYS, at),
      entryOf("/help", "what everybody needs", at),
    ];
  }
  const headings = Object.entries(HELP_HEADINGS).filter(([name]) =>
    name === topic || topic === "all"
  );
  if (headings.length > 0) {
    return [
      ...headings.flatMap(([name, heading]) => section(heading, rowsIn(name, commands), at)),
      topic === "all" ? entryOf("/help keys", "the keys", at) : topics(at),
    ];
  }
  const command = findCommand(topic.replace(/^\//, ""), commands);
  return command && [entryOf(...rowOf(command), at), topics(at)];
}

const SLASH: Row = ["//text", "say a message that begins with a slash"];

/** What everybody needs. */
function firstOf(commands: readonly CommandWords[], ofView?: ViewHelp): Row[] {
  // The view tells of the way back among its keys.
  return commands.filter(({ first, name }) => first !== undefined && !(ofView && name === "view"))
    .sort((a, b) => (a.first ?? 0) - (b.first ?? 0)).map(rowOf);
}

/** The commands of a topic; with talk also how to begin a message with a slash. */
function rowsIn(topic: string, commands: readonly CommandWords[]): Row[] {
  const rows = commands.filter((command) => command.topic === topic).map(rowOf);
  return topic === "talk" ? [...rows, SLASH] : rows;
}

function rowOf({ name, usage, summary }: CommandWords): Row {
  return [`/${name} ${usage}`.trimEnd(), summary];
}

function topics(at: Date): PrintedEntry {
  return entryOf("/help TOPIC", `more about ${HELP_TOPICS.join(", ")}, or a command`, at);
}

function section(heading: string, rows: readonly Row[], at: Date): PrintedEntry[] {
  return [
    { kind: "rule", at, text: heading },
    ...rows.map(([usage, text]) => entryOf(usage, text, at)),
  ];
}

function entryOf(usage: string, text: string, at: Date): PrintedEntry {
  return { kind: "help", at, usage, text };
}
