/** The clocks and the random numbers of this machine, which are handed to the house. */

import type { HouseOptions } from "../chat/house_options.ts";

/** These look up the globals at each call, so that a test that replaces the clock affects the house. */
export const SYSTEM: Pick<HouseOptions, "now" | "date" | "chance"> = {
  // The exact time and not that of the last sweep: clients are told how long to wait by it.
  now: () => performance.now(),
  date: () => Date.now(),
  chance: {
    secret: () => crypto.randomUUID(),
  },
};
