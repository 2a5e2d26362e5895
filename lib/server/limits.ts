/**
 * What a server takes and for how long: the one table of limits, from which the flags of `serve`
 * and the documentation are made.
 */

/** One limit. */
export interface Limit {
  readonly default: number;
  readonly unit: "bytes" | "ms" | "count";
  /** The flag of `serve` that sets it. */
  readonly flag: string;
  /** The least that it may be; 1 unless said. */
  readonly least?: 0;
  readonly summary: string;
}

/** Every limit by its name in {@linkcode Limits}. */
export const LIMITS = {
  payloadBytes: {
    default: 65_536,
    unit: "bytes",
    flag: "max-payload",
    summary: "largest payload of a frame that is accepted",
  },
  outboxBytes: {
    default: 1_048_576,
    unit: "bytes",
    flag: "max-outbox",
    summary: "bytes that may wait for one slow client before it is cut off",
  },
  rooms: { default: 1_000, unit: "count", flag: "max-rooms", summary: "rooms open at once" },
  roomsPerSession: {
    default: 50,
    unit: "count",
    flag: "max-rooms-per-session",
    summary: "rooms that one client is in at once",
  },
  presenceMembers: {
    default: 1_000,
    unit: "count",
    flag: "max-presence",
    summary: "members up to which a room is told who comes and goes",
  },
  historyMessages: {
    default: 1_000,
    unit: "count",
    flag: "history",
    summary: "messages kept in memory for each room",
  },
  historyBytes: {
    default: 67_108_864,
    unit: "bytes",
    flag: "history-bytes",
    summary: "bytes of messages kept in memory for all rooms together",
  },
  scrollback: {
    default: 50,
    unit: "count",
    least: 0,
    flag: "scrollback",
    summary: "messages from before it came that a new member of a room is sent; 0 for none",
  },
  handshakeMs: {
    default: 10_000,
    unit: "ms",
    flag: "handshake-timeout",
    summary: "time to send a name and say hello",
  },
  frameMs: {
    default: 30_000,
    unit: "ms",
    flag: "frame-timeout",
    summary: "time without a byte in the middle of a frame",
  },
  pingMs: {
    default: 30_000,
    unit: "ms",
    flag: "ping-interval",
    summary: "silence after which an event client is asked for a sign of life",
  },
  silenceMs: {
    default: 45_000,
    unit: "ms",
    flag: "silence-timeout",
    summary: "silence after which an event client is dropped",
  },
  writeMs: {
    default: 15_000,
    unit: "ms",
    flag: "write-timeout",
    summary: "time without progress in writing to a client, after which it is dropped",
  },
  sessionMs: {
    default: 604_800_000,
    unit: "ms",
    flag: "session-timeout",
    summary: "time in which a client that was cut off can take up its session again",
  },
  nameMs: {
    default: 30_000,
    unit: "ms",
    flag: "name-timeout",
    summary: "time for which the name of a client that was cut off is kept for it",
  },
  waitingSessions: {
    default: 10_000,
    unit: "count",
    flag: "max-waiting",
    summary: "sessions that are kept for clients that were cut off",
  },
  drainMs: {
    default: 5_000,
    unit: "ms",
    flag: "drain-timeout",
    summary: "time to tell everybody and flush when the server stops",
  },
} as const satisfies Readonly<Record<string, Limit>>;

/** A value for each limit: bytes, milliseconds or a count. */
export type Limits = { readonly [Name in keyof typeof LIMITS]: number };

/** The defaults, with `given` in their place where it says something. */
export function withDefaults(given: Partial<Limits> = {}): Limits {
  const names = Object.keys(LIMITS) as Array<keyof typeof LIMITS>;
  const defaults = Object.fromEntries(names.map((name) => [name, LIMITS[name].default]));
  return { ...defaults, ...given } as Limits;
}
