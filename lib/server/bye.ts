/** The `bye` events that the server ends connections with. */

import type { EventOf } from "../wire/events.ts";
import { within } from "../wire/within.ts";
import type { DoorPeer } from "./door.ts";
import type { SharedState } from "./host.ts";

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

/** How long to wait for the answers, in ms: they wait for the disk, which may hang. */
const ANSWERS_MS = 2_000;

/** Closes the peer when its requests are answered; returns a promise if that takes a while. */
export function closeAfterAnswers(
  { house }: Pick<SharedState, "house">,
  peer: DoorPeer,
  event: EventOf<"bye">,
): void | Promise<void> {
  const idle = house.idle(peer);
  if (idle === undefined) return peer.close(event);
  return within(ANSWERS_MS, idle).then(() => peer.close(event));
}
