/** What stores parcels goes by. */

import type { Unchanged } from "../chat/log/unchanged_ids.ts";

/** Options of a {@linkcode Log}, of which `sessionMs` and `maxRooms` are looked at each time. */
export interface LogOptions {
  /** The clock, in ms since 1970. */
  readonly now?: () => number;
  /** How long a session is kept after its last use, in ms; for ever by default. */
  readonly sessionMs?: number;
  /** The most rooms to keep. */
  readonly maxRooms?: number | undefined;
  /** Remembers requests that changed nothing; until the process ends by default. */
  readonly unchanged?: Unchanged;
}
