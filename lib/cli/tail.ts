/** `chatroom tail`: prints what is said in rooms, and never sends a message. */

import { nameKey } from "../words/names.js";
import { CAUSE_CODES, INTERRUPT_CODE, SIGNAL_CODES } from "../client/conversation.ts";
import { runFollow } from "../client/follow.ts";
import { flagOf, type Invocation, parseFrom, type Subcommand, UsageError } from "./flags.ts";
import { complain } from "./output.ts";
import {
  chosenName,
  givenRooms,
  PEER_FLAGS,
  PEER_NOTES,
  serverAddress,
  SHAPE_FLAGS,
  SHAPE_NOTES,
  shapeFrom,
  TIME_FLAG,
  timesFrom,
} from "./peer.ts";
import { openLink } from "./peer_link.ts";
import { hasTerminal, onSignals, outliveTerminal } from "./signals.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS } from "./tls_peer.ts";
import { parseCount } from "./values.ts";

const LAST = "10";
/** The most messages that `--lines` takes: more than a server keeps by default. */
const MAX_LAST = 10_000;

/** `chatroom tail`. */
export const tailCommand: Subcommand = {
  ...TITLES.tail,
  positionals: "[HOST[:PORT]]",
  notes: [
    ...PEER_NOTES,
    "The name differs from that of chatroom connect, so that both can run side by side. After a lost",
    "connection tail reconnects and prints what was missed. It ends with Ctrl-C, or when nobody reads",
    "its output any more. --no-follow prints only what was said before.",
    "",
    ...SHAPE_NOTES,
  ],
  flags: [
    flagOf("--name NAME", "the name that others see", {
      default: "that of connect with -tail, or tail",
    }),
    { ...PEER_FLAGS.room, many: true },
    PEER_FLAGS.exactName,
    flagOf(
      "-n, --lines COUNT",
      `earlier messages of each room to print first; 0 for none, ${MAX_LAST} at most`,
      { default: LAST },
    ),
    flagOf("--no-follow", "end after the earlier messages instead of waiting for more"),
    flagOf(
      "--exit-on-disconnect",
      "end with exit code 3 when the connection is lost, instead of reconnecting",
    ),
    SHAPE_FLAGS.json,
    SHAPE_FLAGS.raw,
    TIME_FLAG,
    PEER_FLAGS.password,
    PEER_FLAGS.classic,
    ...TLS_PEER_FLAGS,
  ],
  run: runTail,
};

async function runTail(invocation: Invocation): Promise<number> {
  const address = serverAddress(invocation.positionals[0]);
  const shape = shapeFrom(invocation);
  const times = timesFrom(invocation, shape);
  const last = countFrom(invocation.get("lines") ?? LAST);
  const name = invocation.get("name") ?? tailName(chosenName(invocation));
  const rooms = givenRooms(invocation);
  const endsByItself = invocation.has("no-follow");
  const link = openLink(invocation, address, name, {
    ...(endsByItself || invocation.has("exit-on-disconnect") ? { giveUpMs: 0 } : {}),
  });
  let signalled: number | undefined;
  using _outliving = outliveTerminal();
  using _listening = onSignals((signal) => {
    signalled = signal === "SIGTERM" || signal === "SIGHUP" ? SIGNAL_CODES[signal] : INTERRUPT_CODE;
    link.close();
  }, hasTerminal() ? undefined : ["SIGINT", "SIGTERM"]);
  const cause = await runFollow({
    link,
    output: Deno.stdout.writable,
    complain,
    shape,
    last,
    rooms: rooms.length > 1,
    times,
    ...(endsByItself ? { endAfterRooms: Math.max(1, new Set(rooms.map(nameKey)).size) } : {}),
  });
  return signalled ?? (typeof cause === "number" ? cause : CAUSE_CODES[cause]);
}

function tailName(name: string | undefined): string {
  return name === undefined ? "tail" : `${name}-tail`;
}

function countFrom(text: string): number {
  const count = parseFrom("--lines", text, (text) => {
    try {
      return parseCount(text, 0);
    } catch (error) {
      if (!(error instanceof UsageError) || /^-?\d/.test(text)) throw error;
      throw new UsageError(`${error.message} (-n is --lines here; --name has no short form)`);
    }
  });
  if (count <= MAX_LAST) return count;
  throw new UsageError(`--lines takes up to ${MAX_LAST}, not ${text}`);
}
