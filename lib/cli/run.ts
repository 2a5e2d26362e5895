/** `chatroom run`: runs a command, and tells a room of it in one message that is edited. */

import { delay } from "@std/async/delay";
import { inertLine } from "../words/inert.js";
import { savedFileName, sizeText } from "../words/files.js";
import { type Addresses, parseAddresses } from "./addresses.ts";
import { flagOf, type Invocation, parseFrom, type Subcommand, UsageError } from "./flags.ts";
import { complain } from "./output.ts";
import { givenSecrets, PEER_FLAGS, PEER_NOTES, requiredName, serverAddresses } from "./peer.ts";
import { openLink } from "./peer_link.ts";
import { LastLines, RunLog, SHOWN_LINES } from "./run_output.ts";
import { handSignals, passOn, startCommand } from "./run_program.ts";
import { RunTelling, type ToldText } from "./run_telling.ts";
import { onSignals } from "./signals.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS, TLS_PEER_NOTES, tlsWish } from "./tls_peer.ts";
import { parseDuration } from "./values.ts";

/** How often the message is edited: a server takes 100 edits of one, and others may edit it too. */
const MOST_EDITS = 90;
/** The first of them come evenly, the others ever more rarely: with 5 s they take a day. */
const EVEN_EDITS = 13;
const GROWTH = 1.1;
const EVERY = "5s";
/** How long to wait at the end for a server that is away, and for one that refuses for now; in ms. */
const LAST_MS = 30_000;
/** How much of the output is sent where the server does not take all of it, in bytes. */
const SMALL_FILE_BYTES = 1_048_576;
/** A command is cut after so many letters. */
const MOST_TITLE_LETTERS = 200;

const { classic: _, ...FLAGS } = PEER_FLAGS;

/** `chatroom run`. */
export const runCommand: Subcommand = {
  ...TITLES.run,
  positionals: "[HOST:PORT] -- COMMAND …",
  notes: [
    // Its exit codes are those of others; here they are the command's.
    ...PEER_NOTES.slice(0, PEER_NOTES.indexOf("")),
    "",
    "The message says what runs, and shows the last 20 lines of its output, edited every 5 s at first and",
    "ever more rarely. At the end it says how that ended and how long it took, and all of the output",
    "follows as a file where the server takes files: the last part of it, where it is larger than one",
    "may be, or than 256 MiB. --title says something else than the command, which may hold a secret.",
    "",
    "Output goes to stdout and stderr as it comes, stdin is the command's, and so are SIGINT, SIGTERM,",
    "SIGHUP and SIGQUIT. The command sees pipes in place of a terminal. It runs whether there is a",
    "server or not; what could not be told is said on stderr at the end, after waiting 30 s at most for",
    "a server that has gone away.",
    "",
    "The exit code is the command's own: 128 and its number for a signal, 127 if there is no such",
    "command, 126 if it can't be run; 2 for bad usage, when nothing is run.",
    "",
    ...TLS_PEER_NOTES,
  ],
  flags: [
    ...Object.values(FLAGS),
    ...TLS_PEER_FLAGS,
    flagOf("-s, --server HOST[:PORT]", "the server", { env: "CHATROOM_SERVER" }),
    flagOf("--to NAME", "tell one person only, instead of a room"),
    flagOf("--title TEXT", "what is said to run", { default: "the command" }),
    flagOf("--every TIME", "how soon the message is edited at first", { default: EVERY }),
    flagOf("--no-file", "send no file with the output"),
  ],
  run: runRun,
};

/** What is to be run, and how it is told. */
interface Wanted {
  readonly command: readonly string[];
  readonly title: string;
  readonly everyMs: number;
  readonly hasFile: boolean;
}

async function runRun(invocation: Invocation): Promise<number> {
  const [wanted, telling] = wantedFrom(invocation);
  const child = startCommand(wanted.command);
  if (typeof child === "number") return child;
  // It is all that this may start, whatever a server says from now on.
  Deno.permissions.revokeSync({ name: "run" });
  const startedAt = performance.now();
  using log = new RunLog();
  const lines = new LastLines();
  const over = new AbortController();
  const status = await running(
    child,
    log,
    lines,
    () => follow(telling, wanted, lines, over.signal),
  );
  over.abort();
  // The command has ended, and a signal is for us now.
  using _signals = onSignals(() => void telling.close());
  const head = `${endText(status, performance.now() - startedAt)}: ${wanted.title}`;
  if (!await telling.tellEnd(shownText(head, lines))) {
    complain(`Nobody was told how the command ended: ${inertLine(telling.why)}`);
  } else if (wanted.hasFile && log.total > 0) await sendLog(telling, wanted, log);
  await telling.close();
  return status.code;
}

