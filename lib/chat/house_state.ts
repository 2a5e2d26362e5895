/** What the house knows: the result of the facts. evolve.ts alone changes it. */

import type { Blocks } from "./people/blocks.ts";
import type { Chats } from "./people/chats.ts";
import type { Lists } from "./people/lists.ts";
import type { People } from "./people/people.ts";
import type { Registry } from "./rooms/registry.ts";
import type { Persons } from "./sessions/persons.ts";
import type { RoomRecords } from "./rooms/room_records.ts";

/** The settings that decide.ts goes by: they never change, and are the same on every machine. */
export interface Rules {
  /** The largest event of a message, in bytes: larger ones would cut off the clients that get them. */
  readonly messageBytes: number;
  /** A session without a connection is forgotten after this many ms. */
  readonly sessionMs: number;
  /** The session of a visitor without a connection is forgotten after this many ms. */
  readonly visitorMs: number;
  /** A name whose connection broke is kept for its session this many ms. */
  readonly nameMs: number;
  /** Names that can be reserved. */
  readonly accounts: number;
  /** Devices of one account that can be connected at once. */
  readonly devices: number;
  /** Messages of one to another in a row that the other has not answered. */
  readonly unansweredDirects: number;
  /** Messages that wait for somebody who is away. */
  readonly waitingDirects: number;
  /** Conversations that are kept. */
  readonly keptChats: number;
  /** Conversations that one person has begun. */
  readonly chatsPerPerson: number;
  /** People that one account blocks. */
  readonly blocked: number;
  /** Members of record of one room. */
  readonly roomMembers: number;
  /** Links that invite to one room. */
  readonly roomLinks: number;
  /** Rooms that are on record as one account's. */
  readonly foundedRooms: number;
  /** For how long after it was said a message may be edited, in ms. */
  readonly editMs: number;
  /** What a text means as an address, in the form of a peer's `address`; `undefined`: none. */
  readonly addressKey: (text: string) => string | undefined;
}

/** All that decide.ts goes by. */
export interface HouseState {
  /** Who is here, who has which name, and which rooms are open. */
  readonly registry: Registry;
  /** Who is one person. */
  readonly persons: Persons;
  /** Accounts, roles, bans and mutes. */
  readonly people: People;
  /** What accounts have listed. */
  readonly lists: Lists;
  /** Conversations of two people. */
  readonly chats: Chats;
  /** Whom accounts do not want to hear. */
  readonly blocks: Blocks;
  /** How rooms are set, and who may enter them. */
  readonly rooms: RoomRecords;
  readonly rules: Rules;
}
