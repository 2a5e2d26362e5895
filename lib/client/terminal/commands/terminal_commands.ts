/** All commands of the terminal. */

import { COMMANDS } from "../../../words/commands/table.js";
import { ALERT_COMMANDS } from "./alerts.ts";
import type { TerminalCommand } from "./desk.ts";
import { LOOK_COMMANDS } from "./look.ts";
import { OWN_TALK_COMMANDS } from "./talk.ts";

/** The terminal's own; `help` takes the place of the one that all doors have. */
const OWN: readonly TerminalCommand[] = [...LOOK_COMMANDS, ...OWN_TALK_COMMANDS, ...ALERT_COMMANDS];

/** The commands that all doors have, and the terminal's own. */
export function terminalCommands(): TerminalCommand[] {
  const shared = COMMANDS.map((each) => OWN.find(({ name }) => name === each.name) ?? each);
  return [...new Set([...shared, ...OWN])];
}