async function running(
  child: Deno.ChildProcess,
  log: RunLog,
  lines: LastLines,
  tell: () => Promise<void>,
): Promise<Deno.CommandStatus> {
  using _signals = handSignals(child);
  const passing = passOn(child, (bytes, way) => {
    log.write(bytes);
    lines.push(bytes, way);
  });
  // It goes on while the end is told, until that has its turn.
  void tell();
  return await passing;
}

/** Tells that it runs, and what it writes, until it is over. */
async function follow(
  telling: RunTelling,
  { title, everyMs }: Wanted,
  lines: LastLines,
  over: AbortSignal,
): Promise<void> {
  let told: string | undefined;
  // The first one is no edit, and the last one tells the end.
  for (let count = 0; count < MOST_EDITS && !over.aborted && !telling.isOver;) {
    const text = shownText(`running: ${title}`, lines);
    const key = JSON.stringify(text);
    if (key !== told && await telling.tell(text)) [told, count] = [key, count + 1];
    await delay(pauseMs(everyMs, count), { signal: over }).catch(() => {});
  }
}

/** How long after so many edits the next one comes, in ms. */
export function pauseMs(everyMs: number, edits: number): number {
  return everyMs * GROWTH ** Math.max(0, edits - EVEN_EDITS);
}

function shownText(head: string, lines: LastLines): ToldText {
  const shown = lines.shown();
  const { count } = lines;
  const more = count > SHOWN_LINES ? `\nthe last ${shown.length} of ${count} lines:` : "";
  return { head: head + more, lines: shown };
}

/** How a command ended after so many ms. */
export function endText(
  { code, signal }: Pick<Deno.CommandStatus, "code" | "signal">,
  ms: number,
): string {
  const how = signal !== null
    ? `ended by ${signal} after`
    : code === 0
    ? "done in"
    : `FAILED with exit code ${code} after`;
  return `${how} ${tookText(ms)}`;
}

function tookText(ms: number): string {
  const tenths = Math.round(ms / 100);
  if (tenths < 100) return `${tenths / 10} s`;
  const seconds = Math.round(ms / 1_000);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600)];
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

async function sendLog(
  telling: RunTelling,
  { command: [program = ""] }: Wanted,
  log: RunLog,
): Promise<void> {
  if (telling.mostFileBytes === 0) return;
  const name = `${savedFileName(program).slice(0, 60)}.log`;
  // A server may have no room for a large one, but for a small one.
  for (const most of [telling.mostFileBytes, SMALL_FILE_BYTES]) {
    const source = log.source(name, Math.min(most, telling.mostFileBytes));
    const [size, total] = [source.size ?? 0, log.total];
    const text = size === total ? "" : `the last ${sizeText(size)} of ${sizeText(total)}`;
    if (await telling.sendFile(source, text)) return;
    if (size <= SMALL_FILE_BYTES) break;
  }
  complain(`The output was not sent as a file: ${inertLine(telling.why)}`);
}

/** What the command line asks for. Throws a {@linkcode UsageError} before anything is run. */
function wantedFrom(invocation: Invocation): [Wanted, RunTelling] {
  const [addresses, command] = splitCommand(invocation);
  const name = requiredName(invocation);
  const to = invocation.get("to");
  if (to !== undefined && invocation.all("room").length > 0) {
    throw new UsageError("--to and --room exclude each other: a message has one address");
  }
  const everyMs = parseFrom("--every", invocation.get("every") ?? EVERY, parseDuration);
  const shared = {
    persistMs: LAST_MS,
    secrets: givenSecrets(invocation),
    wish: tlsWish(invocation, addresses[0]),
    roomless: to !== undefined,
  };
  const open = () => openLink(invocation, addresses, name, shared);
  const title = invocation.get("title") ?? command.map(quoted).join(" ");
  return [
    { command, title: titled(title), everyMs, hasFile: !invocation.has("no-file") },
    new RunTelling({ open, to, lastMs: LAST_MS }),
  ];
}

function splitCommand(invocation: Invocation): [Addresses, readonly string[]] {
  const { positionals, beforeDashes } = invocation;
  const [before, command] = [positionals.slice(0, beforeDashes), positionals.slice(beforeDashes)];
  if (command.length === 0) {
    throw new UsageError("There is nothing to run: give the command after --, as in: run -- make");
  }
  const [address, extra] = before;
  if (extra !== undefined) {
    throw new UsageError(
      `run can't take ${JSON.stringify(extra)} before --; the command is after it`,
    );
  }
  const given = invocation.get("server");
  if (address !== undefined && invocation.isSaid("server")) {
    throw new UsageError(
      `The server is named twice, by --server and as ${JSON.stringify(address)}`,
    );
  }
  if (given !== undefined && invocation.isSaid("server")) {
    return [parseFrom("--server", given, parseAddresses), command];
  }
  return [serverAddresses(address), command];
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function titled(text: string): string {
  const letters = [...inertLine(text)];
  const cut = letters.length > MOST_TITLE_LETTERS;
  return cut ? `${letters.slice(0, MOST_TITLE_LETTERS).join("")}…` : letters.join("");
}
