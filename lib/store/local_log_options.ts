/** What a log on disk is opened with. */

import type { RetentionRules } from "./retention.ts";
import type { Durability } from "./schema.ts";

/** How long a session of a guest is kept after its last use by default, in ms: 7 days. */
export const SESSION_MS = 7 * 86_400_000;

/** What of it may change while the log is open. */
export type KeepingOptions =
  & RetentionRules
  & Pick<LocalLogOptions, "sessionMs" | "deviceMs" | "maxRooms" | "sessions">;

/** Where the log is, and what it keeps. */
export interface LocalLogOptions extends RetentionRules {
  /** The directory; it is made if it does not exist. */
  readonly dir: string;
  /** When a message counts as stored; `full` by default. */
  readonly durability?: Durability;
  /** The most messages of each room that are also in memory. */
  readonly messagesPerRoom?: number;
  /** The most bytes that the messages of all rooms take in memory. */
  readonly maxBytes?: number;
  /** How long a session of a guest is known after its last use, in ms; 7 days by default. */
  readonly sessionMs?: number;
  /** How long a device of an account stays signed in after its last use, in ms; 90 days by default. */
  readonly deviceMs?: number;
  /** The most rooms to keep; 100,000 by default. Each takes memory while the server runs. */
  readonly maxRooms?: number;
  /** The most sessions to know, 100,000 by default; those used most recently stay. */
  readonly sessions?: number;
  /** Called with a sentence on each thing that an upgrade of earlier data has done. */
  readonly onUpgrade?: ((text: string) => void) | undefined;
  /** Called with a sentence on each problem that does not end the server. */
  readonly onProblem?: (text: string) => void;
  /** Treats the disk as full when the database has this many pages, for tests. */
  readonly maxPages?: number;
}
