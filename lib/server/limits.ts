/** The limits of a server: the table, which flags and documents are made from, and the values it runs with. */

import { timerMs } from "../wire/within.ts";
import { FILE_LIMIT_ROWS } from "./file_limits.ts";
import { type Limit, limit, limitAtStart, limitOfNew } from "./limit.ts";

/** Every limit by its name in {@linkcode Limits}. */
export const LIMITS = {
  payloadBytes: limitOfNew(
    "largest payload of a frame that is accepted",
    { flag: "max-payload", unit: "bytes", default: 65_536, least: 1_024, tells: "too-large" },
  ),
  nameColumns: limit(
    "most columns that a name, also one of a room, takes on a terminal",
    { flag: "max-name", unit: "count", default: 32, most: 32, tells: "bad-name" },
  ),
  connections: limit("connections in all", {
    derived: "what `ulimit -n` allows, less 96; 4000 where it can't be read",
    flag: "max-connections",
    unit: "count",
    default: 4_000,
    tells: "server-full",
    protective: true,
  }),
  connectionsPerAddress: limit(
    "connections from one address, or one /64 network of IPv6; as many more from browsers",
    {
      flag: "max-connections-per-address",
      unit: "count",
      default: 256,
      tells: "address-full",
      protective: true,
      derived: "256, or half of all if that is less",
    },
  ),
  connectionsPerMinute: limit(
    "new connections per minute from one address; as many may come at once",
    {
      flag: "max-connects-per-minute",
      unit: "count",
      default: 600,
      tells: "address-rate",
      protective: true,
    },
  ),
  requestsPerSecond: limit(
    "requests or lines per second from one client, others wait; each 4 KiB is one more",
    { flag: "max-request-rate", unit: "count", default: 50, protective: true },
  ),
  requestBurst: limit(
    "requests that a client may send at once after a rest",
    { flag: "request-burst", unit: "count", default: 200, protective: true },
  ),
  floodMs: limit(
    "time for which a client may exceed its rate of requests before it is cut off",
    { flag: "flood-timeout", unit: "ms", default: 600_000, tells: "flood" },
  ),
  roomMessagesPerSecond: limit(
    "messages and news per second in a room, twice as many at once; further senders wait",
    { flag: "max-room-rate", unit: "count", default: 200, protective: true },
  ),
  historyPerSecond: limit(
    "requests for history or lists per second from one client, 4 times as many at once",
    { flag: "max-history-rate", unit: "count", default: 10, protective: true },
  ),
  searchesPerSecond: limit(
    "searches per second from one client, 4 times as many at once",
    { flag: "max-search-rate", unit: "count", default: 2, protective: true },
  ),
  pageMessages: limit(
    "messages in one page of history or of a search",
    { flag: "max-page", unit: "count", default: 200 },
  ),
  outboxBytes: limitOfNew(
    "bytes that may wait for one slow client before it is cut off",
    { flag: "max-outbox", unit: "bytes", default: 1_048_576, least: 1_024, tells: "slow" },
  ),
  rooms: limit(
    "rooms open at once; kept ones are counted without the new ones",
    { flag: "max-rooms", unit: "count", default: 1_000, tells: "room-limit" },
  ),
  roomsPerAddress: limit("rooms open at once that one address, or one account, has opened", {
    derived: "500, or half of all if that is less",
    flag: "max-rooms-per-address",
    unit: "count",
    default: 500,
    tells: "room-limit",
    protective: true,
  }),
  newRoomsPerHour: limit(
    "new rooms (of which nothing is kept) that one address, or account, may open in an hour",
    { flag: "max-new-rooms", unit: "count", default: 100, tells: "room-limit", protective: true },
  ),
  keptRooms: limit(
    "rooms of which messages or a topic are kept, besides the lobby",
    { flag: "max-kept-rooms", unit: "count", default: 100_000, tells: "room-limit" },
  ),
  keptRoomsPerAddress: limit(
    "kept rooms that one address, or one account, has opened",
    {
      flag: "max-kept-rooms-per-address",
      unit: "count",
      default: 5_000,
      tells: "room-limit",
      protective: true,
    },
  ),
  foundedRooms: limit(
    "rooms that one account has opened for those who are invited, or to be in no list",
    { flag: "max-founded", unit: "count", default: 100, tells: "room-limit" },
  ),
  roomMembers: limit(
    "members of record of one room: those who are invited to it",
    { flag: "max-room-members", unit: "count", default: 1_000, tells: "too-many-members" },
  ),
  invitationsPerHour: limit(
    "invitations and links that one person makes in an hour; guests of links from an address",
    { flag: "max-invitations", unit: "count", default: 100, tells: "try-later" },
  ),
  roomLinks: limit(
    "links that invite to one room",
    { flag: "max-links", unit: "count", default: 20, tells: "too-many-links" },
  ),
  roomsPerSession: limit(
    "rooms that one client is in at once",
    { flag: "max-rooms-per-session", unit: "count", default: 50, tells: "too-many-rooms" },
  ),
  presenceMembers: limit(
    "most members of a room that is told who comes and goes",
    { flag: "max-presence", unit: "count", default: 1_000 },
  ),
  historyMessages: limitAtStart(
    "messages kept in memory for each room",
    { flag: "history", unit: "count", default: 1_000 },
  ),
  sessionIds: limitAtStart(
    "latest ids kept in memory for each session (at most twice as many), to find resends",
    { flag: "max-ids", unit: "count", default: 1_024 },
  ),
  historyBytes: limitAtStart(
    "bytes of messages kept in memory for all rooms together",
    { flag: "history-bytes", unit: "bytes", default: 67_108_864 },
  ),
  scrollback: limit(
    "earlier messages that a new member of a room is sent; 0 for none",
    { flag: "scrollback", unit: "count", default: 50, least: 0 },
  ),
  ...FILE_LIMIT_ROWS,
  handshakeMs: limit(
    "time to send a name and say hello, or NICK and USER",
    { flag: "handshake-timeout", unit: "ms", default: 10_000, tells: "handshake" },
  ),
  loginMs: limit(
    "time for a person at a classic client to type the passwords that are needed",
    { flag: "login-timeout", unit: "ms", default: 120_000, tells: "handshake" },
  ),
  accounts: limit(
    "names that can be reserved",
    { flag: "max-accounts", unit: "count", default: 10_000, tells: "too-many-accounts" },
  ),
  devices: limit(
    "devices of one reserved name that are connected at once; the one that came first gives way",
    { flag: "max-devices", unit: "count", default: 8, tells: "replaced" },
  ),
  registrationsPerHour: limit(
    "names that one address may reserve in an hour",
    { flag: "max-registrations", unit: "count", default: 10, tells: "try-later", protective: true },
  ),
  newChatsPerHour: limit(
    "new conversations that one address, or one account, may begin in an hour",
    { flag: "max-new-chats", unit: "count", default: 10, tells: "try-later", protective: true },
  ),
  keptChats: limit(
    "conversations of two people that are kept",
    { flag: "max-chats", unit: "count", default: 100_000, tells: "too-many-chats" },
  ),
  chatsPerPerson: limit(
    "kept conversations that one account has begun",
    { flag: "max-chats-per-account", unit: "count", default: 5_000, tells: "too-many-chats" },
  ),
  unansweredDirects: limit(
    "direct messages of one person to another in a row, and edits, that have not been answered",
    { flag: "max-unanswered", unit: "count", default: 20, tells: "too-many-unanswered" },
  ),
  waitingDirects: limit(
    "direct messages that wait for one person who is away",
    { flag: "max-waiting-directs", unit: "count", default: 1_000, tells: "too-many-unanswered" },
  ),
  blocked: limit(
    "people that one account may block",
    { flag: "max-blocked", unit: "count", default: 1_000, tells: "too-many-blocked" },
  ),
  editMs: limit(
    "time after it was said in which a message can be edited; 0: never",
    { flag: "edit-window", unit: "ms", default: 86_400_000, least: 0, tells: "too-late" },
  ),
  frameMs: limit(
    "time to complete a frame or line, and a second more for each KiB that has come",
    { flag: "frame-timeout", unit: "ms", default: 30_000, tells: "slow-frame" },
  ),
  pingMs: limit(
    "silence after which an event or IRC client is pinged",
    { flag: "ping-interval", unit: "ms", default: 30_000 },
  ),
  silenceMs: limit(
    "silence after which an event or IRC client is dropped",
    { flag: "silence-timeout", unit: "ms", default: 45_000, tells: "idle" },
  ),
  writeMs: limit(
    "time without progress in writing to a client after which it is dropped",
    { flag: "write-timeout", unit: "ms", default: 10_000, tells: "slow" },
  ),
  sessionMs: limit(
    "time in which a client that lost its connection can resume its session",
    { flag: "session-timeout", unit: "ms", default: 604_800_000 },
  ),
  deviceMs: limit(
    "time for which a device stays signed in to a reserved name after its last use",
    { flag: "device-timeout", unit: "ms", default: 7_776_000_000, least: 14_400_000 },
  ),
  nameMs: limit(
    "time for which the name of a client that lost its connection is kept for it",
    { flag: "name-timeout", unit: "ms", default: 30_000 },
  ),
  waitingSessions: limit(
    "sessions kept for clients that lost their connection; the address with most gives way",
    { flag: "max-waiting", unit: "count", default: 10_000 },
  ),
  visitorMs: limit(
    "time in which a visitor (a script) that lost its connection can resume its session",
    { flag: "visitor-timeout", unit: "ms", default: 120_000 },
  ),
  drainMs: limit(
    "time to tell everybody and flush when the server stops",
    { flag: "drain-timeout", unit: "ms", default: 5_000, tells: "shutdown" },
  ),
} satisfies Readonly<Record<string, Limit>>;

