/** What a connection and its two doors, classic and event, have to do with each other. */

import type { House } from "../chat/house.ts";
import type { Peer, Traits } from "../chat/peer.ts";
import type { EventOf } from "../wire/event.ts";
import type { Frame } from "../wire/frame.ts";
import type { Encode } from "./encoded.ts";
import type { WriteGate } from "./gate.ts";
import type { Figures, Metrics } from "./metrics.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Costly, Rates } from "./meter.ts";
import type { Sweep } from "./sweep.ts";
import type { Ticks } from "./ticks.ts";

/** What a server's connections share. */
export interface Premises {
  readonly house: House;
  readonly limits: Limits;
  readonly gate: WriteGate;
  /** The server's name and version, as `welcome` tells it. */
  readonly version: string;
  /** What those who run the server call it. */
  readonly title?: string;
  readonly metrics: Metrics;
  /** How fast a connection may ask. */
  readonly rates: Rates;
  readonly ticks: Ticks;
  readonly log: Log;
}

/** One connection, as the server that runs it sees it. */
export interface Guest {
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
export interface Lodge {
  readonly premises: Premises;
  readonly sweep: Sweep;
  /** Whether the server has been told to stop. */
  readonly stopping: boolean;
  /** Those that are open now. */
  readonly guests: Iterable<Guest>;
  /**
   * Lets in a connection from `address`, as `make` makes it, and runs it until it or the server
   * ends; or says why there is no place for it. `make` may find that it can't be.
   */
  admit(address: string, make: () => Guest | undefined): EventOf<"bye"> | undefined;
}

/** What a door needs of its connection. */
export interface Threshold extends Peer {
  /** The address that it is counted by; see `addressKey`. */
  readonly address: string;
  /** Queues bytes for the peer. */
  push(bytes: Uint8Array): void;
  /** Counts a costly request; a promise means that it should wait before it is answered. */
  costly(kind: Costly): Promise<void> | undefined;
}

/** One protocol: frames in, bytes out. */
export interface Door {
  /**
   * Takes one frame, whose payload must not be kept. A promise means that the next frame should
   * wait for it.
   */
  frame(frame: Frame): void | Promise<void>;
  /** How it writes events. */
  readonly encode: Encode;
  /** What its clients can do. */
  readonly traits: Traits;
  /** Whether it waits for a person to type a password. */
  readonly waitsForPerson: boolean;
  /** Whether the peer answers pings. */
  readonly answersPing: boolean;
}

/** Whether nobody's name is kept for it after an end for that reason. */
export function isForGood(reason: string): boolean {
  return reason === "quit" || reason === "kicked" || reason === "banned";
}

/** Makes a `bye`. */
export function bye(reason: string, text: string, retryAfterMs?: number): EventOf<"bye"> {
  return {
    type: "bye",
    reason,
    text,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
