/** Last words to a peer, as the server makes them. */

import type { EventOf } from "../wire/event.ts";

/** Makes a `bye`. */
export function bye(reason: string, text: string, retryAfterMs?: number): EventOf<"bye"> {
  return {
    type: "bye",
    reason,
    text,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Whether nobody's name is kept for it after an end for that reason. */
export function isForGood(reason: string): boolean {
  return reason === "quit" || reason === "kicked" || reason === "banned";
}