/** A value for each limit: bytes, milliseconds or a count. */
export type Limits = { readonly [Name in keyof typeof LIMITS]: number };

/** The most connections that a server takes unless it is told otherwise. */
const MOST_CONNECTIONS = 50_000;
/** File descriptors that connections leave to the program: the store, files in transfer, goodbyes. */
export const RESERVED_FILES = 96;

/** What some defaults depend on. */
export interface Machine {
  /** Files that the process may have open, sockets included; `undefined`: not known. */
  readonly openFiles?: number | undefined;
}

/** The given limits, and the defaults of all others. */
export function withDefaults(given: Partial<Limits> = {}, { openFiles }: Machine = {}): Limits {
  const names = Object.keys(LIMITS) as Array<keyof typeof LIMITS>;
  const defaults = Object.fromEntries(names.map((name) => [name, LIMITS[name].default])) as Limits;
  const connections = given.connections ??
    (openFiles === undefined
      ? defaults.connections
      : Math.min(Math.max(openFiles - RESERVED_FILES, 1), MOST_CONNECTIONS));
  const connectionsPerAddress = Math.min(
    defaults.connectionsPerAddress,
    Math.ceil(connections / 2),
  );
  const roomsPerAddress = Math.min(
    defaults.roomsPerAddress,
    Math.ceil((given.rooms ?? defaults.rooms) / 2),
  );
  const limits = { ...defaults, connectionsPerAddress, roomsPerAddress, ...given, connections };
  // Only this one is passed to a timer as it is; the others are compared with a clock.
  return { ...limits, drainMs: timerMs(limits.drainMs) };
}

/** No limit, for practical purposes. */
const OPEN = 1_000_000_000;

/** Opens the limits that a load test would meet: it is many clients of one address in a hurry. */
export function openLimits(): Partial<Limits> {
  const names = Object.keys(LIMITS) as Array<keyof typeof LIMITS>;
  const open = names.filter((name) => (LIMITS[name] as Limit).protective);
  return Object.fromEntries(open.map((name) => [name, OPEN]));
}
