// @ts-check
/** Reads a line that somebody typed by the table of commands. */

import { speak, wrong } from "./command.js";
import { COMMANDS } from "./commands/table.js";
import { editDistance, isSwap } from "./edit_distance.js";
import { mendLast } from "./last_said.js";
import { holdsSecret, MAY_BE_SECRET } from "./secret.js";
import { readSubstitution } from "./substitution.js";

/** @import { Command, CommandWords, Parsed, Place } from "./command.js" */

/** What the words of other programs are here. @type {ReadonlyMap<string, string>} */
const HINTS = new Map([
  ["status", "away TEXT says that you are away, and why"],
  ["dnd", "notify none makes a room quiet, and /away TEXT says that you are away"],
  ["unaway", "back says that you are not away any more"],
  ["active", "back says that you are not away any more"],
  ["threads", "missed shows what was for you"],
  ["mentions", "missed shows what was for you"],
  ["query", "msg NAME TEXT says something to one person"],
  ["buffer", "room NAME goes to a room, and /room shows yours"],
]);

/**
 * What a line asks for. Plain text and `//text` are said in the room or the conversation (the second
 * with one slash less), `/name …` is looked up in `commands`: all that there are at this door.
 * @template [Own=never]
 * @param {string} line
 * @param {Place} place
 * @param {readonly Command<Own>[]} [commands]
 * @returns {Parsed | Own}
 */
export function parseLine(line, place, commands = COMMANDS) {
  if (holdsSecret(line)) return wrong(MAY_BE_SECRET);
  const change = place.mends ? readSubstitution(line) : undefined;
  if (change !== undefined) return mendLast(change, place);
  if (!line.startsWith("/")) return speak(line, place);
  if (line.startsWith("//")) return speak(line.slice(1), place);
  const [, name = "", rest = ""] = /^\/(\S*)\s*([\s\S]*)$/.exec(line) ?? [];
  const command = findCommand(name, commands);
  if (command?.beyondClassic && place.isOnlyRoom) return wrong(beyond(command));
  if (command !== undefined) {
    const parsed = command.parse(rest.trimEnd(), place);
    // Whoever says more than a command takes means something that it does not do; it may know what.
    const isMore = command.usage === "" && rest.trim() !== "" && !isRefused(parsed);
    return isMore ? wrong(`/${command.name} takes nothing, not ${rest.trimEnd()}`) : parsed;
  }
  const ours = hint(name.toLowerCase(), place, commands);
  const near = ours ?? nearest(name.toLowerCase(), commands);
  const advice = ours !== undefined
    ? `/${ours}`
    : near === undefined
    ? "/help lists them all"
    : `did you mean /${near}?`;
  return wrong(`There is no command /${name}; ${advice} (a message that begins with / needs //)`);
}

/**
 * The command that goes by a name, without its slash and in whatever case.
 * @template {CommandWords} C
 * @param {string} name
 * @param {readonly C[]} commands
 * @returns {C | undefined}
 */
export function findCommand(name, commands) {
  const lower = name.toLowerCase();
  return commands.find((command) => spellings(command).includes(lower));
}

/**
 * What somebody is told who types the word of another program, if they can do here what it did there.
 * @type {(name: string, place: Place, commands: readonly Command<unknown>[]) => string | undefined}
 */
function hint(name, { isOnlyRoom }, commands) {
  const ours = HINTS.get(name);
  const command = findCommand(ours?.split(" ")[0] ?? "", commands);
  return command === undefined || isOnlyRoom && command.beyondClassic ? undefined : ours;
}

/** Whether a command has refused its line itself. @type {(parsed: unknown) => boolean} */
function isRefused(parsed) {
  return parsed instanceof Object && "kind" in parsed && parsed.kind === "error";
}

/** What a classic client is told of a command that it can't do. @type {(command: CommandWords) => string} */
function beyond({ name }) {
  return `/${name} is for chatroom's own client and its page; a client of this kind has no devices, ` +
    "conversations, files, settings or numbers of messages";
}

/** @type {(command: CommandWords) => string[]} */
function spellings({ name, aliases = [] }) {
  return [name, ...aliases];
}

/**
 * The command that `name` begins, or is one edit away from, or two where it is long or has letters swapped.
 * @type {(name: string, commands: readonly CommandWords[]) => string | undefined}
 */
function nearest(name, commands) {
  if (name === "") return undefined;
  const spelled = commands.flatMap((c) => spellings(c).map((word) => ({ word, target: c.name })));
  const begun = spelled.find(({ word }) => word.startsWith(name));
  if (begun !== undefined) return begun.target;
  const ranked = spelled
    .map((each) => ({ ...each, edits: editDistance(name.slice(0, 20), each.word) }))
    .sort((a, b) => a.edits - b.edits)
    .find(({ edits, word }) =>
      edits <= 1 || (edits === 2 && (name.length > 4 || isSwap(name, word)))
    );
  return ranked?.target;
}
