/** `chatroom connect`: the client, on a terminal or in a pipe. */

import { flag, type Invocation, type Subcommand } from "./flags.ts";
import { PEER_FLAGS, PEER_NOTES } from "./peer.ts";
import { SHAPE_FLAGS, SHAPE_NOTES, shapeFrom } from "./shape.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS } from "./tls_peer.ts";

/** `chatroom connect`. */
export const connectCommand: Subcommand = {
  ...TITLES.connect,
  positionals: "[HOST[:PORT]]",
  notes: [
    ...PEER_NOTES,
    "On a terminal: type a message and press Enter; /help lists the commands. Tab completes, Up and",
    "Down recall, Alt-Enter begins a new line, Ctrl-C twice or Ctrl-D leaves, Ctrl-Z suspends.",
    "After a lost connection the client reconnects, shows what was missed, and sends what was written",
    "in the meantime.",
    "The name and the server are remembered in a file; chatroom help settings says where, and when",
    "not. NO_COLOR and TERM=dumb are heeded.",
    "",
    "In a pipe each line of stdin is a message to the first room; at its end the client waits",
    "until the server has them all. What others say comes on stdout, with #room before it when",
    "there are several; diagnostics go to stderr. No settings are read or written.",
    "",
    ...SHAPE_NOTES,
  ],
  flags: [
    PEER_FLAGS.name,
    { ...PEER_FLAGS.room, many: true },
    { ...PEER_FLAGS.exactName, summary: `in a pipe: ${PEER_FLAGS.exactName.summary}` },
    PEER_FLAGS.password,
    PEER_FLAGS.classic,
    ...TLS_PEER_FLAGS,
    { ...SHAPE_FLAGS.json, summary: `in a pipe: ${SHAPE_FLAGS.json.summary}` },
    { ...SHAPE_FLAGS.raw, summary: `in a pipe: ${SHAPE_FLAGS.raw.summary}` },
    flag("--plain", "on a terminal: no colour, no control sequences"),
    flag("--no-settings", "on a terminal: neither read nor write the settings"),
  ],
  run: runConnect,
};

async function runConnect(invocation: Invocation): Promise<number> {
  const shape = shapeFrom(invocation);
  const interactive = Deno.stdin.isTerminal() && Deno.stdout.isTerminal() && shape === "lines";
  // Load only the code of the one that is used.
  if (interactive) {
    return await (await import("./connect_terminal.ts")).connectOnTerminal(invocation);
  }
  return await (await import("./connect_pipe.ts")).connectInPipe(invocation);
}
