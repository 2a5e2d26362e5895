/**
 * Tells clients that pieces of their files are written. Several are written to the disk at once, and their
 * client is then told of all in one go: a write to its socket for each, small as it is, takes longer than to
 * write the piece.
 */

import type { EventOf } from "../../wire/events.ts";
import { Batch } from "../sessions/batch.ts";
import type { Peer } from "../sessions/peer.ts";

/** What a peer is about to be told, in order. */
const waiting = new WeakMap<Peer, Array<EventOf<"taken">>>();

/** Tells a peer that a piece is written, with all others of which that becomes known in the same moment. */
export function tellTaken(peer: Peer, taken: EventOf<"taken">): void {
  const others = waiting.get(peer);
  if (others !== undefined) return void others.push(taken);
  const events = [taken];
  waiting.set(peer, events);
  // Those who waited for the same write go on before this does.
  queueMicrotask(() => {
    waiting.delete(peer);
    peer.deliver(new Batch(events));
  });
}
