/** What a house is made with, and what it does where nothing is said. */

import type { AuditLine } from "../wire/events.ts";
import type { HouseDump } from "./dump.ts";
import type { FileOptions } from "./files/files.ts";
import type { HouseLimits } from "./house_limits.ts";
import type { Chance, Until } from "./house_parts.ts";
import type { Entry, Fact } from "./log/fact.ts";
import type { FactLog } from "./log/fact_log.ts";
import type { Passwords } from "./people/keeper.ts";
import { Refusal } from "./refusal.ts";
import type { Pace } from "./rooms/audience.ts";
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
  /** What a text means as an address; see `Rules` in house_state.ts. */
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
