/** What the log on disk is opened with. */

import type { RetentionRules } from "./retention.ts";
import type { Durability } from "./schema.ts";

/** Where the log is, and how it is kept. */
export interface LocalLogOptions extends RetentionRules {
  /** The directory; it is made where there is none. */
  readonly dir: string;
  /** When a message counts as stored; `full` unless told. */
  readonly durability?: Durability;
  /** Messages of each room, and bytes of all rooms, that are in memory as well. */
  readonly messagesPerRoom?: number;
  readonly maxBytes?: number;
  /** How long a session is known after its last use, in ms; 7 days unless told. */
  readonly sessionMs?: number;
  /** Rooms kept at most; 100,000 unless told. Each is in memory for as long as the server runs. */
  readonly maxRooms?: number;
  /** Sessions known at most; those used last stay. */
  readonly sessions?: number;
  /** Told, in a sentence, of what an upgrade of earlier data has done. */
  readonly onUpgrade?: ((text: string) => void) | undefined;
  /** Told, in a sentence, of what goes wrong without ending the server. */
  readonly onProblem?: (text: string) => void;
  /** Makes the disk full at so many pages, for tests. */
  readonly maxPages?: number;
}
