/** `chatroom connect`: the client, on a terminal or in a pipe. */

import { altered, type Conversation, type LinkEvent } from "../client/conversation.ts";
import { askingForPasswords } from "../client/opening.ts";
import type { Stream } from "../client/wire.ts";
import { askLine } from "../client/terminal/ask.ts";
import { CAUSE_CODES } from "../client/exit_code.ts";
import { runPipe } from "../client/pipe.ts";
import { LineEditor } from "../client/terminal/editor.ts";
import { depthOf } from "../client/terminal/palette.ts";
import { runTerminal, type TerminalOptions } from "../client/terminal/terminal.ts";
import { denoTerminal } from "../client/terminal/tty.ts";
import { type Invocation, readEnv, type Subcommand, UsageError } from "./flags.ts";
import { complain } from "./output.ts";
import {
  chosenName,
  givenSecrets,
  openLink,
  PEER_FLAGS,
  PEER_NOTES,
  requiredName,
  serverAddress,
} from "./peer.ts";
import { firstContact } from "./first_contact.ts";
import { Remembered } from "./remembered.ts";
import { SHAPE_FLAGS, SHAPE_NOTES, shapeFrom } from "./shape.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS, tlsWish } from "./tls_peer.ts";
import { formatAddress } from "./values.ts";

/** How long a script's client goes on trying after it lost the server, in ms. */
const PIPE_GIVES_UP_MS = 30_000;

/** `chatroom connect`. */
export const connectCommand: Subcommand = {
  ...TITLES.connect,
  positionals: "[HOST[:PORT]]",
  maxPositionals: 1,
  notes: [
    ...PEER_NOTES,
    "",
    "On a terminal: type a message and press Enter; /help lists the commands. Tab completes, Up and",
    "Down recall, Alt-Enter begins a new line, Ctrl-C twice or Ctrl-D leaves, Ctrl-Z suspends.",
    "A lost connection is made again, brings what was missed, and sends what was written meanwhile.",
    "The name and the server are remembered for the next time, with other settings, in a file",
    "settings.toml in $XDG_CONFIG_HOME/chatroom or ~/.config/chatroom (macOS: ~/Library/Application",
    "Support/chatroom; Windows: %APPDATA%\\chatroom). Flags and environment go before it; NO_COLOR",
    "and TERM=dumb are heeded.",
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
    PEER_FLAGS.password,
    PEER_FLAGS.classic,
    ...TLS_PEER_FLAGS,
    { ...SHAPE_FLAGS.json, summary: `in a pipe: ${SHAPE_FLAGS.json.summary}` },
    { ...SHAPE_FLAGS.raw, summary: `in a pipe: ${SHAPE_FLAGS.raw.summary}` },
    { name: "plain", summary: "on a terminal: no colour, no control sequences" },
    { name: "no-settings", summary: "on a terminal: neither read nor write the settings" },
  ],
  run: runConnect,
};

function runConnect(invocation: Invocation): Promise<number> {
  const shape = shapeFrom(invocation);
  const interactive = Deno.stdin.isTerminal() && Deno.stdout.isTerminal() && shape === "lines";
  return interactive ? onTerminal(invocation) : inPipe(invocation);
}

async function onTerminal(invocation: Invocation): Promise<number> {
  // What is wrong with the settings while the terminal is in use is said when it is free again.
  let late: string[] | undefined;
  const remembered = Remembered.open({
    ...invocation.has("no-settings") ? { dir: false } : {},
    complain: (line) => late === undefined ? complain(line) : void late.push(line),
  });
  const { settings } = remembered;
  const address = serverAddress(invocation.positionals[0], settings.server);
  const plain = invocation.has("plain") || readEnv("TERM") === "dumb";
  // Set by deno task, npm and npx.
  const io = denoTerminal(readEnv("INIT_CWD") !== undefined);
  const name = chosenName(invocation, settings.name) ??
    await askLine(io, "Your name: ", { plain });
  if (typeof name === "number") return name;
  if (name === "") throw new UsageError("A name is needed: --name NAME or $CHATROOM_NAME");
  const wish = tlsWish(invocation, address);
  const contact: { readonly stream?: Stream } | number = wish === undefined
    ? {}
    : await firstContact(io, address, wish, plain);
  if (typeof contact === "number") return contact;
  // What was written before a password was asked for is in the row afterwards, or found by Up.
  const look = { io, plain, room: invocation.all("room")[0] ?? "lobby", editor: new LineEditor() };
  const server = (wish === undefined ? "" : "tls://") + formatAddress(address);
  return await askingForPasswords({
    open: (secrets, stream) => openLink(invocation, address, name, { wish, stream, secrets }),
    stream: contact.stream,
    given: givenSecrets(invocation),
    ask: (question) => askLine(io, question, { plain, secret: true }),
    complain,
    name,
    talk: async (conversation) => {
      late = [];
      const code = await talkOnTerminal({ ...look, conversation, server, remembered });
      for (const line of late.splice(0)) complain(line);
      late = undefined;
      return code;
    },
  });
}

/** What {@linkcode talkOnTerminal} needs. */
type Talk =
  & Pick<TerminalOptions, "conversation" | "io" | "plain" | "room" | "editor" | "server">
  & { readonly remembered: Remembered };

/** Runs the chat, with the settings and for the settings. Resolves with the exit code. */
async function talkOnTerminal({ conversation, remembered, ...options }: Talk): Promise<number> {
  const { server } = options;
  const note = (): void => remembered.update({ name: conversation.name, server });
  return await runTerminal({
    ...options,
    conversation: noting(conversation, note),
    color: readEnv("NO_COLOR") === undefined,
    depth: depthOf(readEnv("TERM"), readEnv("COLORTERM")),
    settings: remembered.settings,
    save: ({ name: _, server: __, ...rest }) => remembered.update(rest),
  });
}

/** `conversation`; `note` is called when the server has let us in or given us another name. */
function noting(conversation: Conversation, note: () => void): Conversation {
  async function* events(): AsyncGenerator<LinkEvent> {
    for await (const event of conversation.events) {
      if (event.type === "ready") note();
      yield event;
    }
  }
  const send: Conversation["send"] = async (request) => {
    const answer = await conversation.send(request);
    if (answer.type === "renamed") note();
    return answer;
  };
  return altered(conversation, { events: events(), send });
}

async function inPipe(invocation: Invocation): Promise<number> {
  const address = serverAddress(invocation.positionals[0]);
  const name = requiredName(invocation);
  const cause = await runPipe({
    link: openLink(invocation, address, name, { giveUpMs: PIPE_GIVES_UP_MS, scrollback: 0 }),
    input: Deno.stdin.readable,
    output: Deno.stdout.writable,
    complain,
    shape: shapeFrom(invocation),
    rooms: invocation.all("room").length > 1,
  });
  return typeof cause === "number" ? cause : CAUSE_CODES[cause];
}
