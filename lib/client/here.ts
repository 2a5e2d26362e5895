/** The clock and the zone of this machine, in which times that its user types are read. */

import type { Here } from "../chat/when.ts";

/** The time now, and the zone that the system is set to. */
export function here(): Here {
  return {
    now: Date.now(),
    offsetMs: (ms) => -new Date(ms).getTimezoneOffset() * 60_000,
  };
}
