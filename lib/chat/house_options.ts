/** What a house is made with, and what it does where nothing is said. */

import { type AuditLine, MAX_EVENT_BYTES } from "../wire/events.ts";
import type { HouseDump } from "./dump.ts";
import type { FileLimits } from "./files/file_quota.ts";
import type { FileOptions } from "./files/files.ts";
import type { Chance, Until } from "./house_parts.ts";
import type { Rules } from "./house_state.ts";
import type { Entry, Fact } from "./log/fact.ts";
import type { FactLog } from "./log/fact_log.ts";
import type { Passwords } from "./people/keeper.ts";
import { Refusal } from "./refusal.ts";
import type { Pace } from "./rooms/audience.ts";
import type { RegistryLimits } from "./rooms/registry_limits.ts";
import type { RoomLimits } from "./rooms/room_shares.ts";
import type { Hash } from "./sessions/session.ts";

/** What a house is made with. */
export interface HouseOptions {
  /** Where facts are kept, and what is kept of them. */
  readonly factLog: FactLog;
  /** Where the bytes of files are kept; without it nobody sends files. */
  readonly files?: FileOptions;
  /**
   * What a house knew before, at a place of the same order of facts: it knows that, and not what the log has
   * of people. What came after that place is to be replayed.
   */
  readonly before?: HouseDump;
  readonly limits?: Partial<HouseLimits>;
  /** When the events of a round go out; at once if nothing is said. */
  readonly pace?: Pace;
  /** A clock that never goes back, in ms. */
  readonly now: () => number;
  /** The clock that people go by, which may be set: in ms since 1970. */
  readonly date: () => number;
  readonly chance: Chance;
  /** Waits for a time of that clock, for those who speak too fast; nobody waits if nothing is said. */
  readonly until?: Until;
  /** Hashes passwords; without it no name can be reserved. */
  readonly passwords?: Passwords;
  /** Compares the password that everybody needs; nobody does if nothing is said. */
  readonly opens?: (password: string) => boolean;
  /** What a text means as an address; see {@linkcode Rules.addressKey}. */
  readonly addressKey?: (text: string) => string | undefined;
  /** Told of wrong passwords: for which name, from which address. */
  readonly onWrong?: (name: string, address: string) => void;
  /**
   * Whether this house puts what somebody has to put for all, where several have one log: ticks, and what is
   * let go. Always, by default.
   */
  readonly isOnDuty?: () => boolean;
  /** What this node goes by, where several houses read one order; sessions that come in bear it. */
  readonly node?: string;
  /** What the session with a secret goes by; by the secret itself if nothing is said. */
  readonly hashOf?: (secret: string) => Hash;
  /** Told of a fact that could not be decided, and why; its request is refused. */
  readonly onUndecided?: (error: unknown, fact: Fact) => void;
  /** Told of an entry that the house could not take in, and why; it takes no other, and should end. */
  readonly onBroken?: (error: unknown, entry: Entry) => void;
  /** Told of an entry that nobody could be told of, and why; it has been taken in, and the house goes on. */
  readonly onUntold?: (error: unknown, entry: Entry) => void;
  /** Told of what one person did to another. */
  readonly onModerated?: (line: AuditLine) => void;
}

/** How much the house holds, and for how long. */
export interface HouseLimits
  extends RegistryLimits, RoomLimits, FileLimits, Omit<Rules, "addressKey"> {
  /** How much may be said in one round before its speakers wait, in UTF-16 code units. */
  readonly roundLength: number;
  /** A room with more members is not told who comes and goes. */
  readonly presenceMembers: number;
  /** Messages that a new member of a room gets from before it came. */
  readonly scrollback: number;
  /** Messages a second in one room, and twice as many at once. */
  readonly roomMessagesPerSecond: number;
  /** Messages in one page at most. */
  readonly pageMessages: number;
  /** Conversations that one address, or one account, may begin in an hour. */
  readonly newChatsPerHour: number;
  /** Names that one address may reserve in an hour. */
  readonly registrationsPerHour: number;
  /** People that one person invites in an hour, and links that it makes. */
  readonly invitationsPerHour: number;
}

/** What a house holds where nothing is said. */
export const DEFAULT_LIMITS: HouseLimits = {
  rooms: 1_000,
  roomsPerSession: 50,
  roomsPerAddress: 500,
  newRoomsPerHour: 100,
  keptRoomsPerAddress: 5_000,
  waitingSessions: 10_000,
  presenceMembers: 1_000,
  roundLength: 131_072,
  messageBytes: MAX_EVENT_BYTES,
  sessionMs: 7 * 86_400_000,
  visitorMs: 120_000,
  nameMs: 30_000,
  scrollback: 0,
  nameColumns: 32,
  roomMessagesPerSecond: 1_000_000_000,
  pageMessages: 200,
  accounts: 10_000,
  devices: 8,
  roomMembers: 1_000,
  roomLinks: 20,
  foundedRooms: 100,
  registrationsPerHour: 10,
  newChatsPerHour: 10,
  unansweredDirects: 20,
  waitingDirects: 1_000,
  keptChats: 100_000,
  chatsPerPerson: 5_000,
  blocked: 1_000,
  editMs: 86_400_000,
  invitationsPerHour: 100,
  fileBytes: 104_857_600,
  filesPerUser: 1_073_741_824,
  filesPerAddress: 268_435_456,
  filesTotal: 10_737_418_240,
  unfinishedUploads: 16,
  transfers: 4,
};

/** For a house in which no name can be reserved. */
export const NO_PASSWORDS: Passwords = {
  hash: () => Promise.reject(new Refusal("try-later", "No name can be reserved here")),
  matches: () => Promise.resolve(false),
};

/** Every round goes out at once. */
export const AT_ONCE: Pace = {
  soon: (flush) => flush(),
  around: () => {},
  later: () => {},
  now: () => 0,
  pause: () => {},
};
