/** Brings a session that comes back up to date with one room, page by page. */

import type { Event } from "../wire/event.ts";
import { Batch } from "./batch.ts";
import type { History, Stored } from "./history.ts";
import type { Room } from "./room.ts";
import type { Peer, Session } from "./session.ts";

/** Who catches up on what. */
export interface CatchUp {
  readonly session: Session;
  readonly peer: Peer;
  readonly room: Room;
  readonly history: History;
  /** Where the session was: the epoch, and the last seq that it saw in the room. */
  readonly epoch: string;
  readonly seq: number;
}

const PAGE_MESSAGES = 100;

/** In UTF-16 code units; JSON may take six times as many bytes. */
const SLICE_LENGTH = 16_384;

/**
 * Delivers what the room has after `seq`, then lets the session listen, with nothing lost or
 * doubled between the two. What can no longer be had is told by a `gap`. Never queues more than
 * a page beyond what the peer takes; ends early when the peer is gone.
 */
export async function catchUp(options: CatchUp): Promise<void> {
  const { session, peer, room, history } = options;
  let seen = options.seq;
  if (options.epoch !== history.epoch) {
    session.deliver({ type: "gap", room: room.name, from: seen + 1, to: null });
    seen = 0;
  }
  // A client can't have seen what was never stored; trust the history, not the claim.
  seen = Math.min(seen, history.last(room.key));
  for (;;) {
    if (session.peer !== peer || !room.members.has(session)) return;
    const last = history.last(room.key);
    if (seen >= last) return room.listen(session);
    const { entries } = await history.page(room.key, { after: seen, limit: PAGE_MESSAGES });
    if (session.peer !== peer) return;
    const first = entries[0]?.message.seq ?? last + 1;
    if (first > seen + 1) {
      session.deliver({ type: "gap", room: room.name, from: seen + 1, to: first - 1 });
    }
    for (const slice of slices(entries)) {
      await peer.drained();
      peer.deliver(new Batch(slice.map((entry) => replay(entry, session))));
    }
    seen = entries.at(-1)?.message.seq ?? last;
  }
}

/** A stored message as its reader gets it late; its own sender gets the ack that it may lack. */
function replay({ message, session: secret, id }: Stored, session: Session): Event {
  const { room, seq, at } = message;
  return id !== undefined && secret === session.secret
    ? { type: "ack", id, room, seq, at }
    : { type: "message", ...message };
}

/** Cuts a page into pieces that are small beside an outbox, but for a message that is large itself. */
function* slices(entries: readonly Stored[]): Generator<readonly Stored[]> {
  let from = 0;
  let length = 0;
  for (let i = 0; i < entries.length; i++) {
    length += entries[i]?.message.text.length ?? 0;
    if (length < SLICE_LENGTH) continue;
    yield entries.slice(from, i + 1);
    from = i + 1;
    length = 0;
  }
  if (from < entries.length) yield entries.slice(from);
}
