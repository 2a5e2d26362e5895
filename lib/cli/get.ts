/** `chatroom get`: fetches a file that was sent. */

import {
  CAUSE_CODES,
  type Conversation,
  type EndCause,
  RequestError,
} from "../client/conversation.ts";
import type { DownloadTarget } from "../client/files/downloader.ts";
import type { SavePlace } from "../client/files/file_transfer.ts";
import { FileTransfers } from "../client/files/file_transfers.ts";
import { openPart } from "../client/files/part_file.ts";
import { ReaderGone, streamTarget } from "../client/files/stream_target.ts";
import { OutputError } from "../client/printer.ts";
import { whyEnded } from "../client/shown.ts";
import { inertLine } from "../words/inert.js";
import { fileProgress } from "./file_progress.ts";
import { flagOf, type Invocation, type Subcommand, UsageError } from "./flags.ts";
import { complain, printResult } from "./output.ts";
import { PEER_FLAGS, PEER_NOTES, requiredName, serverAddresses } from "./peer.ts";
import { openLink } from "./peer_link.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS } from "./tls_peer.ts";

/** How long to try after the connection was lost, in ms. */
const GIVE_UP_MS = 30_000;
/** What stands for stdout. */
const STDOUT = "-";

/** `chatroom get`. */
export const getCommand: Subcommand = {
  ...TITLES.get,
  positionals: "[HOST[:PORT]] ID",
  notes: [
    ...PEER_NOTES,
    "ID is what tail shows behind a message with a file, and its field file.id with --json. Who may",
    "read the message may fetch the file: for one that was sent to you alone, or to a room for invited",
    "people, go by your reserved name.",
    "",
    "Without -o the file is saved in this folder under its own name, or one with a number, as in",
    "plan (2).pdf, and its path is printed: no file is ever overwritten. Until it is complete and its",
    "hash is right, it ends in .part; the same command goes on with that after it was interrupted.",
  ],
  flags: [
    flagOf("-o, --output FILE", "save it as FILE, or in the folder FILE; - is stdout"),
    ...Object.values(PEER_FLAGS).filter(({ name }) => name !== "classic"),
    ...TLS_PEER_FLAGS,
  ],
  run: runGet,
};

async function runGet(invocation: Invocation): Promise<number> {
  const [first, second] = invocation.positionals;
  const id = second ?? first;
  if (id === undefined) throw new UsageError("get needs the ID of a file, as in: get 3f9a2c");
  const addresses = serverAddresses(second === undefined ? undefined : first);
  const output = invocation.get("output");
  const place = await placeFrom(output);
  const link = openLink(invocation, addresses, requiredName(invocation), { giveUpMs: GIVE_UP_MS });
  const transfers = new FileTransfers(link, { onProgress: fileProgress().show });
  const ended = watchEnd(transfers.conversation);
  let code: number | undefined;
  try {
    if (place === undefined) {
      const target = (): Promise<DownloadTarget<void>> =>
        Promise.resolve(streamTarget(Deno.stdout.writable));
      await transfers.fetch(id, target).result;
    } else {
      const path = await transfers.fetch(id, (file) => openPart(file, place)).result;
      if (output === undefined) printResult(path.replace(/^\.[/\\]/, ""));
    }
    code = 0;
  } catch (error) {
    code = failed(id, error);
  }
  await link.close();
  return code ?? CAUSE_CODES[await ended];
}

/** Where to save; `undefined`: to stdout. Throws a {@linkcode UsageError}. */
async function placeFrom(output: string | undefined): Promise<SavePlace | undefined> {
  if (output === undefined) return { folder: "." };
  if (output === STDOUT) {
    if (!Deno.stdout.isTerminal()) return undefined;
    throw new UsageError(
      "-o - would let others steer this terminal; send stdout to a file or pipe, or save the file",
    );
  }
  const info = await Deno.stat(output).catch(() => undefined);
  if (info?.isDirectory) return { folder: output };
  if (info === undefined) return { path: output };
  throw new UsageError(`-o ${output}: that is there already, and is not overwritten`);
}

/** The exit code for what went wrong, which it tells; `undefined`: the link has ended, and tells why. */
function failed(id: string, error: unknown): number | undefined {
  if (error instanceof ReaderGone) return 0;
  if (error instanceof OutputError) throw error;
  if (!(error instanceof RequestError)) throw error;
  if (error.code === "ended") return undefined;
  complain(`${inertLine(id)} was not fetched: ${inertLine(error.message)}`);
  return 1;
}

/** Reads the events of a link, of which a script is told nothing but why it has ended. */
async function watchEnd({ events }: Conversation): Promise<EndCause> {
  let cause: EndCause = "left";
  for await (const event of events) {
    if (event.type !== "status") continue;
    if (event.status === "ended" && event.cause !== "left") complain(whyEnded(event));
    cause = event.cause ?? cause;
  }
  return cause;
}
