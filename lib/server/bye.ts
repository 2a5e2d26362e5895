/** Last words to a peer, as the server makes them. */

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

/** Whether an end for that reason is final, so that the name is not kept for a client to come back. */
export function isForGood(reason: string): boolean {
  return reason === "quit" || reason === "kicked" || reason === "banned";
}
