/** `chatroom serve`: runs a server until it is told to stop. */

import { outputError } from "../client/printer.ts";
import { LIMITS, withDefaults } from "../server/limits.ts";
import type { Log } from "../server/log.ts";
import { serve, type ServeOptions, type Server } from "../server/serve.ts";
import type { LocalLog } from "../store/local_log.ts";
import { StoreError } from "../store/schema.ts";
import type { WebListener, WebOptions } from "../web/serve_web.ts";
import { type Flag, type Invocation, parseFrom, type Subcommand } from "./flags.ts";
import { LIMIT_FLAGS, limitsFrom, WEB_LIMIT_FLAGS } from "./limit_flags.ts";
import { announce, describeAccess, describeTls } from "./announce.ts";
import { LOG_FLAGS, logStyle, lostLine, openLog } from "./log.ts";
import { onHangUp } from "./hang_up.ts";
import { lastNet } from "./last_net.ts";
import { lifelineEnd } from "./lifeline.ts";
import { openControl } from "./open_control.ts";
import { openFilesLimit, tooFewFiles, warnOfFewFiles } from "./open_files.ts";
import { LineQueue } from "./line_queue.ts";
import { givenPassword, PASSWORD_FLAG, passwordPlace, readPasswordAgain } from "./password.ts";
import { runtimeProblem } from "./runtime.ts";
import { closeStore, describeStore, openStore, STORE_FLAGS, storePlace } from "./store_flags.ts";
import { TITLES } from "./titles.ts";
import { openTls, type Tls, TLS_FLAGS, tlsPlan } from "./tls_flags.ts";
import {
  type Address,
  asciiHost,
  counted,
  DEFAULT_ADDRESS,
  formatAddress,
  parsePort,
} from "./values.ts";
import { VERSION } from "./version.ts";
import {
  explainWeb,
  givenTitle,
  openWeb,
  TITLE_FLAG,
  WEB_FLAGS,
  webPlace,
  webUrl,
} from "./web_flags.ts";

/** The flags that most servers are run with. */
const COMMON = new Set([
  ...["host", "port", "tls", "password-file", "data", "memory", "keep", "web", "web-host"],
  "log-level",
]);

function ranked(flags: readonly Flag[]): Flag[] {
  return flags.map((flag) => COMMON.has(flag.name) ? { ...flag, rank: "common" } : flag);
}

/** `chatroom serve`. */
export const serveCommand: Subcommand = {
  ...TITLES.serve,
  positionals: "",
  maxPositionals: 0,
  notes: [
    "On 127.0.0.1 only this machine can join; --host 0.0.0.0 lets the whole network in. With",
    "--password-file or $CHATROOM_PASSWORD everybody needs the password. chatroom help bans shows how",
    "to own the server and how to ban.",
    "",
    "Ctrl-C or SIGTERM tells everybody, sends what is waiting, and stops. SIGHUP reads the password",
    "file and the certificate again.",
    "",
    "Each limit and log flag also has an environment variable, named like CHATROOM_MAX_PAYLOAD for",
    "--max-payload; the flag wins.",
  ],
  flags: ranked([
    {
      name: "host",
      value: "HOST",
      default: DEFAULT_ADDRESS.hostname,
      summary: "address to listen on; 0.0.0.0 or :: for every network",
    },
    {
      name: "port",
      short: "p",
      value: "PORT",
      default: String(DEFAULT_ADDRESS.port),
      summary: "port to listen on; 0 picks a free one",
    },
    TITLE_FLAG,
    ...TLS_FLAGS,
    { ...PASSWORD_FLAG, summary: "file whose first line is the password that everybody needs" },
    ...STORE_FLAGS,
    ...LOG_FLAGS,
    ...WEB_FLAGS,
    ...LIMIT_FLAGS,
    ...WEB_LIMIT_FLAGS,
  ]),
  run: runServe,
};

