// @ts-check
/** Every command that all doors have. To add one, write its record in the file of its topic. */

import { wrong } from "../command.js";
import { MOD_COMMANDS } from "./moderation.js";
import { NAME_COMMANDS } from "./names.js";
import { ROOM_COMMANDS } from "./rooms.js";
import { TALK_COMMANDS } from "./talk.js";

/** @typedef {import("../../wire/events.ts").Event} Event */

/**
 * In the order in which `/help` shows them.
 * @type {import("../command.js").Command[]}
 */
export const COMMANDS = [
  {
    name: "help",
    aliases: ["?"],
    usage: "",
    summary: "show these commands",
    topic: "rest",
    parse: () => ({ kind: "help" }),
  },
  ...ROOM_COMMANDS,
  ...TALK_COMMANDS,
  ...NAME_COMMANDS,
  ...MOD_COMMANDS,
  {
    name: "quit",
    aliases: ["exit", "bye"],
    usage: "",
    summary: "leave the chat",
    topic: "rest",
    first: 10,
    parse: (rest) => rest === "" ? { kind: "quit" } : wrong(`/quit takes nothing, not ${rest}`),
  },
];

/**
 * The sentences that tell what came of a command; `undefined` for an event that none has to do with.
 * @param {Event} event
 * @returns {string[] | undefined}
 */
export function tellCommand(event) {
  const told = COMMANDS.find(({ tells }) => tells?.[event.type] !== undefined)?.tells;
  const tell = /** @type {((event: Event) => string[]) | undefined} */ (told?.[event.type]);
  return tell?.(event);
}
