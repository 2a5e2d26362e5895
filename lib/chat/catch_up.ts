/** Brings a session that comes back up to date with one room, page by page. */

import type { Event } from "../wire/events.ts";
import type { HouseParts } from "./house_parts.ts";
import { mayRead } from "./judge/may_read.ts";
import { unlessRefused } from "./later.ts";
import { emptiedEvent, type EventPlace, lifeEvent } from "./life_event.ts";
import {
  atOf,
  broughtBy,
  type EmptiedEntry,
  type HistoryEntry,
  isMessage,
  saidIn,
  seqOf,
} from "./messages/entries.ts";
import { fittingEntries } from "./messages/fits.ts";
import type { LogKey } from "./messages/log_key.ts";
import { Refusal } from "./refusal.ts";
import type { Audience } from "./rooms/audience.ts";
import type { RoomState } from "./rooms/room_state.ts";
import { Batch } from "./sessions/batch.ts";
import type { Peer } from "./sessions/peer.ts";
import type { Hash, Session } from "./sessions/session.ts";

/** The parts of the house in which it finds what was missed. */
type Source = Pick<HouseParts, "index" | "state">;

/** Who catches up on what. */
export interface CatchUp {
  readonly session: Session;
  readonly peer: Peer;
  readonly room: RoomState;
  readonly audience: Audience;
  /** Where the session was: the epoch (this one unless said), and the last seq that it saw. */
  readonly epoch?: string;
  readonly seq: number;
  /** It is new in the room, so messages that are gone are no gap for it. */
  readonly isNew?: boolean;
}

/** Each page wakes the thread that reads, which costs more than to read ten messages; a page of long texts ends sooner. */
const PAGE_ENTRIES = 400;

/**
 * How many recent messages of a room to replay to a client from another epoch, since we can't tell
 * what it has seen.
 */
const NEW_EPOCH_MESSAGES = 1_000;

/** How long a client should stay away when what it missed can't be read, in ms. */
const RETRY_AFTER_MS = 5_000;

/** The length of a piece of a page, in UTF-16 code units; as JSON it may be 6 times as many bytes. */
const SLICE_LENGTH = 16_384;

/**
 * Delivers what the room has after `seq`, then lets the session listen, with nothing lost or
 * doubled between the two. What can no longer be had is told by a `gap`. Never queues more than
 * a page beyond what the peer takes; ends early when the peer is gone.
 */
export async function catchUp(house: Source, options: CatchUp): Promise<void> {
  const { session, peer, room, audience, isNew = false } = options;
  const { index } = house;
  const { log } = room;
  let seen = options.seq;
  // A client that has seen more than there is saw it before older data was put back: to it this is
  // another epoch, though the server has not noticed.
  if ((options.epoch ?? index.epoch) !== index.epoch || seen > index.last(log)) {
    session.deliver({ type: "gap", room: room.name, from: seen + 1, to: null });
    seen = await anewAfter(house, log);
  }
  const first = seen;
  // Asked again after every wait: the session may have been sent out of the room meanwhile.
  const isHere = (): boolean =>
    session.peer === peer && room.members.has(session) && mayRead(house.state, session, log);
  for (;;) {
    if (!isHere()) return;
    const last = index.last(log);
    if (seen >= last) return audience.listen(session);
    const entries = await pageAfter(house, options, log, seen);
    if (entries === undefined || !isHere()) return;
    const own = isNew || !session.traits.resumes ? undefined : session.hash;
    const account = session.hasPeople ? house.state.people.accountOf(session)?.id : undefined;
    seen = await deliver(peer, entries, {
      seen,
      last,
      mayHave: isHere,
      onHole: (from, to) => {
        if (isNew && from === first + 1) return;
        session.deliver({ type: "gap", room: room.name, from, to });
      },
      place: { room: room.name },
      eventOf: (entry) => replay(entry, { room: room.name, own, account }),
    });
  }
}

/** The number after which the messages come that a client from another epoch gets. */
export async function anewAfter({ index }: Pick<Source, "index">, log: LogKey): Promise<number> {
  const byNumber = Math.max(0, index.last(log) - NEW_EPOCH_MESSAGES);
  // Not every entry is a message. What can't be read is told when it is read.
  const found = unlessRefused(() => index.beforeLast(log, NEW_EPOCH_MESSAGES), () => byNumber);
  return Math.min(byNumber, await found);
}