async function runServe(invocation: Invocation): Promise<number> {
  const host = (invocation.get("host") ?? DEFAULT_ADDRESS.hostname).replace(/^\[|\]$/g, "");
  const hostname = parseFrom("--host", host, (text) => asciiHost(text, text));
  const port = parseFrom(
    "--port",
    invocation.get("port") ?? String(DEFAULT_ADDRESS.port),
    parsePort,
  );
  const password = givenPassword(invocation);
  const openFiles = openFilesLimit();
  const limits = withDefaults(limitsFrom(LIMITS, invocation), { openFiles });
  const style = logStyle(invocation);
  const place = storePlace(invocation);
  const plan = tlsPlan(invocation);
  const web = webPlace(invocation);
  const title = givenTitle(invocation);
  // Whoever reads along may stop to, as a paused pager does; nobody in the rooms shall notice.
  await using stderr = new LineQueue(Deno.stderr, {
    lostLine: (count) => lostLine(count, style.format),
  });
  const complain = (line: string): void => stderr.write(line);
  const outdated = runtimeProblem(Deno.version.deno);
  if (outdated !== undefined) complain(plan && `Can't speak TLS: ${outdated}` || outdated);
  if (outdated !== undefined && (plan !== undefined || web !== undefined)) return 1;
  const tooFew = tooFewFiles(openFiles);
  if (tooFew !== undefined) {
    complain(tooFew);
    return 1;
  }
  await using stdout = new LineQueue(Deno.stdout, {
    failed: (error) =>
      opened.log({
        level: "warning",
        kind: "stdout",
        text: `${outputError(error).message}; the server goes on`,
      }),
  });
  const print = (line: string): void => stdout.write(line);
  using opened = openLog(style, complain);
  const { log } = opened;
  using _net = lastNet(log);
  let factLog: LocalLog | undefined;
  try {
    factLog = place && await openStore(
      place,
      limits,
      (text) => log({ level: "warning", kind: "store", text }),
      (text) => log({ level: "warning", kind: "upgrade", text }),
    );
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    complain(`Can't keep messages: ${error.message}`);
    return 1;
  }
  await using _closing = factLog;
  let tls: Tls | undefined;
  try {
    tls = plan && await openTls(plan, { dir: place?.dir, hostname, log });
  } catch (error) {
    if (!(error instanceof Error && error.name === "CertificateError")) throw error;
    complain(`Can't speak TLS: ${error.message}`);
    return 1;
  }
  using _keeping = tls;
  const options = {
    hostname,
    port,
    limits,
    version: `chatroom/${VERSION}`,
    log,
    watched: web !== undefined,
    ...title,
    ...(password === undefined ? {} : { password }),
    ...(factLog === undefined ? {} : { factLog }),
    ...(tls === undefined ? {} : { secure: tls.secure }),
  };
  const reload = (server: Server): void => readAgain(server, invocation, log);
  const code = await listenUntilStopped(
    options,
    { web, tls, dir: place?.dir, print, complain, reload },
    ({ addr }) => {
      warnOfFewFiles(limits, openFiles, log);
      announce(addr, tls !== undefined, print);
      describeAccess(addr, tls !== undefined, password && passwordPlace(invocation), print);
      if (tls !== undefined) describeTls(tls, place === undefined && plan === "own", print);
      return describeStore(place, factLog);
    },
  );
  return await closeStore(factLog, limits, log) ? code : 1;
}

/** Takes the password in the file as it is now; a server goes on whatever is wrong with that. */
function readAgain(server: Server, invocation: Invocation, log: Log): void {
  const file = invocation.get("password-file");
  try {
    if (file !== undefined) server.changePassword(readPasswordAgain(file));
    const text = file === undefined
      ? "SIGHUP: going on"
      : "SIGHUP: the password file was read again";
    log({ level: "info", kind: "hang-up", text });
  } catch (error) {
    const text = "SIGHUP: the old password stays in use";
    log({ level: "error", kind: "problem", text, fields: { error: (error as Error).message } });
  }
}

/** What is opened besides the one port, and with what, and where to tell of it. */
interface Doors {
  readonly web: WebOptions | undefined;
  readonly tls: Tls | undefined;
  /** The data directory, if there is one. */
  readonly dir: string | undefined;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Reads again what can be, on SIGHUP; the certificate has its own ears. */
  readonly reload: (server: Server) => void;
}

/**
 * Opens every door and tells where they are; `describe` tells of the first, and returns what is said
 * last. Resolves with the exit code.
 */
async function listenUntilStopped(
  options: ServeOptions & Address,
  { web, tls, dir, print, complain, reload }: Doors,
  describe: (server: Server) => string,
): Promise<number> {
  let server: Server;
  try {
    server = serve(options);
  } catch (error) {
    complain(`Can't listen on ${formatAddress(options)}: ${explain(error as Error)}`);
    return 1;
  }
  let door: WebListener | undefined;
  try {
    door = web && await openWeb(server, web, tls?.secureWeb);
  } catch (error) {
    await server.shutdown();
    complain(explainWeb(error as Error, web as WebOptions));
    return 1;
  }
  await using _open = door;
  await using _commands = dir === undefined
    ? undefined
    : await openControl(dir, server.host.shared);
  using _listening = onHangUp(() => reload(server));
  const stopped = untilStopped(server, print);
  const last = describe(server);
  if (web !== undefined && door !== undefined) {
    print(`The web page is at ${webUrl(door, web, tls !== undefined)}`);
  }
  print(last);
  await stopped;
  return server.isBroken ? 1 : 0;
}

async function untilStopped(server: Server, print: (line: string) => void): Promise<void> {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  const stop = (): void => {
    const { connections } = server;
    server.shutdown();
    if (connections > 0) print(`Stopping; telling ${counted(connections, "connected client")}.`);
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  lifelineEnd()?.then(stop);
  await server.finished;
  for (const signal of signals) Deno.removeSignalListener(signal, stop);
}

/** Why an address could not be had, and what to do. */
function explain(error: Error): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "the port is in use; choose another with --port, or --port 0 to get a free one";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return "this machine has no such address; --host takes one of its own, or 0.0.0.0";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "this port is not allowed; ports from 1024 up are free for everybody";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "the permission is missing; run with --allow-net or -A";
  }
  return `${
    error.message.replace(/ \(os error.*/s, "")
  }; --host takes an address or a name of this machine`;
}
