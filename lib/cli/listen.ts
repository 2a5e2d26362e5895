/** The doors of `chatroom serve`: opens them, and keeps them open until the server is told to stop. */

import { serve, type ServeOptions, type Server } from "../server/serve.ts";
import type { IrcListener } from "../irc/listen_irc.ts";
import type { WebListener, WebOptions } from "../web/serve_web.ts";
import { reasonOf } from "../wire/text.ts";
import { lifelineEnd, onHangUp } from "./signals.ts";
import { StartError } from "./flags.ts";
import type { IrcPlace } from "./irc_flags.ts";
import type { LanTelling, TellLanOptions } from "./lan_telling.ts";
import type { Tls } from "./tls_flags.ts";
import { type Address, counted, formatAddress } from "./values.ts";
import { explainWeb, webUrl } from "./web_place.ts";

/** What is opened besides the one port, and where to tell of it. */
export interface Doors {
  readonly web: WebOptions | undefined;
  readonly irc: IrcPlace | undefined;
  readonly tls: Tls | undefined;
  /** How the network is told of the server, if it is. */
  readonly lan:
    | Omit<TellLanOptions, "server" | "web" | "identity" | "needsPassword" | "print">
    | undefined;
  /** The data directory, if there is one. */
  readonly dir: string | undefined;
  readonly print: (line: string) => void;
  /** Called on SIGHUP. */
  readonly reload: (open: OpenDoors) => void;
  /** Called when the doors are open: has the server's log begin, and calls `end` when that can't go on. */
  readonly begin: ((end: () => void, server: Server) => Promise<void>) | undefined;
  /** Prints about the first door; returns what gives the line to print last, when the log has begun. */
  readonly describe: (server: Server) => () => string;
  /** Where others are told that the page is, if that was said. */
  readonly page: string | undefined;
}

/** What is open, and may change while it is. */
export interface OpenDoors {
  readonly server: Server;
  readonly door: WebListener | undefined;
}

/**
 * Opens every door and prints where they are. Resolves with the exit code. Throws a
 * {@linkcode StartError}.
 */
export async function listenUntilStopped(
  options: ServeOptions & Address,
  { web, irc, tls, lan, dir, print, reload, describe, begin, page }: Doors,
): Promise<number> {
  const server = serveOrError(options);
  await using chat = irc && await ircOrError(server, irc, tls, dir);
  await using door = web && await webOrError(server, web, tls, { chat, dir });
  // Without a data directory there is none, and its code is not loaded.
  await using _control = dir === undefined
    ? undefined
    : await (await import("./open_control.ts")).openControl(dir, server.host.shared);
  using _listening = onHangUp(() => reload({ server, door }));
  let lanTelling: LanTelling | undefined;
  // Nobody should be sent to a server that is about to go.
  const stopped = untilStopped(server, print, () => lanTelling?.stop());
  const last = describe(server);
  // A server that nobody is told of does not load this.
  await using _telling = lanTelling = lan && (await import("./lan_telling.ts"))
    .tellLan({
      ...{ ...lan, server, web: door, identity: tls?.identity, print },
      needsPassword: () => server.host.shared.house.needs.length > 0,
    });
  const url = web && door && (page ?? webUrl(door, web, tls !== undefined));
  if (url !== undefined) print(`The web page is at ${url}`);
  if (chat !== undefined) {
    const also = url === undefined ? "" : `, and at ${url.replace(/^http/, "ws")}irc`;
    print(`IRC clients are taken at ${formatAddress(chat.addr)}${also}`);
  }
  let hasFailed = false;
  const fail = (): void => {
    hasFailed = true;
    server.shutdown();
  };
  try {
    await begin?.(fail, server);
  } catch (error) {
    await server.shutdown();
    throw error;
  }
  print(last());
  // What hashes secrets comes late, but nobody who comes in should wait for it.
  await Promise.all([stopped, import("node:crypto")]);
  return server.isBroken || hasFailed ? 1 : 0;
}

function serveOrError(options: ServeOptions & Address): Server {
  try {
    return serve(options);
  } catch (error) {
    throw new StartError(`Can't listen on ${formatAddress(options)}: ${explain(error as Error)}`);
  }
}

async function webOrError(
  server: Server,
  web: WebOptions,
  tls: Tls | undefined,
  { chat, dir }: { readonly chat: IrcListener | undefined; readonly dir: string | undefined },
): Promise<WebListener> {
  try {
    // A server without the page does not load this, and one without IRC not its protocol.
    const { serveWeb } = await import("../web/serve_web.ts");
    const irc = chat && (await import("../irc/irc_socket.ts")).ircProtocol(chat.server);
    const { openLinkKey } = await import("../store/link_key.ts");
    const options = {
      ...web,
      ...irc && { protocols: [irc] },
      ...dir !== undefined && { linkSecret: openLinkKey(dir) },
    };
    return await serveWeb(server.host, { ...options, ...tls && { secure: tls.secureWeb } });
  } catch (error) {
    await server.shutdown();
    throw new StartError(explainWeb(error as Error, web));
  }
}

async function ircOrError(
  server: Server,
  irc: IrcPlace,
  tls: Tls | undefined,
  dir: string | undefined,
): Promise<IrcListener> {
  try {
    // A server without IRC does not load this.
    const { listenIrc } = await import("../irc/listen_irc.ts");
    const { openTold } = await import("../store/told_file.ts");
    const toldFile = dir === undefined ? undefined : openTold(dir);
    return listenIrc(server.host, { ...irc, secure: tls?.secure, toldFile });
  } catch (error) {
    await server.shutdown();
    throw new StartError((await import("./irc_flags.ts")).explainIrc(error as Error, irc));
  }
}

async function untilStopped(
  server: Server,
  print: (line: string) => void,
  onStop: () => void,
): Promise<void> {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  const stop = (): void => {
    const { connections } = server;
    onStop();
    server.shutdown();
    if (connections > 0) print(`Stopping; telling ${counted(connections, "connected client")}.`);
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  lifelineEnd()?.then(stop);
  await server.finished;
  for (const signal of signals) Deno.removeSignalListener(signal, stop);
}

/** Why the server can't listen, and what to do. */
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
  return `${reasonOf(error)}; --host takes an address or a name of this machine`;
}
