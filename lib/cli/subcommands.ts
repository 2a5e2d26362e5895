/** The subcommands, and what holds for all of them. */

import { benchCommand } from "./bench.ts";
import { checkCommand } from "./check.ts";
import { connectCommand } from "./connect.ts";
import { exportCommand } from "./export.ts";
import { helpFor, parseInvocation, type Subcommand, UsageError } from "./flags.ts";
import { importCommand } from "./import.ts";
import { complain, print } from "./output.ts";
import { sendCommand } from "./send.ts";
import { serveCommand } from "./serve.ts";
import { VERSION } from "./version.ts";

/** Every subcommand, in the order of the help. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  serveCommand,
  connectCommand,
  sendCommand,
  benchCommand,
  exportCommand,
  importCommand,
  checkCommand,
];

/** What `chatroom --help` prints. */
export function helpForAll(): string {
  const width = Math.max(...SUBCOMMANDS.map(({ name }) => name.length));
  return [
    `chatroom ${VERSION}: a chat server and its client`,
    "",
    "Usage: chatroom SUBCOMMAND [flags] …",
    "",
    ...SUBCOMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "chatroom SUBCOMMAND --help shows the flags; chatroom --version the version.",
  ].join("\n");
}

/** Runs the subcommand that `args` name; resolves with the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    complain(`chatroom: ${error.message}`);
    return 2;
  }
}

async function dispatch([name = "--help", ...args]: readonly string[]): Promise<number> {
  if (["--version", "-V", "version"].includes(name)) {
    print(`chatroom ${VERSION}`);
    return 0;
  }
  if (["--help", "-h", "help"].includes(name)) {
    const about = args[0] === undefined ? undefined : find(args[0]);
    print(about === undefined ? helpForAll() : helpFor(about));
    return 0;
  }
  const command = find(name);
  if (command === undefined) {
    throw new UsageError(
      `there is no subcommand ${JSON.stringify(name)}; chatroom --help lists them`,
    );
  }
  const end = args.indexOf("--");
  const flags = end === -1 ? args : args.slice(0, end);
  if (flags.includes("--help") || flags.includes("-h")) {
    print(helpFor(command));
    return 0;
  }
  return await command.run(parseInvocation(command, args));
}

function find(name: string): Subcommand | undefined {
  return SUBCOMMANDS.find((command) => command.name === name || command.aliases.includes(name));
}
