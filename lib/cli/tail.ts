/** `chatroom tail`: prints what is said in rooms, and never sends a message. */

import { nameKey } from "../words/names.js";
import {
  CAUSE_CODES,
  type Conversation,
  INTERRUPT_CODE,
  SIGNAL_CODES,
} from "../client/conversation.ts";
import { FileSaver } from "../client/files/file_saver.ts";
import { FileTransfers } from "../client/files/file_transfers.ts";
import { runFollow } from "../client/follow.ts";
import { runInbox } from "../client/inbox.ts";
import { reasonOf } from "../wire/text.ts";
import { fileProgress } from "./file_progress.ts";
import { flagOf, type Invocation, parseFrom, type Subcommand, UsageError } from "./flags.ts";
import { complain } from "./output.ts";
import {
  chosenName,
  givenRooms,
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
    "--to-me prints what is said to you alone, also what was while you were away. It goes by your own",
    "name, whose password is in $CHATROOM_LOGIN: what is read so stays new on your devices.",
    "",
    "--save never overwrites a file, and does not fetch one again that is there: a second one of the",
    "same name gets a number, as in plan (2).pdf. With --json each is told by a line of the type",
    "saved, with file, name and path.",
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
    flagOf("--to-me", "print what is said to this name alone, instead of rooms"),
    flagOf("--no-follow", "end after the earlier messages instead of waiting for more"),
    flagOf(
      "--exit-on-disconnect",
      "end with exit code 3 when the connection is lost, instead of reconnecting",
    ),
    flagOf("--save DIR", "save the files of the messages that are printed there"),
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
  const addresses = serverAddresses(invocation.positionals[0]);
  const shape = shapeFrom(invocation);
  const times = timesFrom(invocation, shape);
  const last = countFrom(invocation.get("lines") ?? LAST);
  const toMe = invocation.has("to-me");
  const rooms = givenRooms(invocation);
  if (toMe && rooms.length > 0) {
    throw new UsageError("--to-me is about no room; leave out --room, or run tail for each");
  }
  const name = toMe
    ? requiredName(invocation)
    : invocation.get("name") ?? tailName(chosenName(invocation));
  const folder = await saveFolder(invocation);
  const endsByItself = invocation.has("no-follow");
  const link = openLink(invocation, addresses, name, {
    roomless: toMe,
    ...(endsByItself || invocation.has("exit-on-disconnect") ? { giveUpMs: 0 } : {}),
  });
  let signalled: number | undefined;
  using _outliving = outliveTerminal();
  using _listening = onSignals((signal) => {
    signalled = signal === "SIGTERM" || signal === "SIGHUP" ? SIGNAL_CODES[signal] : INTERRUPT_CODE;
    link.close();
  }, hasTerminal() ? undefined : ["SIGINT", "SIGTERM"]);
  const saving = folder === undefined ? { link } : savingIn(folder, link, shape === "json");
  const how = { ...saving, output: Deno.stdout.writable, complain, shape, times, last };
  const cause = toMe ? await runInbox({ ...how, endsThen: endsByItself }) : await runFollow({
    ...how,
    rooms: rooms.length > 1,
    times,
    ...(endsByItself ? { endAfterRooms: Math.max(1, new Set(rooms.map(nameKey)).size) } : {}),
  });
  return signalled ?? (typeof cause === "number" ? cause : CAUSE_CODES[cause]);
}

/** The folder that `--save` names, which is made if there is none. Throws a {@linkcode UsageError}. */
async function saveFolder(invocation: Invocation): Promise<string | undefined> {
  const folder = invocation.get("save");
  if (folder === undefined) return undefined;
  if (invocation.has("classic")) throw new UsageError("--classic has no files; leave out --save");
  try {
    await Deno.mkdir(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw new UsageError(`--save ${folder} can't be used as a folder: ${reasonOf(error)}`);
  }
}

/** The link as it is read when files are saved, and who saves them. */
function savingIn(
  folder: string,
  link: Conversation,
  json: boolean,
): { readonly link: Conversation; readonly saver: FileSaver } {
  const transfers = new FileTransfers(link, { onProgress: fileProgress().show });
  const saver = new FileSaver({ transfers, folder, json, complain });
  return { link: transfers.conversation, saver };
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