/** The next entries; where they can't be read the client is told to come back for them later. */
export async function pageAfter(
  { index, state }: Source,
  { session, peer }: Pick<CatchUp, "session" | "peer">,
  log: LogKey,
  after: number,
): Promise<readonly HistoryEntry[] | undefined> {
  try {
    const { traits, hash } = session;
    const range = {
      after,
      limit: PAGE_ENTRIES,
      ...(traits.resumes ? { session: hash } : {}),
    };
    return fittingEntries(await index.entries(log, range), state.rules.messageBytes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code: reason, message } = error;
    peer.close({ type: "bye", reason, text: `${message}.`, retryAfterMs: RETRY_AFTER_MS });
    return undefined;
  }
}

/** How a page is delivered. */
export interface Delivery {
  /** The last number before the page that the peer has. */
  readonly seen: number;
  /** The last number of the log: a page without entries says that there are none up to it. */
  readonly last: number;
  /** Whether the peer may still have messages; asked after each wait. */
  readonly mayHave: () => boolean;
  /** Tells of numbers that have no entry, before or within the page. */
  readonly onHole: (from: number, to: number) => void;
  /** Which log it is of. */
  readonly place: EventPlace;
  readonly eventOf: (entry: HistoryEntry) => Event | undefined;
}

/**
 * Delivers a page in pieces, each when the peer has room for it, as long as it may have them. Returns
 * the last number that the peer knows of then.
 */
export async function deliver(
  peer: Peer,
  entries: readonly HistoryEntry[],
  { seen, last, mayHave, onHole, place, eventOf }: Delivery,
): Promise<number> {
  let known = seen;
  for (const slice of slices(entries)) {
    await peer.drained();
    if (!mayHave()) return known;
    const next = numberOf(slice[0], known + 1);
    if (next > known + 1) onHole(known + 1, next - 1);
    peer.deliver(new Batch(eventsOf(slice, place, eventOf)));
    known = numberOf(slice.at(-1), known);
  }
  if (entries.length > 0 || known >= last) return known;
  onHole(known + 1, last);
  return last;
}

/** The events of a page; entries that are empty are told of in runs, unless they are the client's own. */
function eventsOf(
  entries: readonly HistoryEntry[],
  place: EventPlace,
  eventOf: Delivery["eventOf"],
): Event[] {
  const events: Event[] = [];
  let run: EmptiedEntry[] = [];
  const endRun = (): void => {
    if (run.length > 0) events.push(emptiedEvent(place, run));
    run = [];
  };
  for (const entry of entries) {
    const event = eventOf(entry);
    if (event === undefined && !isMessage(entry) && entry.kind === "emptied") run.push(entry);
    else {
      endRun();
      if (event !== undefined) events.push(event);
    }
  }
  endRun();
  return events;
}

/** Who catches up on a room. */
interface Replayed {
  readonly room: string;
  /** The session whose own entries come as the acks that it may have missed. */
  readonly own: Hash | undefined;
  /** The account whose entries are told as its own. */
  readonly account: string | undefined;
}

/**
 * A stored entry for a client that catches up. Its sender gets the ack, which it may have missed, and
 * other devices of its account are told that it is their own.
 */
function replay(entry: HistoryEntry, { room, own, account }: Replayed): Event | undefined {
  const { session, id } = entry;
  if (id !== undefined && own !== undefined && session === own) {
    return { type: "ack", id, room, seq: seqOf(entry), at: atOf(entry), ...broughtBy(entry) };
  }
  if (isMessage(entry)) {
    const { message } = entry;
    const isOwn = message.by !== undefined && message.by === account;
    return { type: "message", ...message, ...(isOwn ? { own: true } : {}) };
  }
  if (entry.kind === "emptied") return undefined;
  return lifeEvent({ room }, entry, entry.by !== undefined && entry.by === account);
}

function numberOf(entry: HistoryEntry | undefined, otherwise: number): number {
  return entry === undefined ? otherwise : seqOf(entry);
}

/**
 * Cuts a page into pieces that are small compared with an outbox, unless one message is large, and that
 * have no number missing.
 */
function* slices(entries: readonly HistoryEntry[]): Generator<readonly HistoryEntry[]> {
  let from = 0;
  let length = 0;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as HistoryEntry;
    const seq = seqOf(entry);
    length += saidIn(entry).length;
    if (length < SLICE_LENGTH && numberOf(entries[i + 1], seq + 1) === seq + 1) continue;
    yield entries.slice(from, i + 1);
    from = i + 1;
    length = 0;
  }
  if (from < entries.length) yield entries.slice(from);
}
