/** The table of commands as the page reads it: what it needs to complete and to parse a line. */

import { COMMANDS, DEFAULT_HISTORY, MAX_HISTORY } from "../chat/command.ts";

/** What is served as `/commands.json`. */
export interface CommandTable {
  readonly commands: ReadonlyArray<{
    readonly name: string;
    readonly aliases: readonly string[];
    readonly usage: string;
    readonly summary: string;
  }>;
  /** How many messages `/history` asks for: unless told, and at most. */
  readonly defaultHistory: number;
  readonly maxHistory: number;
}

/** Names, parameters and summaries of {@linkcode COMMANDS}. */
export function commandTable(): CommandTable {
  const commands = COMMANDS.map(({ name, aliases = [], usage, summary }) => ({
    name,
    aliases,
    usage,
    summary,
  }));
  return { commands, defaultHistory: DEFAULT_HISTORY, maxHistory: MAX_HISTORY };
}
