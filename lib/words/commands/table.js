// @ts-check
/** Every command that all doors have. To add one, write its record in the file where it fits. */

import { FILE_COMMANDS } from "./files.js";
import { LIFE_COMMANDS } from "./life.js";
import { MOD_COMMANDS } from "./moderation.js";
import { NAME_COMMANDS } from "./names.js";
import { PEOPLE_COMMANDS } from "./people.js";
import { ROOM_RECORD_COMMANDS } from "./room.js";
import { ROOM_COMMANDS } from "./rooms.js";
import { TALK_COMMANDS } from "./talk.js";

/** @import { Event } from "../../wire/events.ts" */
/** @import { Command } from "../command.js" */

/**
 * In the order in which `/help` shows them.
 * @type {Command[]}
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
  ...ROOM_RECORD_COMMANDS,
  ...TALK_COMMANDS,
  ...LIFE_COMMANDS,
  ...FILE_COMMANDS,
  ...PEOPLE_COMMANDS,
  ...NAME_COMMANDS,
  ...MOD_COMMANDS,
  {
    name: "quit",
    aliases: ["exit", "bye"],
    usage: "",
    summary: "leave the chat",
    topic: "rest",
    first: 12,
    parse: () => ({ kind: "quit" }),
  },
];

/**
 * A command that an event answers, or tells others of.
 * @type {(event: Event) => Command | undefined}
 */
export function commandBehind({ type }) {
  return COMMANDS.find(({ tells }) => tells?.[type] !== undefined);
}

/**
 * The sentences that tell what came of a command; `undefined` for an event that none has to do with.
 * @type {(event: Event) => string[] | undefined}
 */
export function tellCommand(event) {
  const told = commandBehind(event)?.tells?.[event.type];
  return /** @type {((event: Event) => string[]) | undefined} */ (told)?.(event);
}
