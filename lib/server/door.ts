/** What a connection and its two doors, classic and event, have to do with each other. */

import type { House } from "../chat/house.ts";
import type { Peer } from "../chat/session.ts";
import type { EventOf } from "../wire/event.ts";
import type { Frame } from "../wire/frame.ts";
import type { Encode } from "./encoded.ts";
import type { WriteGate } from "./gate.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Costly, Rates } from "./meter.ts";
import type { Ticks } from "./ticks.ts";

/** What a server's connections share. */
export interface Premises {
  readonly house: House;
  readonly limits: Limits;
  readonly gate: WriteGate;
  /** The server's name and version, as `welcome` tells it. */
  readonly version: string;
  /** How fast a connection may ask. */
  readonly rates: Rates;
  readonly ticks: Ticks;
  readonly log: Log;
}

/** What a door needs of its connection. */
export interface Threshold extends Peer {
  /** The address that it is counted by; see `addressKey`. */
  readonly address: string;
  /** Queues bytes for the peer. */
  push(bytes: Uint8Array): void;
  /** The peer has sent all that it must before the handshake deadline. */
  welcome(): void;
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
  /** The connection has ended, because the peer closed it (`clean`) or for another reason. */
  gone(clean: boolean, reason?: string): void;
  /** What its peer is called; `undefined` before it has been let in. */
  readonly peerName: string | undefined;
  /** Whether it waits for a person to type a password. */
  readonly waitsForPerson: boolean;
  /** Whether the peer answers pings. */
  readonly answersPing: boolean;
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
