/** Tells the network of a server, for as long as it runs. */

import { LanAnnouncer } from "../lan/announcer.ts";
import { LanHearing, type OpenLanSocket } from "../lan/lan_hearing.ts";
import { type InterfaceRow, lanNets } from "../lan/lan_nets.ts";
import type { LanWorld } from "../lan/lan_world.ts";
import type { LanService } from "../lan/lan_names.ts";
import { openLanSocket, realWorld } from "../lan/lan_socket.ts";
import type { Logger } from "../server/log.ts";
import { isOnlyNear } from "./lan_flags.ts";
import { networkInterfaces } from "./machine.ts";

/** How often it is looked whether what is told is still so, in ms. */
const LOOK_MS = 5_000;
/** After how long a trouble that goes on is logged again, in ms. */
const LOG_AGAIN_MS = 600_000;

/** A place where somebody listens. */
interface ListeningAt {
  readonly addr: { readonly hostname: string; readonly port: number };
}

/** What is told, and to whom of this process. */
export interface TellLanOptions {
  readonly name: string;
  readonly server: ListeningAt;
  /** Where the page is. */
  readonly web: ListeningAt | undefined;
  /** With TLS: whose fingerprint is told. */
  readonly identity: { readonly fingerprint: string } | undefined;
  /** Whether one needs a password just now. */
  readonly needsPassword: () => boolean;
  readonly log: Logger;
  readonly print: (line: string) => void;
  /** Opens the sockets; by default those of this machine. */
  readonly open?: OpenLanSocket;
  /** The addresses of this machine, time and chance; by default as they are. */
  readonly rows?: () => readonly InterfaceRow[];
  readonly world?: LanWorld & Disposable;
}

/** A server that the network is told of, until it is stopped or disposed of. */
export interface LanTelling extends AsyncDisposable {
  /** Says goodbye. */
  readonly stop: () => void;
}

/** Begins to tell. */
export function tellLan(options: TellLanOptions): LanTelling {
  const { server, log, print, name: wished } = options;
  const { open = openLanSocket, rows = networkInterfaces, world = realWorld() } = options;
  const announcer = new LanAnnouncer({
    ...world,
    service: serviceOf(options),
    host: `chatroom-${crypto.getRandomValues(new Uint8Array(4)).toHex()}`,
    reachedAt: (addresses) => reachable(server, addresses),
    onName: (name) => {
      const taken = name === wished || wished.startsWith(name)
        ? ""
        : ", since others have that name";
      print(`This network is told of the server as ${JSON.stringify(name)}${taken}.`);
    },
  });
  const loggedAt = new Map<string, number>();
  const hearing = new LanHearing({
    ...world,
    open,
    rows,
    onUp: (net, send) => announcer.up(net, send),
    onDown: (net) => announcer.down(net),
    onMessage: (net, message, from) => announcer.receive(net, message, from),
    onUnheard: ({ id, address }, error) => {
      if (world.now() - (loggedAt.get(id) ?? -Infinity) < LOG_AGAIN_MS) return;
      loggedAt.set(id, world.now());
      const text = "A network can't be told of this server";
      log({ level: "warning", kind: "announce", text, fields: { address, error } });
    },
  });
  if (lanNets(rows()).length === 0) {
    const text = "This machine is on no network that could be told of this server";
    log({ level: "warning", kind: "announce", text });
  }
  const look = (): void => {
    announcer.update(serviceOf(options));
    world.after(LOOK_MS, look);
  };
  world.after(LOOK_MS, look);
  const stop = (): void => announcer.stop();
  return {
    stop,
    [Symbol.asyncDispose]: async () => {
      stop();
      await hearing.close();
      world[Symbol.dispose]();
    },
  };
}

/** What is told of a server. The certificate may be another one later, and so may the password. */
function serviceOf({ name, server, web, identity, needsPassword }: TellLanOptions): LanService {
  const isOpen = web !== undefined && !isOnlyNear(web.addr.hostname);
  return {
    name,
    port: server.addr.port,
    texts: [
      "v=1",
      `tls=${identity === undefined ? 0 : 1}`,
      ...identity === undefined ? [] : [`fp=${identity.fingerprint}`],
      ...isOpen ? [`web=${web.addr.port}`] : [],
      `pw=${needsPassword() ? 1 : 0}`,
    ],
  };
}

/** Those of this machine's addresses at which a server is reached. */
function reachable({ addr: { hostname } }: ListeningAt, addresses: readonly string[]): string[] {
  const [isAny, isAny6] = [hostname === "0.0.0.0", hostname === "::"];
  // There it does not accept IPv4 clients.
  const isIpv6Alone = isAny6 && Deno.build.os === "windows";
  return addresses.filter((address) => {
    if (isAny || isIpv6Alone) return address.includes(":") === isIpv6Alone;
    return isAny6 || address === hostname;
  });
}
