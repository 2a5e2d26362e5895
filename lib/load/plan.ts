/** What a load is to be, and whether it can be. */

import { STAMP_BYTES } from "./stamp.ts";

/** How messages are paced. */
export type LoadPace =
  /**
   * The next message goes out when less than `messages` are in flight, counted over all clients that
   * read: when less than `messages` times the readers of a room are still owed.
   */
  | { readonly kind: "window"; readonly messages: number }
  /** So many messages in a second, whether they arrive or not. */
  | { readonly kind: "rate"; readonly perSecond: number }
  /** None: connections are opened and held. */
  | { readonly kind: "idle" };

/** What a load needs of a connection. */
export interface LoadConn {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** A load. */
export interface LoadPlan {
  /** Where the server is; nothing else is ever connected to. */
  readonly hostname: string;
  readonly port: number;
  /** Makes a connection one over TLS, or closes it and rejects. Plain unless told. */
  readonly secure?: (conn: Deno.TcpConn, signal: AbortSignal) => Promise<LoadConn>;
  readonly protocol: "classic" | "event";
  /** Connections. */
  readonly clients: number;
  /** How many of them talk, in turn. */
  readonly senders: number;
  /** Rooms that they are spread over. With one, it is the one that everybody begins in. */
  readonly rooms: number;
  /** How many of them join and never read. */
  readonly stalled: number;
  /** A message's text in bytes. */
  readonly size: number;
  readonly pace: LoadPace;
  /** How long messages are sent, or connections held, in ms. */
  readonly durationMs: number;
}

/** The most connections that a load may have; one address of a machine has fewer ports than this. */
export const MAX_CLIENTS = 100_000;
/** Open files that are left to the program itself, or to the server, besides one for each client. */
const SPARE_FILES = 64;
/** The longest text of a message, in bytes: with what is around it, it fits into a frame of 64 KiB. */
export const MAX_SIZE = 60_000;
/** The longest that a load may take, in ms. */
export const MAX_DURATION_MS = 600_000;

/** How many files a process may have to have open for so many clients. */
export function filesFor(clients: number): number {
  return clients + SPARE_FILES;
}

/** Says in a sentence why a plan can't be run, or `undefined` when it can. */
export function checkPlan(plan: LoadPlan): string | undefined {
  const { clients, senders, rooms, stalled, size, durationMs, pace } = plan;
  if (clients > MAX_CLIENTS) return `A load has ${MAX_CLIENTS} clients at most, not ${clients}`;
  if (size < STAMP_BYTES || size > MAX_SIZE) {
    return `A message has ${STAMP_BYTES} to ${MAX_SIZE} bytes, not ${size}`;
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
