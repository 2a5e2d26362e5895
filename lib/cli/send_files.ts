/** What `chatroom send --file` sends: which files, and what comes of each. */

import {
  type Conversation,
  INTERRUPT_CODE,
  RequestError,
  SIGNAL_CODES,
} from "../client/conversation.ts";
import type { FileDestination } from "../client/files/file_transfer.ts";
import type { FileTransfers } from "../client/files/file_transfers.ts";
import { openSource, streamSource, type UploadSource } from "../client/files/upload_source.ts";
import { unheardText } from "../words/unheard.js";
import { inertLine } from "../words/inert.js";
import { type Invocation, readEnv, UsageError } from "./flags.ts";
import { complain } from "./output.ts";
import { hasTerminal, onSignals } from "./signals.ts";

/** What stands for stdin. */
const STDIN = "-";
/** What a file from stdin is called unless told. */
const STDIN_NAME = "stdin";

/** The files of one command line, and what is said with the first. */
export interface FilesToSend {
  readonly paths: readonly string[];
  /** What the only one is called, in place of its own name. */
  readonly name: string | undefined;
  readonly text: string;
}

/**
 * The files that the flags name, and those at the beginning of `words`: a shell makes several words of
 * `*.pdf`. The rest of the words is the text. `undefined`: none is to be sent. Throws a
 * {@linkcode UsageError}.
 */
export async function filesFrom(
  invocation: Invocation,
  words: readonly string[],
): Promise<FilesToSend | undefined> {
  const named = invocation.all("file");
  const name = invocation.get("as");
  if (named.length === 0) {
    if (name === undefined) return undefined;
    throw new UsageError("--as is about a file; it needs --file");
  }
  if (invocation.has("classic")) {
    throw new UsageError("--classic has no files; leave out --file");
  }
  const unquoted = invocation.beforeDashes - (invocation.positionals.length - words.length);
  let count = 0;
  while (count < unquoted && await isFile(words[count] ?? "")) count++;
  const paths = [...named, ...words.slice(0, count)];
  for (const path of named) await checkReadable(path);
  if (paths.filter((path) => path === STDIN).length > 1) {
    throw new UsageError("- is given twice; stdin can be read once");
  }
  if (name !== undefined && paths.length > 1) {
    throw new UsageError(`--as names one file, and ${paths.length} are to be sent`);
  }
  return { paths, name, text: words.slice(count).join(" ") };
}

/**
 * Sends them one after the other. Resolves with the exit code: 1 if one of them was not sent, of which it
 * has told; `undefined` if the link has ended, or a signal ends the program.
 */
export async function sendFiles(
  transfers: FileTransfers,
  { paths, name, text }: FilesToSend,
  destination: FileDestination,
): Promise<number | undefined> {
  let code = 0;
  let said = text;
  for (const path of paths) {
    try {
      const source = await opened(path, name);
      const wish = {
        source,
        destination,
        hashFirst: comesAgain(),
        ...said === "" ? {} : { text: said },
      };
      const ack = await transfers.upload(wish).result;
      said = "";
      if (ack.away && "to" in destination) {
        complain(unheardText(inertLine(destination.to), ack.guest === true));
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // The link says by itself why it has ended, and whoever has cancelled it knows that.
      if (error.code === "ended" || error.code === "cancelled") return undefined;
      code = 1;
      complain(`${inertLine(shownName(path, name))} was not sent: ${inertLine(error.message)}`);
    }
    // What is left of stdin is read, so that whoever writes it does not fail as well.
    await transfers.idle();
  }
  return code;
}

/**
 * Ends the program by a signal: lets go at the server what nobody would go on with, and closes the link.
 * `code` is the exit code then.
 */
export function endBySignal(
  transfers: FileTransfers,
  link: Conversation,
): Disposable & { readonly code: number | undefined } {
  let code: number | undefined;
  const listening = onSignals((signal) => {
    code = signal === "SIGTERM" || signal === "SIGHUP" ? SIGNAL_CODES[signal] : INTERRUPT_CODE;
    const dropped = comesAgain() ? [] : transfers.running;
    for (const transfer of dropped) transfer.cancel();
    // What is cancelled tells the server before it is over.
    Promise.allSettled(dropped.map(({ result }) => result)).then(() => link.close());
  }, hasTerminal() ? undefined : ["SIGINT", "SIGTERM"]);
  return {
    get code(): number | undefined {
      return code;
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}

/** Whether the server can tell that it is the same person the next time, and go on with a file. */
function comesAgain(): boolean {
  return readEnv("CHATROOM_LOGIN") !== undefined;
}

async function opened(path: string, name: string | undefined): Promise<UploadSource> {
  if (path !== STDIN) return await openSource(path, name);
  return streamSource(Deno.stdin.readable, name ?? STDIN_NAME);
}

function shownName(path: string, name: string | undefined): string {
  return name ?? (path === STDIN ? STDIN_NAME : path);
}

/**
 * Whether a word is a file that is to be sent; a folder may just as well be a word of a text. Throws a
 * {@linkcode UsageError} for a file that happens to be called like a word.
 */
async function isFile(word: string): Promise<boolean> {
  if (word === STDIN) return true;
  const info = await Deno.stat(word).catch(() => undefined);
  if (info === undefined || info.isDirectory) return false;
  if (/[./\\]/.test(word)) return true;
  throw new UsageError(
    `${JSON.stringify(word)} may be a file or the text; nothing was sent. ` +
      `Write --file ${word} for the file, or -- before the text`,
  );
}

async function checkReadable(path: string): Promise<void> {
  if (path === STDIN) return;
  try {
    if (!(await Deno.stat(path)).isDirectory) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return;
    throw new UsageError(`--file ${path}: there is no such file; nothing was sent`);
  }
  throw new UsageError(
    `--file ${path} is a folder; pack it, as in: tar cz ${path} | chatroom send --file - --as NAME.tgz`,
  );
}
