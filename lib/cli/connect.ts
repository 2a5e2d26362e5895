/** `chatroom connect`: the client, on a terminal or in a pipe. */

import { askLine } from "../client/terminal/ask.ts";
import { CAUSE_CODES } from "../client/exit_code.ts";
import { runPipe } from "../client/pipe.ts";
import { depthOf } from "../client/terminal/palette.ts";
import { runTerminal } from "../client/terminal/terminal.ts";
import { denoTerminal } from "../client/terminal/tty.ts";
import { type Invocation, readEnv, type Subcommand, UsageError } from "./flags.ts";
import { complain } from "./output.ts";
import {
  chosenName,
  openLink,
  PEER_FLAGS,
  PEER_NOTES,
  requiredName,
  serverAddress,
} from "./peer.ts";
import { formatAddress } from "./values.ts";

/** How long a script's client goes on trying after it lost the server, in ms. */
const PIPE_GIVES_UP_MS = 30_000;

/** `chatroom connect`. */
export const connectCommand: Subcommand = {
  name: "connect",
  aliases: ["client"],
  positionals: "[HOST[:PORT]]",
  maxPositionals: 1,
  summary: "join a server, at a terminal or in a pipe",
  notes: [
    ...PEER_NOTES,
    "In a pipe each line of stdin is a message to the first room; at its end the client waits",
    "until the server has them all. What others say comes on stdout.",
  ],
  flags: [
    PEER_FLAGS.name,
    { ...PEER_FLAGS.room, many: true },
    PEER_FLAGS.classic,
    { name: "json", summary: "in a pipe: print each event as a line of JSON" },
    { name: "plain", summary: "on a terminal: no colour, no control sequences" },
  ],
  run: runConnect,
};

function runConnect(invocation: Invocation): Promise<number> {
  const interactive = Deno.stdin.isTerminal() && Deno.stdout.isTerminal() &&
    !invocation.has("json");
  return interactive ? onTerminal(invocation) : inPipe(invocation);
}

async function onTerminal(invocation: Invocation): Promise<number> {
  const address = serverAddress(invocation.positionals[0]);
  const plain = invocation.has("plain") || readEnv("TERM") === "dumb";
  // Set by deno task, npm and npx.
  const io = denoTerminal(readEnv("INIT_CWD") !== undefined);
  const name = chosenName(invocation) ?? await askLine(io, "Your name: ", { plain });
  if (typeof name === "number") return name;
  if (name === "") throw new UsageError("A name is needed: --name NAME or $CHATROOM_NAME");
  return await runTerminal({
    conversation: openLink(invocation, address, name),
    io,
    plain,
    color: readEnv("NO_COLOR") === undefined,
    depth: depthOf(readEnv("TERM"), readEnv("COLORTERM")),
    server: formatAddress(address),
    room: invocation.all("room")[0] ?? "lobby",
  });
}

async function inPipe(invocation: Invocation): Promise<number> {
  const address = serverAddress(invocation.positionals[0]);
  const name = requiredName(invocation);
  const cause = await runPipe({
    link: openLink(invocation, address, name, PIPE_GIVES_UP_MS),
    input: Deno.stdin.readable,
    output: Deno.stdout.writable,
    complain,
    json: invocation.has("json"),
  });
  return typeof cause === "number" ? cause : CAUSE_CODES[cause];
}
