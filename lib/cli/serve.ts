/** `chatroom serve`: runs a server until it is told to stop. */

import { outputError } from "../client/printer.ts";
import type { Limits } from "../server/limits.ts";
import { reasonOf } from "../wire/text.ts";
import { inertLine } from "../words/inert.js";
import type { Logger } from "../server/log.ts";
import type { KeptFiles } from "../files/kept_files.ts";
import type { ServeOptions, Server } from "../server/serve.ts";
import { describeAccess, describeAddress, describeTls } from "./announce.ts";
import { natsPlaceFrom } from "./cluster_flags.ts";
import { type Invocation, StartError, type Subcommand } from "./flags.ts";
import { closeFiles, type FilesWish, loadFiles, openFiles } from "./file_flags.ts";
import { lastNet } from "./last_net.ts";
import type { OpenDoors } from "./listen.ts";
import { LineQueue } from "./line_queue.ts";
import { lostLine, openLog } from "./log.ts";
import { tooFewFiles, warnOfFewFiles } from "./open_files.ts";
import type { OpenedCluster } from "./open_cluster.ts";
import { passwordPlace } from "./password.ts";
import type { Reloading, Running } from "./reload.ts";
import { SERVE_FLAGS } from "./serve_flags.ts";
import { placedIn, type Wanted, wantedBy, withConfig } from "./serve_wanted.ts";
import { runtimeProblem, VERSION } from "./version.ts";
import { closeStore, describeStore, type KeptData } from "./store_flags.ts";
import { TITLES } from "./titles.ts";
import { openTls, type Tls, type TlsPlace, type TlsPlan } from "./tls_flags.ts";

/** `chatroom serve`. */
export const serveCommand: Subcommand = {
  ...TITLES.serve,
  positionals: "",
  notes: [
    "On 127.0.0.1 only this machine can join; --host 0.0.0.0 lets the whole network in. With",
    "--password-file or $CHATROOM_PASSWORD everybody needs the password. chatroom help bans shows how",
    "to own the server and how to ban.",
    "",
    "Ctrl-C or SIGTERM tells everybody, sends what is waiting, and stops. SIGHUP reads the file of",
    "--config again, the password and the certificate, and drops nobody: chatroom help reload.",
    "",
    "Each limit and log flag also has an environment variable, named like CHATROOM_MAX_PAYLOAD for",
    "--max-payload; the flag wins. All flags can stand in a file, which --config names: chatroom help",
    "configuration shows how, and chatroom config show what comes of it.",
  ],
  flags: SERVE_FLAGS,
  run: runServe,
};

async function runServe(invocation: Invocation): Promise<number> {
  const wanted = await wantedBy(await withConfig(invocation, SERVE_FLAGS));
  // A reader may stop reading, as a paused pager does; nobody in the rooms should notice.
  await using stderr = new LineQueue(Deno.stderr, {
    lostLine: (count) => lostLine(count, wanted.style.format),
  });
  const complain = (line: string): void => stderr.write(line);
  try {
    return await runWanted(wanted, invocation, complain);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    complain(inertLine(error.message));
    return 1;
  }
}

type Complain = (line: string) => void;

/** Runs the server until it is told to stop; `base` is without the file. Throws a {@linkcode StartError}. */
async function runWanted(wanted: Wanted, base: Invocation, complain: Complain): Promise<number> {
  const { address, openFiles: most, password, place, plan, web, irc, announce, invocation } =
    wanted;
  checkMachine(wanted, complain);
  await using stdout = new LineQueue(Deno.stdout, {
    failed: (error) => {
      const text = `${outputError(error).message}; the server goes on`;
      log({ level: "warning", kind: "stdout", text });
    },
  });
  const print = (line: string): void => stdout.write(line);
  using opened = openLog(wanted.style, complain);
  const { log } = opened;
  using _net = lastNet(log);
  const { cluster, kept, limits, inCommon, listenUntilStopped } = await openLogOf(wanted, log);
  await using closing = new AsyncDisposableStack();
  closing.defer(async () => void await kept?.close(0));
  const files = wanted.files === "off"
    ? undefined
    : await openFiles(place, limits, log, cluster?.keeping);
  const { dir } = place ?? {};
  using tls = plan && await tlsOrError(plan, { dir, hostname: address.hostname, log });
  const options = {
    ...address,
    limits,
    version: `chatroom/${VERSION}`,
    log,
    watched: web !== undefined,
    ...wanted.title,
    ...(password === undefined ? {} : { password }),
    ...(kept === undefined ? {} : { factLog: kept.factLog }),
    ...(cluster && clusterOptions(cluster)),
    ...fileOptions(wanted.files, files),
    ...(tls === undefined ? {} : { secure: tls.secure }),
  };
  const reload = reloader({ base, wanted, limits, tls, kept, inCommon, log });
  const describe = ({ addr }: Server): () => string => {
    warnOfFewFiles(limits, most, log);
    describeAddress(addr, tls !== undefined, print);
    describeAccess(addr, tls !== undefined, password && passwordPlace(invocation), print);
    if (tls !== undefined) describeTls(tls, place === undefined && plan === "own", print);
    return () => describeStore(place, kept);
  };
  const [begin, page] = [cluster?.begin, wanted.node?.page];
  const lan = announce && { ...announce, log };
  const doors = { web, irc, tls, lan, dir, print, reload, describe, begin, page };
  const code = await listenUntilStopped(options, doors);
  await closeFiles(files, limits);
  return await closeStore(kept, limits, log) ? code : 1;
}

