/** All commands of the terminal. */

import { COMMANDS } from "../../../words/commands/table.js";
import { ALERT_COMMANDS } from "./alerts.ts";
import type { TerminalCommand } from "./desk.ts";
import { TERMINAL_FILE_COMMANDS } from "./files.ts";
import { TERMINAL_LIFE_COMMANDS } from "./life.ts";
import { LOOK_COMMANDS } from "./look.ts";
import { PLACE_COMMANDS } from "./places.ts";
import { READING_COMMANDS } from "./reading.ts";
import { OWN_TALK_COMMANDS } from "./talk.ts";

/** The terminal's own; one with the name of one that all doors have takes its place. */
const OWN: readonly TerminalCommand[] = [
  ...LOOK_COMMANDS,
  ...PLACE_COMMANDS,
  ...READING_COMMANDS,
  ...OWN_TALK_COMMANDS,
  ...TERMINAL_LIFE_COMMANDS,
  ...TERMINAL_FILE_COMMANDS,
  ...ALERT_COMMANDS,
];

/** The commands that all doors have, and the terminal's own. */
export function terminalCommands(): TerminalCommand[] {
  const shared = COMMANDS.map((each) => OWN.find(({ name }) => name === each.name) ?? each);
  return [...new Set([...shared, ...OWN])];
}
