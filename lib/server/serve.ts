/**
 * The server: accepts connections, runs a reader task for each, and drains when it stops. This
 * folder knows no flags, no environment and no terminal; what to listen on is handed in.
 */

import type { History } from "../chat/history.ts";
import { House } from "../chat/house.ts";
import { MemoryHistory } from "../chat/memory_history.ts";
import type { EventOf } from "../wire/event.ts";
import { connections } from "./accept.ts";
import { Connection } from "./connection.ts";
import { bye, type Guest, type Lodge, type Premises } from "./door.ts";
import { WriteGate } from "./gate.ts";
import { type Limits, withDefaults } from "./limits.ts";
import { Metrics } from "./metrics.ts";
import { WatchedHistory } from "./metrics_history.ts";
import { LoopPace } from "./pace.ts";
import { Sweep } from "./sweep.ts";

/** What a server is started with. */
export interface ServeOptions {
  /** An address or a name of this machine; `127.0.0.1` unless told. */
  readonly hostname?: string;
  /** 0 (the default) picks a free one. */
  readonly port?: number;
  readonly limits?: Partial<Limits>;
  /**
   * Where messages are kept; in memory unless told. It is used until `finished` settles, and the
   * caller's to close after that.
   */
  readonly history?: History;
  /** Name and version, as clients are told; `chatroom` unless told. */
  readonly version?: string;
  /** Told, in a sentence, of what goes wrong without ending the server. */
  readonly onProblem?: (text: string) => void;
  /** Whether what is stored is counted and timed, for whoever looks at the metrics. */
  readonly watched?: boolean;
  /** How often deadlines are looked at, in ms; 1,000 unless told. */
  readonly sweepMs?: number;
}

/** How long a client waits before it comes back after a shutdown, in ms. */
const RETRY_AFTER_SHUTDOWN_MS = 1_000;

/** A running server. */
export interface Server extends AsyncDisposable {
  /** What it listens on. */
  readonly addr: Deno.NetAddr;
  /** Connections that are open now. */
  readonly connections: number;
  /** What another listener needs of it. */
  readonly lodge: Lodge;
  /** Settles when the server has stopped and every connection is closed. */
  readonly finished: Promise<void>;
  /** Stops: tells everybody, flushes, closes. Within the drain limit; the same as `finished`. */
  shutdown(): Promise<void>;
}

/** Starts a server. Throws what `Deno.listen` throws when the address can't be had. */
export function serve(options: ServeOptions = {}): Server {
  const { hostname = "127.0.0.1", port = 0, version = "chatroom", onProblem } = options;
  const limits = withDefaults(options.limits);
  const listener = Deno.listen({ hostname, port });
  const stopping = new AbortController();
  const kept = options.history ?? new MemoryHistory({
    messagesPerRoom: limits.historyMessages,
    maxBytes: limits.historyBytes,
  });
  const metrics = new Metrics();
  const history = options.watched ? new WatchedHistory(kept, metrics) : kept;
  const pace = new LoopPace();
  // A round is small beside an outbox, so that only who misses several is too slow.
  const houseLimits = { ...limits, roundLength: limits.outboxBytes / 8 };
  const house = new House({ history, limits: houseLimits, pace });
  const gate = new WriteGate();
  const premises: Premises = { house, limits, gate, version, metrics, onProblem };
  const open = new Map<Guest, Promise<void>>();
  const sweep = new Sweep(options.sweepMs ?? 1_000);
  sweep.add({ sweep: () => house.expire() });

  const lodge: Lodge = {
    premises,
    sweep,
    get guests() {
      return open.keys();
    },
    get stopping() {
      return stopping.signal.aborted;
    },
    admit: (_address, make) => {
      const guest = make();
      if (guest !== undefined) open.set(guest, guest.run().finally(() => open.delete(guest)));
      return undefined;
    },
  };

  const acceptAll = async (): Promise<void> => {
    const problem = (error: Error, pauseMs: number): void =>
      onProblem?.(`Can't accept connections for ${pauseMs} ms: ${error.message}`);
    const accepted = connections(listener, { signal: stopping.signal, onProblem: problem });
    for await (const conn of accepted) {
      lodge.admit(conn.remoteAddr.hostname, () => new Connection(conn, premises, sweep));
    }
  };

  const run = async (): Promise<void> => {
    try {
      await acceptAll();
    } finally {
      house.close();
      for (const connection of open.keys()) connection.stopReading();
      await within(house.settled(), limits.drainMs);
      await drain(open, limits.drainMs);
      for (const timed of [sweep, gate, pace]) timed[Symbol.dispose]();
    }
  };

  const finished = run();
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
      return open.size;
    },
    lodge,
    finished,
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

/** Settles with `promise`, or when the time is over. */
async function within(promise: Promise<void> | undefined, ms: number): Promise<void> {
  if (promise === undefined) return;
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([promise, late.promise]);
  clearTimeout(timer);
}

function shutdownBye(): EventOf<"bye"> {
  return bye("shutdown", "The server is shutting down.", RETRY_AFTER_SHUTDOWN_MS);
}

/** Tells every connection that the server stops, and waits until all have ended. */
async function drain(
  open: ReadonlyMap<Guest, Promise<void>>,
  drainMs: number,
): Promise<void> {
  for (const connection of open.keys()) {
    connection.close(shutdownBye());
  }
  const deadline = setTimeout(() => {
    for (const connection of open.keys()) connection.destroy();
  }, drainMs);
  await Promise.all(open.values());
  clearTimeout(deadline);
}
