/** What a server's listeners and connections share, whatever the protocol. */

import type { House } from "../chat/house.ts";
import type { EventOf } from "../wire/events.ts";
import type { WriteGate } from "./gate.ts";
import type { Limits } from "./limits.ts";
import type { Logger } from "./log.ts";
import type { Rates } from "./meter.ts";
import type { Figures, Metrics } from "./metrics.ts";
import type { Sweep } from "./sweep.ts";
import type { Ticks } from "./ticks.ts";

/** What a server's connections share. */
export interface SharedState {
  readonly house: House;
  readonly limits: Limits;
  readonly gate: WriteGate;
  /** The server's name and version, as `welcome` tells it. */
  readonly version: string;
  /** The name that the operator gave the server. */
  readonly title?: string;
  readonly metrics: Metrics;
  /** How fast a connection may ask. */
  readonly rates: Rates;
  readonly ticks: Ticks;
  readonly log: Logger;
}

/** One connection, as the server that runs it sees it. */
export interface LiveConnection {
  /** Serves the peer until the connection has ended; never throws. */
  run(): Promise<void>;
  /** Takes no more requests; those that were taken are answered. */
  stopReading(): void;
  /** Tells the peer why, after what is queued, and ends the connection. */
  close(bye: EventOf<"bye">): void;
  /** Lets go of the socket at once, whatever is still in flight. */
  destroy(): void;
  /** What it has come to so far. */
  readonly figures: Figures;
}

/** What a listener besides the server's own, such as the web's, needs of it. */
export interface ListenerHost {
  readonly shared: SharedState;
  readonly sweep: Sweep;
  /** Whether the server has been told to stop. */
  readonly stopping: boolean;
  /** Connections that are open now, of all listeners. */
  readonly live: Iterable<LiveConnection>;
  /**
   * Lets in a connection from `address`, as `make` makes it, and runs it until it or the server
   * ends; or says why there is no place for it. `make` may find that it can't be.
   */
  admit(address: string, make: () => LiveConnection | undefined): EventOf<"bye"> | undefined;
}
