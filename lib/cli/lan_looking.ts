/** Looks for servers on the networks that this machine is on, for a while. */

import { knownServers, knownServersPath } from "../client/known_servers.ts";
import { LanBrowser } from "../lan/browser.ts";
import { LanHearing, type OpenLanSocket } from "../lan/lan_hearing.ts";
import { openLanSocket, realWorld } from "../lan/lan_socket.ts";
import { inertLine } from "../words/inert.js";
import { type JudgedServer, judgeFound } from "./found_servers.ts";
import { configDir, networkInterfaces } from "./machine.ts";

/** How {@linkcode lookAround} looks. */
export interface LookingOptions {
  /** For how long, in ms. */
  readonly forMs: number;
  readonly complain: (line: string) => void;
  /** Opens the sockets; by default those of this machine. */
  readonly open?: OpenLanSocket;
}

/** What came of it. */
export interface LookedAround {
  readonly servers: readonly JudgedServer[];
  /** On how many networks it could be looked. */
  readonly nets: number;
}

/**
 * Looks around, and judges what was found. Rejects with a `KnownServersError` if it can't be read which
 * servers are known: then nothing could be said against any of them.
 */
export async function lookAround(
  { forMs, complain, open = openLanSocket }: LookingOptions,
): Promise<LookedAround> {
  using world = realWorld();
  const browser = new LanBrowser(world);
  const problems = new Map<string, string>();
  const hearing = new LanHearing({
    ...world,
    open,
    rows: networkInterfaces,
    onUp: (net, send) => browser.up(net, send),
    onDown: (net) => browser.down(net),
    onMessage: (net, message, from) => browser.receive(net, message, from),
    onUnheard: ({ address }, problem) => void problems.set(address, problem),
  });
  await new Promise<void>((resolve) => void world.after(forMs, resolve));
  const { found } = browser;
  const nets = hearing.nets.length;
  await hearing.close();
  for (const [address, problem] of problems) {
    complain(`The network of ${address} could not be asked: ${inertLine(problem)}`);
  }
  if (browser.isFull) complain("There are more than are shown: somebody may tell of very many.");
  const dir = configDir();
  const known = dir === undefined ? [] : knownServers(knownServersPath(dir));
  return { servers: found.map((each) => judgeFound(each, known)), nets };
}
