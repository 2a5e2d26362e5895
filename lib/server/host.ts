/** What the listeners and connections of a server share, whatever their protocol. */

import type { House } from "../chat/house.ts";
import type { Batch } from "../chat/sessions/batch.ts";
import type { EventOf } from "../wire/events.ts";
import type { FileLinks } from "./file_links.ts";
import type { WriteGate } from "./gate.ts";
import type { LargeTurns } from "./large_turns.ts";
import type { Limits } from "./limits.ts";
import type { Logger } from "./log.ts";
import type { Rates } from "./meter.ts";
import type { Figures, Metrics } from "./metrics.ts";
import type { ClusterNodes } from "./nodes.ts";
import type { Sweep, Ticks } from "./timers.ts";

/** What all connections of a server share. */
export interface SharedState {
  readonly house: House;
  /** They may change: whoever looks at one each time goes by what it is then. */
  readonly limits: Limits;
  readonly gate: WriteGate;
  /** The server's name and version, as `welcome` tells it. */
  readonly version: string;
  /** The name that the operator gave the server; it may change. */
  title?: string | undefined;
  readonly metrics: Metrics;
  /** How fast a connection may send requests; they change with the limits. */
  readonly rates: Rates;
  readonly ticks: Ticks;
  /** In which order large requests are answered, and pieces of files are sent. */
  readonly turns: LargeTurns;
  readonly log: Logger;
  /** The nodes of the cluster, where it is one of those. */
  readonly nodes?: ClusterNodes;
  /** Makes HTTP links to files; there is one while a web door is open. */
  links?: FileLinks | undefined;
}

/** One connection, as the server that runs it sees it. */
export interface LiveConnection {
  /** Serves the peer until the connection has ended; never throws. */
  run(): Promise<void>;
  /** Takes no more requests; earlier ones are still answered. */
  stopReading(): void;
  /** Tells its client which nodes there are, if it wants to know; the batch is that for all of them. */
  tellServers(batch: Batch): void;
  /** Queues a goodbye as the last thing, and ends the connection when it is written. */
  close(bye: EventOf<"bye">): void;
  /** Lets go of the socket at once, whatever is still in flight. */
  destroy(): void;
  readonly figures: Figures;
}

/** What another listener, such as that of the web, needs of the server. */
export interface ListenerHost {
  readonly shared: SharedState;
  readonly sweep: Sweep;
  /** Whether the server has been told to stop. */
  readonly stopping: boolean;
  /** The open connections of all listeners. */
  readonly live: Iterable<LiveConnection>;
  /**
   * Admits a connection from `address`, which `make` makes, and runs it until it or the server ends;
   * or returns why it is refused. `make` returns `undefined` if there is no connection after all.
   */
  admit(address: string, make: () => LiveConnection | undefined): EventOf<"bye"> | undefined;
}
