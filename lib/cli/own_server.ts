/** Starts a server in a process of its own, and ends it. */

import { TextLineStream } from "@std/streams/text-line-stream";
import { parseFingerprint } from "../tls/fingerprint.ts";
import { NO_CONFIG } from "./config_flag.ts";
import { LIFELINE_ENV } from "./signals.ts";
import { openFlags } from "./limit_flags.ts";
import { type Address, parseAddress } from "./values.ts";

/** How long it may take to start, in ms. */
const START_MS = 15_000;
/** How long it may take to end before it is killed, in ms. */
const END_MS = 8_000;
/**
 * The load and the server share a machine, so a client may read slowly for that reason alone. This
 * keeps the server from cutting it off.
 */
const MAX_OUTBOX = "64MiB";

/** The lines with which a server says where it takes clients of ours, and of IRC. */
const CHAT_LINE = / is listening on (\S+)$/;
const IRC_LINE = /^IRC clients are taken at (\S+)$/;

/** What a server prints at its start. */
interface Told {
  readonly address: Address;
  /** The fingerprint of its certificate, if it speaks TLS. */
  readonly fingerprint: string | undefined;
}

/** This program, running `serve` on a free port of this machine. */
export interface OwnServer extends Told, AsyncDisposable {
  /** The id of its process. */
  readonly pid: number;
}

/**
 * Starts a server that allows so many rooms besides the first, and takes IRC clients if told so: then its address
 * is the one for those. Throws `Deno.errors.NotCapable` if we
 * may not start programs.
 */
export async function startOwnServer(
  rooms: number,
  tls: boolean,
  irc: boolean,
): Promise<OwnServer> {
  const serve = ["serve", "--config", NO_CONFIG, "--memory", "--port", "0"];
  serve.push("--max-outbox", MAX_OUTBOX);
  serve.push("--scrollback", "0");
  serve.push("--max-rooms", String(rooms + 1_000), "--log-level", "error", ...openFlags());
  if (tls) serve.push("--tls");
  if (irc) serve.push("--irc", "127.0.0.1:0");
  const self = Deno.build.standalone ? [] : ["run", "--quiet", "-A", Deno.mainModule];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...self, ...serve],
    // The environment may have the password of another server.
    env: { ...LIFELINE_ENV, CHATROOM_PASSWORD: "" },
    // The lifeline: its end tells the server that we are gone, even if we are killed.
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  const timer = setTimeout(() => kill(child), START_MS);
  const told = await listenTo(lines, tls, irc ? IRC_LINE : CHAT_LINE);
  clearTimeout(timer);
  if (told === undefined) {
    kill(child);
    await child.status;
    await child.stdin.close().catch(() => {});
    await lines.return?.();
    throw new Error("it did not say where it listens");
  }
  return { ...told, pid: child.pid, [Symbol.asyncDispose]: () => end(child, lines) };
}

async function end(child: Deno.ChildProcess, lines: AsyncIterator<string>): Promise<void> {
  // It may have ended already.
  await child.stdin.close().catch(() => {});
  const timer = setTimeout(() => kill(child), END_MS);
  // Read the rest of its output, so that it does not block.
  while (!(await lines.next()).done);
  await child.status;
  clearTimeout(timer);
}

/** Reads until both are known; `undefined`: the server ended before. */
async function listenTo(
  lines: AsyncIterator<string>,
  tls: boolean,
  place: RegExp,
): Promise<Told | undefined> {
  let address: string | undefined;
  let fingerprint: string | undefined;
  while (address === undefined || (tls && fingerprint === undefined)) {
    const { done, value } = await lines.next();
    if (done) return undefined;
    address ??= place.exec(value)?.[1];
    fingerprint ??= parseFingerprint(/^ {2}(SHA256:\S+)$/.exec(value)?.[1] ?? "");
  }
  return { address: parseAddress(address), fingerprint };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}
