/** How much a house holds, and what it holds where nothing is said. */

import { MAX_EVENT_BYTES } from "../wire/events.ts";
import type { FileLimits } from "./files/file_quota.ts";
import type { Rules } from "./house_state.ts";
import type { RegistryLimits } from "./rooms/registry_limits.ts";
import type { RoomLimits } from "./rooms/room_shares.ts";

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
