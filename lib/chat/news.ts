/** What changed by an entry, found by evolve.ts and told by tell.ts. */

import type { Account } from "./people/records.ts";
import type { RoomState } from "./rooms/room_state.ts";
import type { LeaveReason, Session } from "./sessions/session.ts";

/** One thing to be told. */
export type News =
  | Joined
  | Left
  | Renamed
  /** Another client has come with the password of its name. */
  | { readonly kind: "replaced"; readonly session: Session }
  | { readonly kind: "forgotten"; readonly session: Session }
  /** An account was given another role from the server's machine. */
  | { readonly kind: "role"; readonly account: Account }
  | { readonly kind: "opened" | "closed"; readonly room: RoomState };

/** A session has come into a room. */
export interface Joined {
  readonly kind: "joined";
  readonly session: Session;
  readonly room: RoomState;
  /** How many the room had right after that, visitors apart: it is told only in a small one. */
  readonly announced: number;
}

/** A session has left a room. */
export interface Left extends Omit<Joined, "kind"> {
  readonly kind: "left";
  readonly why: LeaveReason;
}

/** A session has another name. */
export interface Renamed {
  readonly kind: "renamed";
  readonly session: Session;
  readonly from: string;
  /** Where it was known by the name before: not the room that it comes into with the new one. */
  readonly rooms: readonly RoomState[];
  readonly forced?: Forced;
}

/** Why a session was given another name without asking for it. */
export interface Forced {
  /** Why it can't have the one before: the rest of a sentence. */
  readonly why: string;
  /** The owner has the very name now, and not one that looks like it. */
  readonly isWanted: boolean;
}
