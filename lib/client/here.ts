/** The clock and time zone of this machine, by which typed times are parsed. */

import type { Here } from "../chat/when.ts";

/** The time, and the time zone of the system. */
export function here(): Here {
  return {
    now: Date.now(),
    offsetMs: (ms) => -new Date(ms).getTimezoneOffset() * 60_000,
  };
}
