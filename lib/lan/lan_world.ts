/** What those who tell and ask on a network have of the world around them, handed in. */

import type { DnsMessage } from "./dns_message.ts";

/** Time and chance. */
export interface LanWorld {
  /** The time in ms, which only goes forward. */
  readonly now: () => number;
  /** Calls `call` in `ms` ms; returns what calls that off. */
  readonly after: (ms: number, call: () => void) => () => void;
  /** A number from 0 up to, but not including, 1. */
  readonly chance: () => number;
}

/** Who has sent something, or is sent something. */
export interface LanPeer {
  readonly address: string;
  readonly port: number;
}

/** Sends a message to one host, or else to all on a network. */
export type LanSend = (message: DnsMessage, to?: LanPeer) => void;

/** The port that all of mDNS is spoken on. */
export const MDNS_PORT = 5_353;

/** The parts of a message that are left out. */
export const EMPTY_MESSAGE: DnsMessage = {
  id: 0,
  isResponse: false,
  isTruncated: false,
  questions: [],
  answers: [],
  authorities: [],
  additionals: [],
};
