/** The one table of a server's limits, from which the flags of `serve` and the documents are made. */

/** One limit. */
export interface Limit {
  readonly default: number;
  readonly unit: "bytes" | "ms" | "count";
  /** The flag of `serve` that sets it. */
  readonly flag: string;
  /** The least value; 1 by default. */
  readonly least?: number;
  /** The greatest value. */
  readonly most?: number;
  /** What the default depends on, if it is not always the same. */
  readonly derived?: string;
  /** The `code` of the `error`, or the `reason` of the `bye`, for a peer that exceeds it. */
  readonly tells?: string;
  /** A load test would meet it, since that is many clients of one address in a hurry. */
  readonly protective?: true;
  readonly summary: string;
}

/** Every limit by its name in {@linkcode Limits}. */
export const LIMITS = {
  payloadBytes: {
    default: 65_536,
    unit: "bytes",
    least: 1_024,
    flag: "max-payload",
    summary: "largest payload of a frame that is accepted",
    tells: "too-large",
  },
  nameColumns: {
    default: 32,
    unit: "count",
    most: 32,
    flag: "max-name",
    summary: "most columns that a name, also one of a room, takes on a terminal",
    tells: "bad-name",
  },
  connections: {
    default: 4_000,
    derived: "what `ulimit -n` allows, less 64; 4000 where it can't be read",
    unit: "count",
    flag: "max-connections",
    summary: "connections in all",
    tells: "server-full",
    protective: true,
  },
  connectionsPerAddress: {
    default: 256,
    derived: "256, or half of all if that is less",
    unit: "count",
    flag: "max-connections-per-address",
    summary: "connections from one address, or one /64 network of IPv6; as many more from browsers",
    tells: "address-full",
    protective: true,
  },
  connectionsPerMinute: {
    default: 600,
    unit: "count",
    flag: "max-connects-per-minute",
    summary: "new connections per minute from one address; as many may come at once",
    tells: "address-rate",
    protective: true,
  },
  requestsPerSecond: {
    default: 50,
    unit: "count",
    flag: "max-request-rate",
    summary:
      "requests per second from one client, further ones wait; each 4 KiB counts as one more",
    protective: true,
  },
  requestBurst: {
    default: 200,
    unit: "count",
    flag: "request-burst",
    summary: "requests that a client may send at once after a rest",
    protective: true,
  },
  floodMs: {
    default: 600_000,
    unit: "ms",
    flag: "flood-timeout",
    summary: "time for which a client may exceed its rate of requests before it is cut off",
    tells: "flood",
  },
  roomMessagesPerSecond: {
    default: 200,
    unit: "count",
    flag: "max-room-rate",
    summary: "messages and news per second in a room, twice as many at once; further senders wait",
    protective: true,
  },
  historyPerSecond: {
    default: 10,
    unit: "count",
    flag: "max-history-rate",
    summary: "requests for history or lists per second from one client, 4 times as many at once",
    protective: true,
  },
  searchesPerSecond: {
    default: 2,
    unit: "count",
    flag: "max-search-rate",
    summary: "searches per second from one client, 4 times as many at once",
    protective: true,
  },
  pageMessages: {
    default: 200,
    unit: "count",
    flag: "max-page",
    summary: "messages in one page of history or of a search",
  },
  outboxBytes: {
    default: 1_048_576,
    unit: "bytes",
    least: 1_024,
    flag: "max-outbox",
    summary: "bytes that may wait for one slow client before it is cut off",
    tells: "slow",
  },
  rooms: {
    default: 1_000,
    unit: "count",
    flag: "max-rooms",
    summary: "rooms open at once",
    tells: "room-limit",
  },
  roomsPerAddress: {
    default: 500,
    derived: "500, or half of all if that is less",
    unit: "count",
    flag: "max-rooms-per-address",
    summary: "rooms open at once that one address, or one account, has opened",
    tells: "room-limit",
    protective: true,
  },
  newRoomsPerHour: {
    default: 100,
    unit: "count",
    flag: "max-new-rooms",
    summary:
      "new rooms (of which nothing is kept) that one address, or account, may open in an hour",
    tells: "room-limit",
    protective: true,
  },
  keptRooms: {
    default: 100_000,
    unit: "count",
    flag: "max-kept-rooms",
    summary: "rooms of which messages or a topic are kept",
    tells: "room-limit",
  },
  keptRoomsPerAddress: {
    default: 5_000,
    unit: "count",
    flag: "max-kept-rooms-per-address",
    summary: "kept rooms that one address, or one account, has opened",
    tells: "room-limit",
    protective: true,
  },
  roomsPerSession: {
    default: 50,
    unit: "count",
    flag: "max-rooms-per-session",
    summary: "rooms that one client is in at once",
    tells: "too-many-rooms",
  },
  presenceMembers: {
    default: 1_000,
    unit: "count",
    flag: "max-presence",
    summary: "most members of a room that is told who comes and goes",
  },
  historyMessages: {
    default: 1_000,
    unit: "count",
    flag: "history",
    summary: "messages kept in memory for each room",
  },
  sessionIds: {
    default: 1_024,
    unit: "count",
    flag: "max-ids",
    summary: "latest ids kept in memory for each session (at most twice as many), to find resends",
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
    summary: "earlier messages that a new member of a room is sent; 0 for none",
  },
  handshakeMs: {
    default: 10_000,
    unit: "ms",
    flag: "handshake-timeout",
    summary: "time to send a name and say hello",
    tells: "handshake",
  },
  loginMs: {
    default: 120_000,
    unit: "ms",
    flag: "login-timeout",
    summary: "time for a person at a classic client to type the passwords that are needed",
    tells: "handshake",
  },
  accounts: {
    default: 10_000,
    unit: "count",
    flag: "max-accounts",
    summary: "names that can be reserved",
    tells: "too-many-accounts",
  },
  registrationsPerHour: {
    default: 10,
    unit: "count",
    flag: "max-registrations",
    summary: "names that one address may reserve in an hour",
    tells: "try-later",
    protective: true,
  },
  frameMs: {
    default: 30_000,
    unit: "ms",
    flag: "frame-timeout",
    summary: "time to complete a frame, and a second more for each KiB of it that has come",
    tells: "slow-frame",
  },
  pingMs: {
    default: 30_000,
    unit: "ms",
    flag: "ping-interval",
    summary: "silence after which an event client is pinged",
  },
  silenceMs: {
    default: 45_000,
    unit: "ms",
    flag: "silence-timeout",
    summary: "silence after which an event client is dropped",
    tells: "idle",
  },
  writeMs: {
    default: 10_000,
    unit: "ms",
    flag: "write-timeout",
    summary: "time without progress in writing to a client after which it is dropped",
    tells: "slow",
  },
  sessionMs: {
    default: 604_800_000,
    unit: "ms",
    flag: "session-timeout",
    summary: "time in which a client that lost its connection can resume its session",
  },
  nameMs: {
    default: 30_000,
    unit: "ms",
    flag: "name-timeout",
    summary: "time for which the name of a client that lost its connection is kept for it",
  },
  waitingSessions: {
    default: 10_000,
    unit: "count",
    flag: "max-waiting",
    summary:
      "sessions kept for clients that lost their connection; the address with most gives way",
  },
  visitorMs: {
    default: 120_000,
    unit: "ms",
    flag: "visitor-timeout",
    summary: "time in which a visitor (a script) that lost its connection can resume its session",
  },
  drainMs: {
    default: 5_000,
    unit: "ms",
    flag: "drain-timeout",
    summary: "time to tell everybody and flush when the server stops",
    tells: "shutdown",
  },
} as const satisfies Readonly<Record<string, Limit>>;
