// @ts-check
/**
 * The commands that the page has, and no other door, or does in its own way. They come with the others.
 */

import { ask, countIn, wrong } from "../../words/command.js";
import { meantByEdit } from "../../words/last_said.js";
import { HELP_TOPICS } from "../../words/commands/help_topics.js";
import { EDIT_IN_ROW } from "../../words/commands/life.js";
import { COMMANDS } from "../../words/commands/table.js";
import { placeLog } from "./place.js";

/** @import { Command } from "../../words/command.js" */
/** @import { Place } from "./place.js" */
/**
 * `choose`: lets somebody choose files. `edit`: lets them write another text for what they said, or for
 * what they said last. `help`: of a topic or a command.
 * @typedef {{ readonly kind: "choose" } | { readonly kind: "help", readonly topic: string }
 *   | { readonly kind: "edit", readonly seq: number }} Choose
 */

const EDIT = /** @type {Command} */ (COMMANDS.find(({ name }) => name === "edit"));
/** @type {Command<Choose>} */
const HELP = {
  name: "help",
  aliases: ["?"],
  usage: "[TOPIC]",
  summary: "show the commands, or more about a topic or a command",
  topic: "rest",
  takes: HELP_TOPICS,
  parse: (topic) => ({ kind: "help", topic }),
};
/** The most messages that `/unread` takes. */
const MAX_UNREAD = 1_000;

/**
 * All that there are on the page.
 * @param {Place | undefined} place where they are typed
 * @returns {ReadonlyArray<Command<Choose>>}
 */
export function pageCommands(place) {
  const own = ownCommands(place);
  return [...COMMANDS.filter(({ name }) => !own.some((each) => each.name === name)), ...own];
}

/** @param {Place | undefined} place @returns {ReadonlyArray<Command<Choose>>} */
function ownCommands(place) {
  return [
    HELP,
    {
      name: "send",
      usage: "",
      summary: "choose files to send; they can also be pasted, or dropped here",
      topic: "files",
      first: 3,
      parse: () => ({ kind: "choose" }),
    },
    {
      name: "get",
      usage: "",
      summary: "each file has a button that saves it",
      topic: "files",
      parse: () => wrong("Each file has a button that saves it; /files lists them all"),
    },
    {
      ...EDIT,
      ...EDIT_IN_ROW,
      parse: (rest, where) => {
        if (/^[1-9]\d{0,14}$/.test(rest)) return { kind: "edit", seq: Number(rest) };
        if (rest !== "") return EDIT.parse(rest, where);
        const last = meantByEdit(where);
        return typeof last === "number" ? { kind: "edit", seq: last } : last;
      },
    },
    {
      name: "unread",
      usage: "[COUNT]",
      summary: "count the last message here, or so many of them, as unread on your devices",
      topic: "alerts",
      parse: (rest) => {
        const count = rest === "" ? 1 : countIn(rest, MAX_UNREAD);
        if (count === undefined) {
          return wrong(`/unread takes a number from 1 to ${MAX_UNREAD}, not ${rest}`);
        }
        const log = place && placeLog(place);
        const end = place?.timeline.end ?? 0;
        if (log === undefined || end === 0) return wrong("There is no message here to count");
        return ask({ type: "read", ...log, seq: Math.max(0, end - count), back: true });
      },
    },
  ];
}
