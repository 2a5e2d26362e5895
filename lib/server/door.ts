/** The interface between a connection and its door. A door speaks one protocol. */

import type { Batch } from "../chat/sessions/batch.ts";
import type { ClientSays, Peer, Traits } from "../chat/sessions/peer.ts";
import type { EventOf } from "../wire/events.ts";
import { within } from "../wire/within.ts";
import type { AwaitedFirst } from "./deadlines.ts";
import type { SharedState } from "./host.ts";
import type { Costly } from "./meter.ts";

/** What a door needs of its connection. */
export interface DoorPeer extends Peer {
  /** Queues bytes for the peer. */
  push(bytes: Uint8Array): void;
  /** Counts a costly request. Await the promise, if there is one, before you answer it. */
  costly(kind: Costly): Promise<void> | undefined;
  /** Also answers a large request, which takes time as well. */
  inTurn(answer: () => void | Promise<void>): void | Promise<void>;
}

/** One request that a door has taken. */
export interface Taken {
  /** The length of its payload; the rate of requests counts by it. */
  readonly bytes: number;
  /** How many requests it counts as, such as one for each part of a list; 1 if nothing is said. */
  readonly count?: number;
  /** Settles when the next request may be taken; `undefined`: at once. */
  readonly waits: void | Promise<void>;
}

/**
 * One peer's protocol: the door knows what the bytes mean, the connection does not. Contract:
 *
 * - `begin` is called first, once.
 * - `take` gets each chunk that was read. Then `next` is called until it returns `undefined`, each
 *   time after the `waits` of the call before has settled. The chunk may be overwritten after that,
 *   so a door copies what it keeps. After its peer was closed, neither is called.
 * - An error that `next` throws, or `waits` rejects with, is a bug of ours and ends the connection.
 *   The door itself answers what the peer does wrong, or closes the peer.
 * - The door calls `house.come` to let its peer in, and `house.request` with each request. The
 *   connection calls `house.gone`.
 */
export interface Door {
  /** Its name in the metrics. */
  readonly kind: string;
  /** What its clients can do. */
  readonly traits: Traits;
  /**
   * How many bytes of a file what `next` has answered last has brought: they have a rate of their own.
   * `undefined`: it is a request like others.
   */
  readonly fileBytes?: number | undefined;
  /** Whether its client takes the bytes of files as they are, in pieces of any size. */
  readonly takesBytes?: boolean;
  /** Where the nodes of the cluster have such a door, as its clients write that. */
  readonly servers?: readonly string[] | undefined;
  /** Whether its client wants to hear of those that come later. */
  readonly hearsServers?: boolean;
  /** How its clients call what is advised, see {@linkcode Peer}. */
  readonly words?: Peer["words"];
  /** What its client says of whom it runs for, see {@linkcode Peer}. */
  readonly says?: ClientSays | undefined;
  /** What it waits for before its client is in. */
  readonly awaits: AwaitedFirst;
  /** The bytes of a ping; `undefined` if the protocol has none. */
  readonly ping: Uint8Array | undefined;
  /** Bytes of a message that is not complete. */
  readonly pending: number;
  /** How many messages were complete so far. When it changes, `pending` is about another message. */
  readonly whole: number;
  /** Told what the house calls its client from now on, before it is told what comes of that. */
  named?(name: string): void;
  /**
   * Its peer is served no more: why it gets a goodbye; and in the end, without a reason, that it has ended its side,
   * or that the connection `isBroken`, be it that it was cut off.
   */
  ended?(reason: string | undefined, isBroken: boolean): void;
  /** How far its client was told what was said in a room, see {@linkcode Peer}. */
  toldIn?(room: string): number | undefined;
  /**
   * Whether its client may be gone, so that nothing more is sent to it until it is heard, and what waits for that is
   * let go at the end. Only for a protocol that tells it again when it comes back.
   */
  isUnheard?(now: number): boolean;
  /** Called when the connection is there, for a protocol in which the server speaks first. */
  begin(): void;
  /** Takes bytes from the peer. */
  take(chunk: Uint8Array): void;
  /** Answers the next request in the bytes that were taken; `undefined`: there is no complete one. */
  next(): Taken | undefined;
  /** Encodes a batch of events. All peers of a protocol share the bytes. */
  encode(batch: Batch): Uint8Array;
  /** Encodes a goodbye; `undefined` for a peer that would not understand it. */
  lastWords(bye: EventOf<"bye">): Uint8Array | undefined;
}

/** How long to wait for the answers, in ms: they wait for the disk, which may hang. */
const ANSWERS_MS = 2_000;

/** Closes the peer when its requests are answered; returns a promise if that takes a while. */
export function closeAfterAnswers(
  { house }: Pick<SharedState, "house">,
  peer: DoorPeer,
  event: EventOf<"bye">,
): void | Promise<void> {
  const idle = house.idle(peer);
  if (idle === undefined) return peer.close(event);
  return within(ANSWERS_MS, idle).then(() => peer.close(event));
}
