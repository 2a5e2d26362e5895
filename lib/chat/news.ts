/** What changed by an entry, found by evolve.ts and told by tell.ts. */

import type { ReadLog } from "./messages/log_key.ts";
import type { Account, Sanction } from "./people/records.ts";
import type { RoomState } from "./rooms/room_state.ts";
import type { Hash, LeaveReason, Session } from "./sessions/session.ts";

/** One thing to be told. */
export type News =
  | Joined
  | Left
  | Renamed
  | Identified
  /** It is connected, and was not; or the other way round, be it in a room or in none. */
  | { readonly kind: "came" | "gone"; readonly session: Session }
  /** Its account has more devices here than it may, and this one came first. */
  | { readonly kind: "replaced"; readonly session: Session }
  /** It no longer counts as its account's device. */
  | { readonly kind: "signed-out"; readonly session: Session }
  | { readonly kind: "forgotten"; readonly session: Session }
  /** The node that it was connected with is dead for the others. */
  | { readonly kind: "lost"; readonly session: Session }
  | ReadNews
  | SettingsNews
  | AwayNews
  | SanctionNews
  /** An account has another role on the server; `isTold`: from the server's machine. */
  | { readonly kind: "role"; readonly account: Account; readonly isTold: boolean }
  | { readonly kind: "opened" | "closed"; readonly room: RoomState };

/** An account has read a log up to another message than before. */
export interface ReadNews {
  readonly kind: "read";
  /** Its id. */
  readonly account: string;
  readonly log: ReadLog;
}

/** An account has other settings. */
export interface SettingsNews {
  readonly kind: "settings";
  /** Its id. */
  readonly account: string;
  /** The session that has set them. */
  readonly by: Hash | undefined;
}

/** Somebody is away, or is back. */
export interface AwayNews {
  readonly kind: "away";
  readonly session: Session;
  readonly text: string;
}

/** Somebody is banned from a room or mute there, or is so no more: for doors whose clients follow the list. */
export interface SanctionNews {
  readonly kind: "sanction";
  readonly sanction: Sanction;
  readonly isLifted: boolean;
  /** The name of whoever has done it; none: it is over, or was done on the server's machine. */
  readonly by: string | undefined;
  /** The session that has asked for it. */
  readonly asker: Hash | undefined;
}

/** A session has come into a room. */
export interface Joined {
  readonly kind: "joined";
  readonly session: Session;
  readonly room: RoomState;
  /** How many people the room had right after that, visitors apart: it is told only in a small one. */
  readonly announced: number;
  /** Whether its person was not in the room by another session. */
  readonly isFirst: boolean;
  /** Another device of its person has done it. */
  readonly isOwn?: true;
}

/** A session has left a room. */
export interface Left extends Omit<Joined, "kind" | "isFirst"> {
  readonly kind: "left";
  /** What it was called there: it may have another name by the time that this is told. */
  readonly name: string;
  /** Whether its person is not in the room by another session. */
  readonly isLast: boolean;
  /** Its person is in no room any more, since it has gone from the server. */
  readonly isGone?: true;
  readonly why: LeaveReason;
}

/** Sessions have another name. */
export interface Renamed {
  readonly kind: "renamed";
  /** The one that has asked for it, if any has. */
  readonly session: Session;
  /** The others of its person that go by the new name. */
  readonly others: readonly Session[];
  readonly from: string;
  /** Where it was known by the name before: not the room that it comes into with the new one. */
  readonly rooms: readonly RoomState[];
  /** Where somebody of the new name was before, so that it has only left. */
  readonly left: readonly RoomState[];
  /** Where somebody of the name before stays, so that it has only come. */
  readonly joined: readonly RoomState[];
  readonly forced?: Forced;
}

/** Sessions have become those of an account, or of another one, or of none any more. */
export interface Identified {
  readonly kind: "identified";
  /** One of them, which goes by the name that they have now. */
  readonly session: Session;
  /** Where they are. */
  readonly rooms: readonly RoomState[];
  /** Its id; none for guests. */
  readonly account: string | undefined;
}

/** Why a session was given another name without asking for it. */
export interface Forced {
  /** Why it can't have the one before: the rest of a sentence. */
  readonly why: string;
  /** The owner has the very name now, and not one that looks like it. */
  readonly isWanted: boolean;
}