/** What a server keeps, by itself or as a node of a cluster. */
interface OpenedLog extends Pick<typeof import("./listen.ts"), "listenUntilStopped"> {
  readonly kept: KeptData | undefined;
  readonly cluster: OpenedCluster | undefined;
  readonly limits: Limits;
  /** The limits that such a server has if it is asked for these. */
  readonly inCommon: (wanted: Wanted) => Limits;
}

async function openLogOf(
  { node: wish, place, limits, said, invocation, files }: Wanted,
  log: Logger,
): Promise<OpenedLog> {
  if (wish !== undefined && place !== undefined) {
    const { openCluster } = await import("./open_cluster.ts");
    const at = await natsPlaceFrom(invocation).catch(async (error) => {
      throw await placedIn(invocation, error, "cluster");
    });
    const { dir } = place;
    const cluster = await openCluster({ place: at, wish, dir, limits, said, log });
    const inCommon = ({ limits, said }: Wanted): Limits => cluster.inCommon(limits, said);
    const { listenUntilStopped } = await import("./listen.ts");
    return { listenUntilStopped, kept: cluster, cluster, limits: cluster.limits, inCommon };
  }
  const store = place && await import("./open_store.ts");
  // The store's thread starts, and opens the database, while this one loads the house.
  const [kept, { listenUntilStopped }] = await Promise.all([
    place && store?.openStore(place, limits, log),
    import("./listen.ts"),
    files === "off" ? undefined : loadFiles(place),
  ]);
  return { listenUntilStopped, kept, cluster: undefined, limits, inCommon: ({ limits }) => limits };
}

/** What the server is told of the cluster that it is in. */
function clusterOptions(
  { isOnDuty, date, remembered, nodes, watched: node }: OpenedCluster,
): Pick<ServeOptions, "isOnDuty" | "date" | "remembered" | "nodes" | "node"> {
  return { isOnDuty, date, remembered, nodes, node };
}

/** What the server is told of files. */
function fileOptions(
  wish: FilesWish,
  files: KeptFiles | undefined,
): Pick<ServeOptions, "files" | "fileSenders"> {
  if (files === undefined || wish === "off") return {};
  return { files, ...wish === "default" ? {} : { fileSenders: wish } };
}

/** Throws a {@linkcode StartError} where this machine or runtime can't run such a server. */
function checkMachine({ plan, web, openFiles }: Wanted, complain: (line: string) => void): void {
  const outdated = runtimeProblem(Deno.version.deno);
  if (outdated !== undefined) {
    const text = plan === undefined ? outdated : `Can't speak TLS: ${outdated}`;
    if (plan !== undefined || web !== undefined) throw new StartError(text);
    complain(text);
  }
  const tooFew = tooFewFiles(openFiles);
  if (tooFew !== undefined) throw new StartError(tooFew);
}

async function tlsOrError(plan: TlsPlan, place: TlsPlace): Promise<Tls> {
  try {
    return await openTls(plan, place);
  } catch (error) {
    if (!(error instanceof Error && error.name === "CertificateError")) throw error;
    throw new StartError(`Can't speak TLS: ${error.message}`);
  }
}

/** What reads again what the server goes by, each time that it is called; its code is loaded at the first. */
function reloader(running: Omit<Running, "server" | "door">): (open: OpenDoors) => void {
  let reloading: Promise<Reloading> | undefined;
  return (open) => {
    reloading ??= import("./reload.ts")
      .then(({ Reloading }) => new Reloading({ ...running, ...open }));
    reloading.then((each) => each.again(), (error) => {
      const fields = { error: reasonOf(error) };
      const text = "SIGHUP: nothing was taken over, since something is wrong";
      running.log({ level: "error", kind: "reload", text, fields });
    });
  };
}
