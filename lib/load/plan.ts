/** The description of a load, and whether it can be run. */

import { type LoadProtocol, STAMP_BYTES } from "./stamp.ts";

/** How messages are paced. */
export type LoadPace =
  /**
   * The next message goes out when fewer than `messages` are in flight: when fewer deliveries are owed
   * than `messages` times the readers of a room.
   */
  | { readonly kind: "window"; readonly messages: number }
  /** So many messages per second, whether they arrive or not. */
  | { readonly kind: "rate"; readonly perSecond: number }
  /** No messages: connections are opened and held. */
  | { readonly kind: "idle" };

/** The part of a connection that a load uses. */
export type LoadConn = Pick<Deno.Conn, "read" | "write" | "close">;

/** A load on one server. */
export interface LoadPlan {
  /** The server's address. The load never connects to any other. */
  readonly hostname: string;
  readonly port: number;
  /** Wraps a connection in TLS, or closes it and rejects. By default there is no TLS. */
  readonly secure?: (conn: Deno.TcpConn, signal: AbortSignal) => Promise<LoadConn>;
  readonly protocol: LoadProtocol;
  /** How many clients connect. */
  readonly clients: number;
  /** How many of them send, in turn. */
  readonly senders: number;
  /** How many rooms they are spread over. 1: the room that every client begins in; of IRC, a channel. */
  readonly rooms: number;
  /** How many of them join and never read. */
  readonly stalled: number;
  /** The length of a message's text, in bytes. */
  readonly size: number;
  readonly pace: LoadPace;
  /** How long messages are sent, or connections held, in ms. */
  readonly durationMs: number;
}

/** The most clients of a load. One address of a machine has fewer ports than this. */
export const MAX_CLIENTS = 100_000;
/** Open files that the program needs besides one for each client. */
const SPARE_FILES = 64;
/** The longest text of a message, in bytes. With the rest of its frame it fits into 64 KiB. */
const MAX_SIZE = 60_000;
/** The same for IRC, whose lines have 512 bytes with the sender, the channel and the end. */
const MAX_IRC_SIZE = 400;
/** The longest that a load may take, in ms. */
const MAX_DURATION_MS = 600_000;

/** How many open files a process needs for so many clients. */
export function filesFor(clients: number): number {
  return clients + SPARE_FILES;
}

/** A sentence that says why the plan can't be run; `undefined`: it can. */
export function checkPlan(plan: LoadPlan): string | undefined {
  const { clients, senders, rooms, stalled, size, durationMs, pace, protocol } = plan;
  if (clients > MAX_CLIENTS) return `A load has ${MAX_CLIENTS} clients at most, not ${clients}`;
  const most = protocol === "irc" ? MAX_IRC_SIZE : MAX_SIZE;
  if (size < STAMP_BYTES || size > most) {
    return `A message has ${STAMP_BYTES} to ${most} bytes, not ${size}`;
  }
  if (durationMs > MAX_DURATION_MS) return "A load takes 10 minutes at most";
  if (pace.kind === "idle") {
    if (stalled > 0) return "Idle clients are sent nothing, so none of them can stall";
    return rooms > clients ? `${clients} clients can't be in ${rooms} rooms` : undefined;
  }
  const reading = clients - stalled;
  if (reading < rooms * 2) {
    return `Each room needs two clients that read: ${rooms * 2} or more, not ${reading}`;
  }
  if (senders > reading) return `Of ${reading} clients that read, ${senders} can't send`;
  return undefined;
}
