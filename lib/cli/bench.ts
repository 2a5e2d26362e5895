/** `chatroom bench`: puts a load on a server and shows how fast it is. */

import { INTERRUPT_CODE, SIGNAL_CODES } from "../client/conversation.ts";
import { inertLine } from "../words/inert.js";
import { RefusedError } from "../client/refusal.ts";
import { localListener } from "../load/process.ts";
import { LoadError } from "../load/open.ts";
import { checkPlan, filesFor, type LoadPace, type LoadPlan, MAX_CLIENTS } from "../load/plan.ts";
import { type LoadResult, runLoad } from "../load/run.ts";
import { LOAD_PROTOCOLS } from "../load/stamp.ts";
import { progressLine, resultJson, resultTable } from "./bench_report.ts";
import { LIMITS } from "../server/limits.ts";
import {
  chosen,
  type Flag,
  flagOf,
  type Invocation,
  parseFrom,
  type Subcommand,
  UsageError,
} from "./flags.ts";
import { openFilesLimit } from "./open_files.ts";
import { complain, printResult } from "./output.ts";
import { type OwnServer, startOwnServer } from "./own_server.ts";
import { onSignals } from "./signals.ts";
import { TITLES } from "./titles.ts";
import { TLS_PEER_FLAGS, type TlsWish, tlsWish } from "./tls_peer.ts";
import {
  type Address,
  formatAddress,
  parseAddress,
  parseBytes,
  parseCount,
  parseDuration,
} from "./values.ts";

const ERROR_CODES = { failed: 1, refused: 1, unreachable: 3, untrusted: 4 } as const;

const DEFAULTS = {
  clients: "100",
  senders: "1",
  size: "64",
  window: "32",
  duration: "5s",
  rooms: "1",
  stalled: "0",
  protocol: "classic",
} as const;

const FLAGS: readonly Flag[] = [
  flagOf("--clients COUNT", `connections; ${MAX_CLIENTS} at most`, { default: DEFAULTS.clients }),
  flagOf("--senders COUNT", "how many of them send, in turn", { default: DEFAULTS.senders }),
  flagOf("--size BYTES", "length of a message's text", { default: DEFAULTS.size }),
  flagOf("--window COUNT", "messages in flight, counted over all clients that read", {
    default: DEFAULTS.window,
  }),
  flagOf("--rate COUNT", "instead of a window: messages per second, whether they arrive or not"),
  flagOf("--duration TIME", "how long messages are sent; 10m at most", {
    default: DEFAULTS.duration,
  }),
  flagOf("--rooms COUNT", "rooms that the clients are spread over evenly", {
    default: DEFAULTS.rooms,
  }),
  flagOf("--stalled COUNT", "how many of the clients join and never read", {
    default: DEFAULTS.stalled,
  }),
  flagOf("--idle", "hold the connections for the duration and send nothing"),
  flagOf("--protocol NAME", "classic, event or irc", {
    choices: LOAD_PROTOCOLS,
    default: DEFAULTS.protocol,
  }),
  ...TLS_PEER_FLAGS,
  flagOf("--json", "print the figures as one JSON object"),
];

/** `chatroom bench`. */
export const benchCommand: Subcommand = {
  ...TITLES.bench,
  positionals: "[HOST[:PORT]]",
  notes: [
    "Without HOST it starts a server of its own in another process and ends it afterwards. In the",
    "executable it may not start programs, so it needs a HOST. It never connects to any other server,",
    "whatever $CHATROOM_SERVER says. Ctrl-C ends it with the figures so far.",
    "",
    "With HOST the clients come in like any others: people see them and their messages in the lobby,",
    "and the history keeps what they said; with --rooms 2 or more, in rooms named bench-… instead.",
    "With --protocol irc they always are in such rooms, and HOST may be any IRC server.",
    "To spare a server that people use, bench one of its own or another serve --memory --port 0.",
    "",
    "bench waits for late messages while any come, 60 s at most; they do not count as lost. On Linux it",
    "shows the memory of a server on this machine, if it has every permission (deno run -A). With --tls",
    "its own server makes a certificate for the run. $CHATROOM_TLS is for a HOST only.",
    "",
    "Exit codes: 0 done, 1 messages or connections were lost, 2 bad usage, 3 no connection, 4 the",
    "server is not trusted.",
  ],
  flags: FLAGS,
  run: runBench,
};

async function runBench(invocation: Invocation): Promise<number> {
  const [host] = invocation.positionals;
  const given = host === undefined ? undefined : parseAddress(host);
  const plan = planFrom(invocation, given ?? { hostname: "127.0.0.1", port: 0 });
  const problem = checkPlan(plan);
  if (problem !== undefined) throw new UsageError(problem);
  const json = invocation.has("json");
  const tooFew = fewFiles(plan);
  if (tooFew !== undefined) {
    complain(tooFew);
    return 1;
  }
  if (given !== undefined) {
    return await load(await withTls(plan, given, tlsWish(invocation, given)), json);
  }
  if (["tls-ca", "tls-fingerprint"].some((flag) => invocation.isSaid(flag))) {
    throw new UsageError("--tls-ca and --tls-fingerprint need a HOST; bench trusts its own server");
  }
  const started = await startOwnServer(plan.rooms, invocation.has("tls"), plan.protocol === "irc")
    .catch((error: Error) => error);
  if (started instanceof Error) {
    complain(explainNoServer(started));
    return 1;
  }
  await using server = started;
  const { address, fingerprint: pinned } = server;
  const wish = pinned === undefined
    ? undefined
    : { pinned: [pinned], path: undefined, accepted: new Map() };
  return await load(await withTls({ ...plan, ...address }, address, wish), json, server);
}

