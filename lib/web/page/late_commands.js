// @ts-check
/**
 * The commands, how they are completed, what they look for and what is told of them: that comes when
 * somebody joins, as a first visit does without.
 */

import { Late } from "./late.js";
import { holdsSecret, MAY_BE_SECRET } from "../../words/secret.js";

/** @import { Event } from "../../wire/events.ts" */
/** @import { Request } from "../../wire/requests.ts" */
/** @import { CommandDesk, Typed } from "./command_desk.js" */
/** @import { Talk } from "./last_said.js" */
/** @import { Place } from "./place.js" */

const NOT_HERE = "The server did not send the commands yet; try again when the connection is back";

/** The commands; nothing where the server does not send them. @type {Late<CommandDesk>} */
export const lateCommands = new Late(async () => {
  // What it imports is asked for with it, and not after it.
  const [{ COMMAND_DESK }] = await Promise.all([
    import("./command_desk.js"),
    import("../../words/parse.js"),
    import("../../words/commands/table.js"),
    import("../../words/commands/names.js"),
    import("./completion.js"),
    import("./own_commands.js"),
    import("./finder.js"),
    import("./choice_menu.js"),
    import("./asked.js"),
    import("../../words/doubt.js"),
    import("./last_said.js"),
    import("./emoji_choices.js"),
    import("./room_details.js"),
  ]);
  return COMMAND_DESK;
});

/**
 * What a typed line asks for. Plain text is said without the commands, too.
 * @type {(line: string, place: Place | undefined, commands: CommandDesk | undefined, talk: Talk) => Typed}
 */
export function readTyped(line, place, commands, talk) {
  if (commands !== undefined) return commands.parse(line, place, talk);
  const room = place?.kind === "room" ? place.name : "";
  if (holdsSecret(line)) return { kind: "error", text: MAY_BE_SECRET };
  if (line.startsWith("/")) return { kind: "error", text: NOT_HERE };
  return { kind: "request", request: { type: "say", room, text: line } };
}

/**
 * Tells people of an event, in the sentences of the command that it belongs to.
 * @param {Event} event
 * @param {{ note(text: string): void }} store
 * @param {Request} [request] that it answers
 */
export async function tellEvent(event, store, request) {
  const commands = lateCommands.here ?? await lateCommands.come();
  for (const text of commands?.tell(event, request) ?? []) store.note(text);
}
