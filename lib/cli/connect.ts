/** `chatroom connect`: the client, on a terminal or in a pipe. */

import { CAUSE_CODES } from "../client/conversation.ts";
import type { Shape } from "../client/shown.ts";
import { flagOf, type Invocation, type Subcommand } from "./flags.ts";
import { complain, giveUpPrograms } from "./output.ts";
import {
  INVITE_FLAG,
  PEER_FLAGS,
  PEER_NOTES,
  requiredName,
  serverAddresses,
  SHAPE_FLAGS,
  SHAPE_NOTES,
  shapeFrom,
  TIME_FLAG,
  timesFrom,
} from "./peer.ts";
import { outliveTerminal } from "./signals.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS } from "./tls_peer.ts";

/** How long the client of a script tries to come back after it lost the connection, in ms. */
const PIPE_GIVES_UP_MS = 30_000;

/** `chatroom connect`. */
export const connectCommand: Subcommand = {
  ...TITLES.connect,
  positionals: "[HOST[:PORT]]",
  notes: [
    ...PEER_NOTES,
    "On a terminal: type a message and press Enter; /help lists the commands. Tab completes, Up and",
    "Down recall, Alt-Enter begins a new line, Ctrl-C twice or Ctrl-D leaves, Ctrl-Z suspends.",
    "After a lost connection the client reconnects, shows what was missed, and sends what was written",
    "in the meantime; so it does where a server that it remembers is down at the start.",
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
    INVITE_FLAG,
    PEER_FLAGS.classic,
    ...TLS_PEER_FLAGS,
    { ...SHAPE_FLAGS.json, summary: `in a pipe: ${SHAPE_FLAGS.json.summary}` },
    { ...SHAPE_FLAGS.raw, summary: `in a pipe: ${SHAPE_FLAGS.raw.summary}` },
    { ...TIME_FLAG, summary: `in a pipe: ${TIME_FLAG.summary}` },
    flagOf("--view", "on a terminal: each room on a screen of its own, now and from now on"),
    flagOf("--plain", "on a terminal: no colour, no control sequences"),
    flagOf("--no-settings", "on a terminal: neither read nor write the settings"),
  ],
  run: runConnect,
};

async function runConnect(invocation: Invocation): Promise<number> {
  const shape = shapeFrom(invocation);
  const interactive = Deno.stdin.isTerminal() && Deno.stdout.isTerminal() && shape === "lines";
  // Load only the code of the one that is used.
  if (!interactive) {
    giveUpPrograms();
    return await connectInPipe(invocation, shape);
  }
  return await (await import("./connect_terminal.ts")).connectOnTerminal(invocation);
}

/** Sends what comes on stdin, and prints what others say. Resolves with the exit code. */
async function connectInPipe(invocation: Invocation, shape: Shape): Promise<number> {
  const { runPipe } = await import("../client/pipe.ts");
  const { openLink, persistent } = await import("./peer_link.ts");
  const addresses = serverAddresses(invocation.positionals[0]);
  const name = requiredName(invocation);
  const times = timesFrom(invocation, shape);
  using _outliving = outliveTerminal();
  const cause = await runPipe({
    link: openLink(invocation, addresses, name, {
      giveUpMs: PIPE_GIVES_UP_MS,
      ...persistent(PIPE_GIVES_UP_MS),
    }),
    input: Deno.stdin.readable,
    output: Deno.stdout.writable,
    complain,
    shape,
    rooms: invocation.all("room").length > 1,
    times,
  });
  return typeof cause === "number" ? cause : CAUSE_CODES[cause];
}
