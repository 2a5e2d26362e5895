/** The clocks and the chance of this machine, as the house is handed them. */

import type { HouseOptions } from "../chat/house_options.ts";

/** Asked each time anew, so that whoever sets the clock in a test sets it for the house, too. */
export const SYSTEM: Pick<HouseOptions, "now" | "date" | "chance"> = {
  // Exact, not that of the last sweep: waits are promised by it.
  now: () => performance.now(),
  date: () => Date.now(),
  chance: {
    secret: () => crypto.randomUUID(),
  },
};
