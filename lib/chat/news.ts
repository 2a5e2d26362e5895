/** What an entry comes to that others may have to be told of: found by evolve.ts, told by tell.ts. */

import type { LeaveReason } from "./log/fact.ts";
import type { Account } from "./records.ts";
import type { RoomState } from "./room_state.ts";
import type { Session } from "./session.ts";

/** One thing to be told. */
export type News =
  | { readonly kind: "joined"; readonly session: Session; readonly room: RoomState }
  | Left
  | Renamed
  /** Somebody else has come with the password of its name. */
  | { readonly kind: "replaced"; readonly session: Session }
  | { readonly kind: "forgotten"; readonly session: Session }
  /** Whoever runs the server has given an account another role. */
  | { readonly kind: "role"; readonly account: Account }
  | { readonly kind: "opened" | "closed"; readonly room: RoomState };

/** Somebody has left a room. */
interface Left {
  readonly kind: "left";
  readonly session: Session;
  readonly room: RoomState;
  readonly why: LeaveReason;
}

/** Somebody has another name. */
interface Renamed {
  readonly kind: "renamed";
  readonly session: Session;
  readonly from: string;
  readonly forced?: Forced;
}

/** Why somebody has another name who has not asked for it. */
export interface Forced {
  /** Why it can't have the one before, as a sentence goes on. */
  readonly why: string;
  /** Somebody has the very name now, and not one that it looked like. */
  readonly isWanted: boolean;
}
