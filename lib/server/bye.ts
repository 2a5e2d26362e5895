/** The `bye` events that the server ends connections with. */

import type { EventOf } from "../wire/events.ts";

/** Makes a `bye`. */
export function bye(reason: string, text: string, retryAfterMs?: number): EventOf<"bye"> {
  return {
    type: "bye",
    reason,
    text,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Whether the client left for good, so that its name need not be kept for it. */
export function isForGood(reason: string): boolean {
  return reason === "quit" || reason === "kicked" || reason === "banned";
}
