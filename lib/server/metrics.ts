/**
 * What the server counts of itself: plain fields, counted where things happen and read when somebody
 * looks. Nothing here knows how they are shown.
 */

import type { Batch } from "../chat/batch.ts";
import type { Message } from "../wire/events.ts";
import type { Tracked } from "./outbox.ts";

/** What one connection has come to. */
export interface Figures {
  /** What its door is called: `opening` until that is clear. */
  readonly door: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Bytes that wait for the peer to read. */
  readonly outboxBytes: number;
}

/** Told of times in seconds. */
export interface Timing {
  observe(seconds: number): void;
}

/** What those who count share. */
export class Metrics {
  messages = 0;
  deliveries = 0;
  /** Of connections that have ended, like those of bytes. */
  readonly connections = none();
  readonly receivedBytes = none();
  readonly sentBytes = none();
  /** By reason; `left` for those who went of their own accord. */
  readonly disconnects = new Map<string, number>();
  /** What was refused, by the codes of `error` and the reasons of `bye`. */
  readonly refusals = new Map<string, number>();
  /** Told from when a message is handed to the history to when it is stored, of some. */
  commit: Timing | undefined;
  /** Told from then to when every member that keeps up has been sent it, of some. */
  delivery: Timing | undefined;
  /** Requests that could not be decided, for no reason that anybody has foreseen. */
  decideFailures = 0;
  /** When the store failed last, in ms of `performance.now()`, unless it has worked since. */
  storeFailedAt: number | undefined;
  #wanted: { readonly message: Message; readonly since: number } | undefined;
  #traced: Batch | undefined;
  #trace: Tracked | undefined;

  /** A connection has ended. */
  ended({ door, receivedBytes, sentBytes }: Figures, reason: string | undefined): void {
    add(this.connections, door, 1);
    add(this.receivedBytes, door, receivedBytes);
    add(this.sentBytes, door, sentBytes);
    add(this.disconnects, reason ?? "left", 1);
  }

  /** Something was refused with a code. */
  refused(code: string): void {
    add(this.refusals, code, 1);
  }

  /** Times the delivery of a message that is about to be told, and was said at `since` (ms). */
  follow(message: Message, since: number): void {
    // One whose readers were all behind was never begun to be written, and does not end either.
    if (this.#traced !== undefined && this.#traced.inFlight > 0) return;
    this.#traced = this.#trace = undefined;
    this.#wanted = { message, since };
  }

  /** What is to be told of the writes of a batch: itself, or who times it. */
  delivers(batch: Batch): Tracked {
    this.deliveries += batch.size;
    if (batch === this.#traced) return this.#trace ?? batch;
    return this.#wanted === undefined ? batch : this.#look(batch);
  }

  #look(batch: Batch): Tracked {
    const { message, since } = this.#wanted ?? {};
    if (message === undefined || since === undefined || batch.variant !== undefined) return batch;
    const isIn = batch.events.some((event) =>
      event.type === "message" && event.seq === message.seq && event.room === message.room
    );
    if (!isIn) return batch;
    this.#wanted = undefined;
    this.#traced = batch;
    return this.#trace = {
      begin: () => batch.begin(),
      end: () => {
        batch.end();
        if (batch.inFlight > 0 || this.#traced !== batch) return;
        this.#traced = this.#trace = undefined;
        this.delivery?.observe((performance.now() - since) / 1_000);
      },
    };
  }
}

/** Nothing yet, for the doors of every server. */
export function none(): Map<string, number> {
  return new Map([["classic", 0], ["event", 0], ["web", 0]]);
}

/** Adds to what is counted under a key. */
export function add<Key>(counts: Map<Key, number>, key: Key, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}
