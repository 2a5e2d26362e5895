/**
 * The server: accepts connections, runs a reader task for each, and drains when it stops. This
 * folder does not know flags, the environment or terminals; the address is handed in.
 */

import { within } from "../wire/within.ts";
import type { FrameListener } from "./accept_frames.ts";
import { WriteGate } from "./gate.ts";
import { Goodbyes } from "./goodbye.ts";
import type { ListenerHost, SharedState } from "./host.ts";
import { LargeTurns } from "./large_turns.ts";
import { LiveConnections } from "./live_connections.ts";
import { type Limits, withDefaults } from "./limits.ts";
import type { Logger } from "./log.ts";
import { houseLimits, type HouseStores, makeHouse } from "./make_house.ts";
import { type Rates, ratesOf } from "./meter.ts";
import { Metrics, type WatchedNode } from "./metrics.ts";
import { LoopPace, Sweep, Ticks } from "./timers.ts";
import type { ClusterNodes } from "./nodes.ts";
import { passwordCheck } from "./password.ts";
import type { Socket } from "./tcp_transport.ts";

/** Options of {@linkcode serve}. */
export interface ServeOptions extends HouseStores {
  /** An address or a name of this machine; by default `127.0.0.1`. */
  readonly hostname?: string;
  /** 0, the default, picks a free port. */
  readonly port?: number;
  readonly limits?: Partial<Limits>;
  /** The password that every client needs; by default none. */
  readonly password?: string;
  /** The name and version that clients are told; by default `chatroom`. */
  readonly version?: string;
  /** The name that the operator gives it. */
  readonly title?: string;
  /** The nodes of the cluster that it is one of; by default it is none. */
  readonly nodes?: ClusterNodes;
  /** Wraps each connection in TLS; by default there is no TLS. */
  readonly secure?: (conn: Deno.TcpConn) => Socket;
  /** What the node of a cluster that it is says of itself. */
  readonly node?: WatchedNode;
  /** Gets all that the operator may want to know, including problems. */
  readonly log?: Logger;
  /** How often deadlines are checked, in ms; 1,000 by default. */
  readonly sweepMs?: number;
}

/** What a server goes by that may change while it runs. */
export interface Changeable {
  /** In the place of all that it had: a limit that is left out is as it is by default. */
  readonly limits: Partial<Limits>;
  /** `undefined`: everybody may come in. */
  readonly password: string | undefined;
  readonly title: string | undefined;
}

/** How long goodbyes that were cut off may take to end, in ms. */
const ENDING_MS = 500;

/** A running server. */
export interface Server extends AsyncDisposable {
  /** The address that it listens on. */
  readonly addr: Deno.NetAddr;
  /** How many connections are open. */
  readonly connections: number;
  /** For another listener, such as that of the web. */
  readonly host: ListenerHost;
  /** Whether it ends by itself because of a bug. */
  readonly isBroken: boolean;
  /** Settles when the server has stopped and every connection is closed. */
  readonly finished: Promise<void>;
  /** Goes by this from now on; what is left out stays. So do clients that are in. */
  change(to: Partial<Changeable>): void;
  /** Tells every client, flushes, and closes, within the drain limit. Returns `finished`. */
  shutdown(): Promise<void>;
}

