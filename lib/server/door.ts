/** What a connection and its door have to do with each other. A door is one protocol. */

import type { Batch } from "../chat/batch.ts";
import type { Peer, Traits } from "../chat/peer.ts";
import type { EventOf } from "../wire/events.ts";
import type { Costly } from "./meter.ts";

/** What a door needs of its connection. */
export interface DoorPeer extends Peer {
  /** Queues bytes for the peer. */
  push(bytes: Uint8Array): void;
  /** Counts a costly request; a promise means that it should wait before it is answered. */
  costly(kind: Costly): Promise<void> | undefined;
}

/** One request that a door has taken. */
export interface Taken {
  /** What it counts by: the bytes of its payload. */
  readonly bytes: number;
  /** Settles when the next request may be looked at; `undefined`: it may be now. */
  readonly waits: void | Promise<void>;
}

/**
 * One peer's protocol: it knows what bytes mean, and the connection does not. Contract:
 *
 * - `begin` comes first and once.
 * - `take` gets each chunk that was read. Then `next` is called until it returns `undefined`, each
 *   time after the `waits` of the call before has settled. The chunk may be overwritten after that,
 *   so a door copies what it keeps. After its peer was closed a door is not called for requests.
 * - What `next` throws, or `waits` rejects with, is a bug of ours and ends the connection. What the
 *   peer does wrong the door answers itself, or closes the peer for.
 * - It calls `house.come` to let its peer in, and `house.request` with each request. The connection
 *   calls `house.gone`.
 */
export interface Door {
  /** What it is called in the metrics. */
  readonly kind: string;
  /** What its clients can do. */
  readonly traits: Traits;
  /** Whether it waits for a person to type a password. */
  readonly waitsForPerson: boolean;
  /** Asks the peer for a sign of life; `undefined` where it can't be asked. */
  readonly ping: Uint8Array | undefined;
  /** Bytes of a message that is not complete. */
  readonly pending: number;
  /** Messages that were complete so far: `pending` is of another when this has changed. */
  readonly whole: number;
  /** The connection is there: says what comes before the peer has said anything. */
  begin(): void;
  /** Takes bytes of the peer's. */
  take(chunk: Uint8Array): void;
  /** Answers the next request in what was taken; `undefined` when no complete one is left. */
  next(): Taken | undefined;
  /** The bytes of a batch of events; the same bytes for all peers of this protocol. */
  encode(batch: Batch): Uint8Array;
  /** The bytes of a goodbye; `undefined` for a peer that would not understand any. */
  lastWords(bye: EventOf<"bye">): Uint8Array | undefined;
}
