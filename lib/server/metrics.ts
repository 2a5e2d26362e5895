/**
 * The counters of a server: plain fields, counted where things happen and read when somebody looks.
 * This file does not know how they are shown.
 */

import type { Batch } from "../chat/sessions/batch.ts";
import type { Message } from "../wire/events.ts";
import type { Tracked } from "./outbox.ts";

/** The figures of one connection. */
export interface Figures {
  /** The kind of its door; `opening` until the protocol is clear. */
  readonly door: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Bytes that wait for the peer to read. */
  readonly outboxBytes: number;
}

/** A histogram of times. */
export interface Timing {
  observe(seconds: number): void;
}

/** How a node of a cluster is. */
export interface NodeNow {
  /** Why nobody should come to this node, in words; `undefined`: they may. */
  readonly unready: string | undefined;
  /** Whether what it sends into the log comes back. */
  readonly isReached: boolean;
  /** The seq of the last message of the log that it has applied. */
  readonly applied: number;
  /** For how long it has been behind the others, in ms. */
  readonly lagMs: number;
  /** Nodes that live, as the log has it. */
  readonly nodes: number;
  /** The level of the log that was agreed on. */
  readonly level: number;
  /** Whether it does what one node does for all. */
  readonly isOnDuty: boolean;
  /** Batches that it has sent another time. */
  readonly repeats: number;
  /** Batches that were read and did not count, by why. */
  readonly ignored: Readonly<Record<string, number>>;
  readonly hasDiverged: boolean;
  /** Messages of the log that could not be applied. */
  readonly failures: number;
}

/** A node of a cluster, for those who look at it. */
export interface WatchedNode {
  now(): NodeNow;
  /** The time from when something is put to when it is read back, of each batch; to be set. */
  append: Timing | undefined;
}

/** Where a message is. */
type Place = Pick<Message, "room" | "seq">;

/** The counters, which all connections share. */
export class Metrics {
  messages = 0;
  /** What was done about messages, by the type of the request. */
  readonly changes = new Map(
    ["revise", "remove", "react", "pin", "answer"].map((kind) => [kind, 0]),
  );
  deliveries = 0;
  /** Connections that have ended, by door. The bytes are those of ended connections too. */
  readonly connections = none();
  readonly receivedBytes = none();
  readonly sentBytes = none();
  /** By reason; `left` for clients that left of their own accord. */
  readonly disconnects = new Map<string, number>();
  /** Refusals by the code of the `error` or the reason of the `bye`. */
  readonly refusals = new Map<string, number>();
  /** The time from when a message is put to when it is stored; of some messages. */
  commit: Timing | undefined;
  /** The time from when it is put to when all members that keep up have been sent it; of some. */
  delivery: Timing | undefined;
  /** Requests that could not be decided because of a bug. */
  decideFailures = 0;
  /** Entries that could not be told of because of a bug. */
  tellFailures = 0;
  /** When the store last failed, in ms of `performance.now()`; `undefined` if it has worked since. */
  storeFailedAt: number | undefined;
  /** The node of a cluster that this server is; `undefined`: it is none. */
  node: WatchedNode | undefined;
  #wanted: { readonly message: Place; readonly since: number } | undefined;
  #traced: Batch | undefined;
  #trace: Tracked | undefined;

  /** Whether messages are timed. */
  get isTimed(): boolean {
    return this.commit !== undefined || this.delivery !== undefined;
  }

  /** A door is opened that not every server has: it is counted from 0. */
  opened(door: string): void {
    for (const counts of [this.connections, this.receivedBytes, this.sentBytes]) {
      add(counts, door, 0);
    }
  }

  /** A connection has ended. */
  ended({ door, receivedBytes, sentBytes }: Figures, reason: string | undefined): void {
    add(this.connections, door, 1);
    add(this.receivedBytes, door, receivedBytes);
    add(this.sentBytes, door, sentBytes);
    add(this.disconnects, reason ?? "left", 1);
  }

  /** A request or connection was refused. */
  refused(code: string): void {
    add(this.refusals, code, 1);
  }

  /** Something was done about a message. */
  changed(kind: string): void {
    add(this.changes, kind, 1);
  }

  /** Times the delivery of a message that is about to be sent, and was put at `since` (ms). */
  follow(message: Place, since: number): void {
    // One message at a time. If all its readers were behind, its writes never began and never end.
    if (this.#traced !== undefined && this.#traced.inFlight > 0) return;
    this.#traced = this.#trace = undefined;
    this.#wanted = { message, since };
  }

  /** What an outbox tells when it writes this batch: the batch, or a wrapper that times it. */
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

/** A counter by door, at 0: for the doors that every server has, unless told. */
export function none(doors: Iterable<string> = ["classic", "event", "web"]): Map<string, number> {
  return new Map([...doors].map((door) => [door, 0]));
}

/** Adds `amount` to the count of `key`. */
export function add<Key>(counts: Map<Key, number>, key: Key, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}