/** The plan, with every connection over TLS if the flags say so. */
async function withTls(
  plan: LoadPlan,
  address: Address,
  wish: TlsWish | undefined,
): Promise<LoadPlan> {
  if (wish === undefined) return plan;
  const { secured } = await import("./tls_trust.ts");
  return {
    ...plan,
    secure: (conn, signal) =>
      secured(conn, address, wish, signal).catch((error) => {
        throw error instanceof RefusedError ? new LoadError("untrusted", error.message) : error;
      }),
  };
}

/** Runs the load and prints the figures; resolves with the exit code. `own`: bench's own server. */
async function load(plan: LoadPlan, json: boolean, own?: OwnServer): Promise<number> {
  const listener = own === undefined ? localListener(plan.hostname, plan.port) : undefined;
  const serverPid = own?.pid ?? listener?.pid;
  const progress = progressLine(plan);
  const stopping = new AbortController();
  let code = INTERRUPT_CODE;
  using _listening = onSignals((signal) => {
    if (signal === "SIGTERM" || signal === "SIGHUP") code = SIGNAL_CODES[signal];
    stopping.abort();
  });
  let result: LoadResult;
  try {
    result = await runLoad(plan, {
      signal: stopping.signal,
      onProgress: progress.show,
      ...(serverPid === undefined ? {} : { serverPid }),
    });
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    progress.clear();
    complain(inertLine(error.message + cureFor(error)));
    return ERROR_CODES[error.kind];
  }
  progress.clear();
  const found = listener && ` (process ${listener.pid}, ${inertLine(listener.name)})`;
  const server = own === undefined ? `${formatAddress(plan)}${found ?? ""}` : undefined;
  printResult(
    json ? resultJson(plan, result, server === undefined) : resultTable(plan, result, server),
  );
  if (result.interrupted) return code;
  return result.closed > 0 || (result.missing ?? 0) > 0 ? 1 : 0;
}

function planFrom(invocation: Invocation, { hostname, port }: Address): LoadPlan {
  const text = (flag: keyof typeof DEFAULTS): string => invocation.get(flag) ?? DEFAULTS[flag];
  const count = (flag: keyof typeof DEFAULTS, least = 1): number =>
    countFrom(flag, text(flag), least);
  return {
    hostname,
    port,
    protocol: chosen(LOAD_PROTOCOLS, invocation.get("protocol")) ?? DEFAULTS.protocol,
    clients: count("clients"),
    senders: count("senders"),
    rooms: count("rooms"),
    stalled: count("stalled", 0),
    size: parseFrom("--size", text("size"), parseBytes),
    pace: paceFrom(invocation),
    durationMs: parseFrom("--duration", text("duration"), parseDuration),
  };
}

function paceFrom(invocation: Invocation): LoadPace {
  const rate = invocation.get("rate");
  const window = invocation.get("window");
  const idle = invocation.has("idle");
  if ([rate !== undefined, window !== undefined, idle].filter((given) => given).length > 1) {
    throw new UsageError("--rate, --window and --idle exclude each other");
  }
  if (idle) return { kind: "idle" };
  if (rate !== undefined) return { kind: "rate", perSecond: countFrom("rate", rate) };
  return { kind: "window", messages: countFrom("window", window ?? DEFAULTS.window) };
}

function countFrom(flag: string, text: string, least = 1): number {
  return parseFrom(`--${flag}`, text, (text) => parseCount(text, least));
}

/** A complaint if the limit of open files is too low; a server of bench's own has the same limit. */
function fewFiles({ clients }: LoadPlan): string | undefined {
  const [needed, most] = [filesFor(clients), openFilesLimit() ?? Infinity];
  if (needed <= most) return undefined;
  return `${clients} clients need ${needed} open files, and this process may have ${most}; ` +
    `raise the limit in this shell with ulimit -n ${needed}, or ask for fewer --clients`;
}

/** Which flags raise the limits of connections, if one of them was hit; else an empty text. */
function cureFor({ kind, message }: LoadError): string {
  // The classic protocol has no codes, so go by the server's words.
  if (kind !== "refused" || !/\d connections?\b|connections a minute/.test(message)) return "";
  const { connections, connectionsPerAddress, connectionsPerMinute } = LIMITS;
  const [all, address, minute] = [connections, connectionsPerAddress, connectionsPerMinute]
    .map(({ flag }) => `--${flag}`);
  return ` The limits of serve are ${all}, ${address} and ${minute}.`;
}

function explainNoServer(error: Error): string {
  const why = error instanceof Deno.errors.NotCapable
    ? "it may not start programs (--allow-run)"
    : error.message;
  return `bench can't start a server of its own: ${why}; ` +
    "start one and name it, as in: chatroom bench 127.0.0.1:1234";
}
