/** All commands of the terminal. */

import { COMMANDS } from "../../../words/commands/table.js";
import { bell, ignore, notify, presence, unignore } from "./alerts.ts";
import type { TerminalCommand } from "./desk.ts";
import { colours, help, room } from "./look.ts";
import { around, reply, resend } from "./talk.ts";

/** The terminal's own; `help` takes the place of the one that all doors have. */
const OWN: readonly TerminalCommand[] = [
  ...[room, reply, resend, notify, bell, ignore, unignore, presence, colours, around, help],
];

/** The commands that all doors have, and the terminal's own. */
export function terminalCommands(): TerminalCommand[] {
  const shared = COMMANDS.map((each) => OWN.find(({ name }) => name === each.name) ?? each);
  return [...new Set([...shared, ...OWN])];
}
