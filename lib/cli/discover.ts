/** `chatroom discover`: lists the servers that tell the network of themselves. */

import { KnownServersError } from "../client/known_servers.ts";
import { inertJson } from "../client/printer.ts";
import { inertLine } from "../words/inert.js";
import { flagOf, type Invocation, parseFrom, type Subcommand, UsageError } from "./flags.ts";
import { foundLines, type JudgedServer, serverText } from "./found_servers.ts";
import { lookAround, type LookedAround } from "./lan_looking.ts";
import { complain, printResult } from "./output.ts";
import { TITLES } from "./titles.ts";
import { parseDuration } from "./values.ts";

const DEFAULT_TIMEOUT = "2s";
const [LEAST_TIMEOUT_MS, MOST_TIMEOUT_MS] = [100, 60_000];
/** Like that of whoever reaches no server. */
const NONE_CODE = 3;

/** `chatroom discover`. */
export const discoverCommand: Subcommand = {
  ...TITLES.discover,
  positionals: "",
  notes: [
    "Lists the servers on this network that were started with --announce, each as chatroom connect",
    "takes it. Anybody on the network can announce anything: nothing is sent to a server that is",
    "listed, and only its certificate shows who it is. chatroom help found says more.",
    "",
    "Exit codes: 0 there are some, 1 what is known of servers can't be read, 2 bad usage, 3 there are none.",
  ],
  flags: [
    flagOf("--json", "print each as a line of JSON"),
    flagOf("--timeout TIME", "how long to look, 1m at most", { default: DEFAULT_TIMEOUT }),
  ],
  run: runDiscover,
};

async function runDiscover(invocation: Invocation): Promise<number> {
  const forMs = parseFrom("--timeout", invocation.get("timeout") ?? DEFAULT_TIMEOUT, timeoutFrom);
  let around: LookedAround;
  try {
    around = await lookAround({ forMs, complain });
  } catch (error) {
    if (!(error instanceof KnownServersError)) throw error;
    complain(inertLine(error.message));
    return 1;
  }
  const { servers, nets } = around;
  if (servers.length === 0) {
    complain(
      nets === 0
        ? "This machine is on no network."
        : "No server on this network announces itself; chatroom serve --announce does.",
    );
    return NONE_CODE;
  }
  const lines = invocation.has("json") ? servers.map(jsonLine) : foundLines(servers);
  printResult(lines.join("\n"));
  return 0;
}

function timeoutFrom(text: string): number {
  const ms = parseDuration(text);
  if (ms >= LEAST_TIMEOUT_MS && ms <= MOST_TIMEOUT_MS) return ms;
  throw new UsageError(`A time from 100ms to 1m is possible, not ${text}`);
}

function jsonLine(server: JudgedServer): string {
  const { name, address: { port, tls }, addresses, fingerprint, hasPassword, web } = server;
  const { verdict, note, known } = server;
  return inertJson(JSON.stringify({
    name,
    server: serverText(server),
    addresses,
    port,
    tls: tls === true,
    fingerprint,
    password: hasPassword,
    web,
    verdict,
    known: known?.server,
    note,
  }));
}
