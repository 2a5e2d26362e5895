/** The open connections of all listeners: admits them, runs them, and ends them. */

import { RETRY_AFTER_SHUTDOWN_MS } from "../chat/sessions/peer.ts";
import type { EventOf } from "../wire/events.ts";
import { within } from "../wire/within.ts";
import { addressKey, Admission } from "./admission.ts";
import { bye } from "./bye.ts";
import type { LiveConnection, SharedState } from "./host.ts";
import type { Sweep } from "./timers.ts";

/** How long connections that were cut off may take to end, in ms. */
const ENDING_MS = 500;

/** The open connections. */
export class LiveConnections {
  readonly #shared: SharedState;
  readonly #sweep: Sweep;
  readonly #admission: Admission;
  readonly #open = new Map<LiveConnection, Promise<void>>();

  constructor(shared: SharedState, sweep: Sweep) {
    this.#shared = shared;
    this.#sweep = sweep;
    this.#admission = new Admission(shared.limits);
    sweep.add(this.#admission);
  }

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): Iterator<LiveConnection> {
    return this.#open.keys();
  }

  /** Counts a connection and runs it to its end, or returns why it is refused. */
  admit(address: string, make: () => LiveConnection | undefined): EventOf<"bye"> | undefined {
    const key = addressKey(address);
    const refusal = this.#admission.enter(key, this.#sweep.now);
    if (refusal !== undefined) {
      this.#tellRefused(address, refusal.reason);
      return refusal;
    }
    let made: LiveConnection | undefined;
    try {
      made = make();
    } finally {
      if (made === undefined) this.#admission.leave(key);
    }
    if (made === undefined) return undefined;
    const connection = made;
    const left = (): void => {
      this.#open.delete(connection);
      this.#admission.leave(key);
    };
    this.#open.set(connection, connection.run().finally(left));
    return undefined;
  }

  /** Takes no more requests; earlier ones are still answered. */
  stopReading(): void {
    for (const connection of this) connection.stopReading();
  }

  /**
   * Tells every peer that the server stops, and waits up to `drainMs` until all connections have
   * ended. Does not wait longer for one whose request hangs at the disk.
   */
  async drain(drainMs: number): Promise<void> {
    for (const connection of this) {
      connection.close(
        bye("shutdown", "The server is shutting down.", RETRY_AFTER_SHUTDOWN_MS),
      );
    }
    const ended = Promise.all(this.#open.values());
    await within(drainMs, ended);
    for (const connection of this) connection.destroy();
    await within(ENDING_MS, ended);
  }

  #tellRefused(address: string, reason: string): void {
    const fields = { address, reason };
    const kind = `refused-${reason}`;
    this.#shared.log({ level: "info", kind, text: "Refused a connection", fields });
    this.#shared.metrics.refused(reason);
  }
}
