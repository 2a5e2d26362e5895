/** What the house is made of, as the functions that answer requests need it. */

import type { AuditLine } from "../wire/events.ts";
import type { Files } from "./files/files.ts";
import type { HouseLimits } from "./house_limits.ts";
import type { HouseState } from "./house_state.ts";
import type { Quota } from "./limits/quota.ts";
import type { Pauses } from "./limits/pauses.ts";
import type { OneByOne, Turns } from "./limits/turns.ts";
import type { Entry, Fact } from "./log/fact.ts";
import type { FactLog, Index } from "./log/fact_log.ts";
import type { News } from "./news.ts";
import type { Account, SignOut } from "./people/records.ts";
import type { Keeper } from "./people/keeper.ts";
import type { Audiences } from "./rooms/audiences.ts";
import type { Registry } from "./rooms/registry.ts";
import type { Peer } from "./sessions/peer.ts";
import type { Hash, Session } from "./sessions/session.ts";

/** What an answer may look at and change. */
export interface HouseParts {
  /** What it knows. */
  readonly state: HouseState;
  readonly registry: Registry;
  /** The audience of each open room. */
  readonly audiences: Audiences;
  /** Where facts go, and come back from as entries. */
  readonly log: FactLog;
  /** What is kept of them. */
  readonly index: Index;
  /** Changes of people, one after the other. */
  readonly peopleTurn: OneByOne;
  /** Searches, which take turns. */
  readonly searches: Turns;
  /** A clock that never goes back, in ms. */
  readonly now: () => number;
  readonly chance: Chance;
  /** How much the house holds, which may change at any time. */
  readonly limits: HouseLimits;
  /** How many people somebody invites in an hour. */
  readonly invitations: Quota;
  /** Files in rooms and conversations; none on a server that takes no files. */
  readonly files: Files | undefined;
  /** Who has to pause in the rooms that are slow. */
  readonly pauses: Pauses;
  /** Settles at a time of the clock; `undefined`: it is that late already. */
  readonly until: Until;
  /** Knows people, passwords, bans. */
  readonly keeper: Keeper;
  /** Whether this house does what one does for all that have one log. */
  readonly isOnDuty: () => boolean;
  /** What this node goes by, where there are several. */
  readonly node: string | undefined;
  /** What the session with a secret goes by. */
  readonly hashOf: (secret: string) => Hash;
  /** The session with a secret, if it is in memory. */
  readonly sessionOf: (secret: string) => Session | undefined;
  /** Told of a fact that could not be decided, because of a mistake in the program. */
  readonly onUndecided: (error: unknown, fact: Fact) => void;
  /** Told of an entry that could not be evolved: what the house knows may be wrong from then on. */
  readonly onBroken: (error: unknown, entry: Entry) => void;
  /** Told of an entry that was evolved, but that nobody could be told of. */
  readonly onUntold: (error: unknown, entry: Entry) => void;
  /** Told of what one person did to another. */
  readonly onModerated: (line: AuditLine) => void;
  /** Those who are told of all news, see watchers.ts. */
  readonly watchers: Set<(news: readonly News[]) => void>;
  /** Peers that are coming in, while their passwords are looked at. */
  readonly coming: Map<Peer, Coming>;
  /** The accounts whose passwords peers have shown that are not in yet; `undefined`: the peer has gone. */
  readonly proven: WeakMap<Peer, Account | undefined>;
  /** The sessions of the peers that have come in; one that has gone is its session's peer no more. */
  readonly sessions: WeakMap<Peer, Session>;
  /** Whether nobody is told any more who leaves, since everybody does. */
  readonly isClosing: () => boolean;
  /** Has kept now what has changed of an account's list, rather than after a while. */
  keepList(account: string | undefined): void;
  /** Ends a session's connection as if its client had left, and tells its rooms why. */
  end(session: Session, reason?: string): void;
}

/** A client that is coming in. */
export interface Coming {
  /** The session that it wants to come back to. */
  readonly session: Hash | undefined;
  /** That has been forgotten meanwhile. */
  isForgotten: boolean;
  /** Which devices have been signed out meanwhile. */
  readonly signOuts: SignOut[];
}

/** Waits for a time in ms of the clock. */
export type Until = (time: number) => Promise<void> | undefined;

/** Where it comes from. */
export interface Chance {
  /** A text that nobody can guess, for the secret of a session. */
  secret(): string;
  /** An id that was never used before, for an account; see account_id.ts. */
  id(): string;
}
