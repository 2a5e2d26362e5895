/**
 * The server: accepts connections, runs a reader task for each, and drains when it stops. This
 * folder knows no flags, no environment and no terminal; what to listen on is handed in.
 */

import type { Passwords } from "../chat/keeper.ts";
import type { KeptLog } from "../chat/log/fact_log.ts";
import { acceptFrames } from "./accept_frames.ts";
import { WriteGate } from "./gate.ts";
import { Goodbyes } from "./goodbye.ts";
import type { ListenerHost, SharedState } from "./host.ts";
import { LiveConnections } from "./live_connections.ts";
import { type Limits, withDefaults } from "./limits.ts";
import type { Log } from "./log.ts";
import { makeHouse } from "./make_house.ts";
import { ratesOf } from "./meter.ts";
import { Metrics } from "./metrics.ts";
import { LoopPace } from "./pace.ts";
import { passwordCheck } from "./password.ts";
import type { Socket } from "./socket.ts";
import { Sweep } from "./sweep.ts";
import { Ticks } from "./ticks.ts";
import { within } from "./within.ts";

/** What a server is started with. */
export interface ServeOptions {
  /** An address or a name of this machine; `127.0.0.1` unless told. */
  readonly hostname?: string;
  /** 0 (the default) picks a free one. */
  readonly port?: number;
  readonly limits?: Partial<Limits>;
  /**
   * Where all is kept; in memory unless told. It is used until `finished` settles, and the caller's to
   * close after that.
   */
  readonly factLog?: KeptLog;
  /** The password that every client needs; none unless told. */
  readonly password?: string;
  /** Hashes the passwords of names; by scrypt unless told. */
  readonly passwords?: Passwords;
  /** Name and version, as clients are told; `chatroom` unless told. */
  readonly version?: string;
  /** The name that the operator gives it. */
  readonly title?: string;
  /** Makes each connection one over TLS. Plain unless told. */
  readonly secure?: (conn: Deno.TcpConn) => Socket;
  /** Told, in a sentence, of what goes wrong without ending the server. */
  readonly onProblem?: (text: string) => void;
  /** Told of everything that the operator may want to know, problems included. */
  readonly log?: Log;
  /** Whether what is stored is counted and timed, for the metrics. */
  readonly watched?: boolean;
  /** How often deadlines are looked at, in ms; 1,000 unless told. */
  readonly sweepMs?: number;
}

/** How long the goodbyes that were cut off may take to notice it, in ms. */
const ENDING_MS = 500;

/** A running server. */
export interface Server extends AsyncDisposable {
  /** What it listens on. */
  readonly addr: Deno.NetAddr;
  /** Connections that are open now. */
  readonly connections: number;
  /** What another listener needs of it. */
  readonly host: ListenerHost;
  /** Whether it ends by itself, because of a mistake of its own. */
  readonly isBroken: boolean;
  /** Settles when the server has stopped and every connection is closed. */
  readonly finished: Promise<void>;
  /** Changes the password that every client needs, where there is one; clients that are in stay. */
  changePassword(password: string): void;
  /** Stops: tells everybody, flushes, closes. Within the drain limit; the same as `finished`. */
  shutdown(): Promise<void>;
}

/** Starts a server. Throws what `Deno.listen` throws when the address can't be had. */
export function serve(options: ServeOptions = {}): Server {
  const { hostname = "127.0.0.1", port = 0, version = "chatroom" } = options;
  const limits = withDefaults(options.limits);
  const log = logFrom(options);
  const listener = Deno.listen({ hostname, port });
  const stopping = new AbortController();
  const metrics = new Metrics();
  const pace = new LoopPace();
  const sweep = new Sweep(options.sweepMs ?? 1_000);
  const ticks = new Ticks();
  let isRight = options.password === undefined ? undefined : passwordCheck(options.password);
  const opens = isRight && ((password: string): boolean => isRight?.(password) ?? false);
  let isBroken = false;
  const end = (): void => {
    isBroken = true;
    shutdown();
  };
  const house = makeHouse(options, { limits, pace, ticks, metrics, log, opens, end });
  const gate = new WriteGate();
  const rates = ratesOf(limits);
  const titled = options.title === undefined ? {} : { title: options.title };
  const shared = { house, limits, gate, rates, ticks, version, metrics, log, ...titled };
  const live = new LiveConnections(shared, sweep);
  const goodbyes = new Goodbyes(sweep);
  for (const swept of [goodbyes, { sweep: () => house.expire() }]) sweep.add(swept);
  const host: ListenerHost = {
    shared,
    sweep,
    live,
    get stopping() {
      return stopping.signal.aborted;
    },
    admit: (address, make) => live.admit(address, make),
  };

  const run = async (): Promise<void> => {
    try {
      const { secure } = options;
      await acceptFrames({ listener, host, goodbyes, secure, signal: stopping.signal });
    } finally {
      await endAll({ shared, live, goodbyes });
      for (const timed of [sweep, gate, pace]) timed[Symbol.dispose]();
      log({ level: "info", kind: "stop", text: "Stopped" });
    }
  };

  const finished = run();
  tellStart(shared, listener.addr);
  const shutdown = (): Promise<void> => {
    if (!stopping.signal.aborted) {
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
    changePassword: (password) => isRight &&= passwordCheck(password),
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

function tellStart({ log, limits }: SharedState, { hostname, port }: Deno.NetAddr): void {
  const { connections, connectionsPerAddress } = limits;
  const fields = { address: hostname, port, connections, connectionsPerAddress };
  log({ level: "info", kind: "start", text: "Listening", fields });
}

/** What there is to be ended when a server stops. */
interface Running {
  readonly shared: SharedState;
  readonly live: LiveConnections;
  readonly goodbyes: Goodbyes;
}

/** Has what was said stored and told, and ends every connection. */
async function endAll({ shared, live, goodbyes }: Running): Promise<void> {
  const { house, ticks, limits: { drainMs } } = shared;
  house.close();
  live.stopReading();
  // From here on requests that were to wait are answered at once.
  ticks[Symbol.dispose]();
  const deadline = performance.now() + drainMs;
  // A disk that hangs leaves half of the time for the goodbyes.
  await within(house.settled(), drainMs / 2);
  await live.drain(deadline - performance.now());
  await within(goodbyes.close(), ENDING_MS);
}

/** The log that entries go to; problems go to `onProblem` too. */
function logFrom({ log, onProblem }: ServeOptions): Log {
  if (onProblem === undefined) return log ?? (() => {});
  return (entry) => {
    log?.(entry);
    if (entry.kind === "problem") onProblem(`${entry.text}: ${JSON.stringify(entry.fields)}`);
  };
}
