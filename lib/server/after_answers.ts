/** The end of a peer that has sent what can't be read: it has its answers to what came before. */

import type { EventOf } from "../wire/events.ts";
import { within } from "../wire/within.ts";
import type { DoorPeer } from "./door.ts";
import type { SharedState } from "./host.ts";

/** How long the answers may take, in ms: they wait for the disk, which may hang. */
const ANSWERS_MS = 2_000;

/** Closes the peer when it has been answered. A promise means that it has not been yet. */
export function closeAfterAnswers(
  { house }: Pick<SharedState, "house">,
  peer: DoorPeer,
  event: EventOf<"bye">,
): void | Promise<void> {
  const idle = house.idle(peer);
  if (idle === undefined) return peer.close(event);
  return within(ANSWERS_MS, idle).then(() => peer.close(event));
}