/** Starts a server. Throws what `Deno.listen` throws when the address can't be had. */
export function serve(options: ServeOptions = {}): Server {
  const { hostname = "127.0.0.1", port = 0, secure } = options;
  const listener = Deno.listen({ hostname, port });
  const stopping = new AbortController();
  const { signal } = stopping;
  let isBroken = false;
  const parts = makeParts(options, () => {
    isBroken = true;
    shutdown();
  });
  const { shared, sweep, live, goodbyes } = parts;
  const host: ListenerHost = {
    shared,
    sweep,
    live,
    get stopping() {
      return signal.aborted;
    },
    admit: (address, make) => live.admit(address, make),
  };
  const finished = openDoor({ listener, host, goodbyes, secure, signal })
    .finally(() => endAll(parts));
  tellStart(shared, listener.addr);
  const shutdown = (): Promise<void> => {
    if (!signal.aborted) {
      stopping.abort();
      listener.close();
    }
    return finished;
  };
  return {
    addr: listener.addr,
    get connections() {
      return live.size;
    },
    host,
    get isBroken() {
      return isBroken;
    },
    finished,
    change: (to) => change(shared, to),
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

/**
 * Accepts clients once the code for that is loaded: no start waits for what nobody needs before the first
 * client is there. Whoever comes in the same moment waits until then.
 */
async function openDoor(options: FrameListener): Promise<void> {
  const { acceptFrames } = await import("./accept_frames.ts");
  options.host.sweep.start();
  await acceptFrames(options);
}

/** What a running server is made of. */
interface Parts {
  readonly shared: SharedState;
  readonly pace: LoopPace;
  readonly sweep: Sweep;
  readonly live: LiveConnections;
  readonly goodbyes: Goodbyes;
}

/** `end` is called when the house is broken. */
function makeParts(options: ServeOptions, end: () => void): Parts {
  const { version = "chatroom", title, nodes, log = () => {}, sweepMs = 1_000 } = options;
  const limits = withDefaults(options.limits);
  const metrics = new Metrics();
  metrics.node = options.node;
  const pace = new LoopPace();
  const sweep = new Sweep(sweepMs);
  const ticks = new Ticks();
  const opens = options.password === undefined ? undefined : passwordCheck(options.password);
  const house = makeHouse(options, { limits, pace, ticks, metrics, log, opens, end });
  const rates = ratesOf(limits);
  const titled = title === undefined ? {} : { title };
  const clustered = nodes === undefined ? {} : { nodes };
  const gate = new WriteGate();
  const turns = new LargeTurns();
  const about = { version, ...titled, ...clustered };
  const shared = { house, limits, gate, rates, ticks, turns, metrics, log, ...about };
  const live = new LiveConnections(shared, sweep);
  const goodbyes = new Goodbyes();
  for (const swept of [goodbyes, { sweep: () => house.expire() }]) sweep.add(swept);
  return { shared, pace, sweep, live, goodbyes };
}

/** What connections have a hold of stays the same object, and has other values from now on. */
function change(shared: SharedState, to: Partial<Changeable>): void {
  const { house, limits, rates } = shared;
  if (to.limits !== undefined) {
    Object.assign(limits, withDefaults(to.limits));
    for (const [name, rate] of Object.entries(ratesOf(limits))) {
      Object.assign(rates[name as keyof Rates], rate);
    }
    house.changeLimits(houseLimits(limits));
  }
  if ("title" in to) shared.title = to.title;
  if (!("password" in to)) return;
  house.changePassword(to.password === undefined ? undefined : passwordCheck(to.password));
}

function tellStart({ log, limits }: SharedState, { hostname, port }: Deno.NetAddr): void {
  const { connections, connectionsPerAddress } = limits;
  const fields = { address: hostname, port, connections, connectionsPerAddress };
  log({ level: "info", kind: "start", text: "Listening", fields });
}

/** Stores and tells what was said, and ends every connection. */
async function endAll({ shared, live, goodbyes, sweep, pace }: Parts): Promise<void> {
  const { house, ticks, turns, gate, log, limits: { drainMs } } = shared;
  house.close();
  live.stopReading();
  // From here on delayed requests are answered at once.
  for (const delay of [ticks, turns]) delay[Symbol.dispose]();
  const deadline = performance.now() + drainMs;
  // If the disk hangs, half of the time is left for the goodbyes.
  await within(drainMs / 2, house.settled());
  await live.drain(deadline - performance.now());
  await within(ENDING_MS, goodbyes.close());
  for (const timed of [sweep, gate, pace]) timed[Symbol.dispose]();
  log({ level: "info", kind: "stop", text: "Stopped" });
}
