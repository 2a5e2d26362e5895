/**
 * Who is told what happens in a room, and when: those who listen, and the round of events that go
 * out together. It doesn't know what the room is about, or who its members are.
 */

import type { Event, EventOf } from "../../wire/events.ts";
import { Batch, type EventChange } from "../sessions/batch.ts";
import type { Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";

/** When rounds go out. */
export interface Pace {
  /** Calls back as soon as what is being done has been done. */
  soon(callback: () => void): void;
  /** Calls back when the event loop has come around: what began to end with others has ended. */
  around(callback: () => void): void;
  /** Calls back after a few milliseconds: by then a write that nothing hinders has ended. */
  later(callback: () => void): void;
  /** The time in ms, from any beginning. */
  now(): number;
  /** Calls back after so many milliseconds. */
  pause(ms: number, callback: () => void): void;
}

interface Published {
  readonly event: Event;
  readonly sender: Session | undefined;
  /** What the sender gets in the event's place. */
  readonly instead: Event | undefined;
}

/** When only one write in 8 is still in flight, the round counts as nearly out. */
const FEW_SHIFT = 3;

/**
 * After a round of at least so many times a millisecond the next one waits for this part of the time
 * that it took: those who have just got the one answer it, and their answers go out together with
 * what has gathered, in half as many rounds. Measured with 1,000 members and 64 messages in flight:
 * 1.3 to 1.4 times the throughput, at lower latencies; with 8 it makes no difference.
 */
const PAUSE_PART = 8;

/** The longest such pause, in ms. */
const MAX_PAUSE_MS = 25;

/** Those who listen to a room. What is published goes to all of them as one shared batch a round. */
export class Audience {
  /** When all that was said will have been paid for, at the rate at which a room may be spoken in. */
  due = 0;
  /** How many messages have been put for the room since it was opened, stored or on their way. */
  said = 0;
  /** The sessions that get what is published: the room's members, except those that catch up. */
  readonly #listening = new Set<Session>();
  /** Their peers, listed anew after a change of listeners: an array is walked much faster than a set. */
  #peers: Peer[] | undefined;
  readonly #pace: Pace;
  readonly #traces: Traces;
  #round: Published[] = [];
  /** What is said in the round, in UTF-16 code units. */
  #length = 0;
  #flushed: PromiseWithResolvers<void> | undefined;
  /** The round that is going out. */
  #going: Batch | undefined;
  /** How many of its writes had ended at the last look. */
  #seen = 0;
  #watching = false;
  /** When it began to go out. */
  #began = 0;
  /** The round that gathers waits a little, though none is going out. */
  #pausing = false;
  readonly #flush = (): void => this.flush();
  readonly #look = (): void => this.#lookAfter();
  readonly #resume = (): void => {
    this.#pausing = false;
    if (this.#going === undefined) this.flush();
    else if (this.#round.length > 0) this.#watch();
  };

  constructor(pace: Pace, traces: Traces = new Traces()) {
    this.#pace = pace;
    this.#traces = traces;
  }

  /** Whether `session` gets what is published. */
  hears(session: Session): boolean {
    return this.#listening.has(session);
  }

  /** From here on `session` gets what is published. */
  listen(session: Session): void {
    this.flush();
    this.#listening.add(session);
    this.#peers = undefined;
  }

  /** From here on `session` gets nothing; what was published before, it still gets. */
  unlisten(session: Session): void {
    this.flush();
    this.#listening.delete(session);
    this.#peers = undefined;
  }

  /**
   * Queues `event` for everybody who listens. The sender, whose doing it is and who may be elsewhere,
   * gets `instead` in that place, or nothing.
   *
   * A first event goes out at once. What comes while its round is going out is gathered, and goes
   * when the writes have ended, or when only slow members' writes are left: nobody waits for those.
   * After a long round it waits for an eighth of its time more, see {@linkcode PAUSE_PART}.
   */
  publish(event: Event, sender?: Session, instead?: Event): void {
    if (sender !== undefined) this.#traces.add(sender, this);
    const size = this.#round.push({ event, sender, instead });
    if (event.type === "message" || event.type === "revised") this.#length += event.text.length;
    if (size > 1 || this.#pausing) return;
    if (this.#going === undefined) this.#pace.soon(this.#flush);
    else this.#watch();
  }

  /**
   * Settles when the round that gathers goes out, if it holds more than `limit` UTF-16 code units:
   * a client that adds to it should wait, or the round becomes too large for the members' queues.
   */
  crowded(limit: number): Promise<void> | undefined {
    if (this.#length <= limit) return undefined;
    this.#flushed ??= Promise.withResolvers();
    return this.#flushed.promise;
  }

  /** Hands the round to the members' queues now. */
  flush(): void {
    const round = this.#round;
    if (round.length === 0) return;
    this.#round = [];
    this.#length = 0;
    this.#flushed?.resolve();
    this.#flushed = undefined;
    const own = this.#ownChanges(round);
    const shared: Batch = new Batch(
      round.map(({ event }) => event),
      (inFlight, begun) => this.#ended(shared, inFlight, begun),
    );
    this.#peers ??= peersOf(this.#listening);
    for (const peer of this.#peers) {
      if (own.size === 0 || !own.has(peer)) peer.deliver(shared);
    }
    for (const [peer, changes] of own) peer.deliver(shared.changed(changes));
    if (shared.inFlight === 0) return;
    this.#going = shared;
    this.#began = this.#pace.now();
    this.#seen = 0;
  }

  /**
   * What the senders in a round, as far as they still listen, get in place of their events; and the other
   * devices of their persons, which are told that it is their own.
   */
  #ownChanges(round: readonly Published[]): Map<Peer, EventChange[]> {
    const own = new Map<Peer, EventChange[]>();
    const change = ({ peer }: Session, index: number, event: Event | undefined): void => {
      if (peer === undefined) return;
      const changes = own.get(peer);
      if (changes === undefined) own.set(peer, [{ index, event }]);
      else changes.push({ index, event });
    };
    round.forEach(({ event, sender, instead }, index) => {
      for (const each of sender?.person.sessions ?? []) {
        if (!this.#listening.has(each)) continue;
        if (each === sender) change(each, index, instead);
        else if (each.hasPeople && isSpoken(event)) change(each, index, { ...event, own: true });
      }
    });
    return own;
  }

  /**
   * A write of a round has ended. When nearly all have, the rest gets one more turn of the event
   * loop: those that are slow show it by then.
   */
  #ended(batch: Batch, inFlight: number, begun: number): void {
    if (inFlight === 0) this.#settled(batch);
    else if (inFlight === begun >> FEW_SHIFT && batch === this.#going) {
      this.#pace.around(() => this.#settled(batch));
    }
  }

  #settled(batch: Batch): void {
    if (batch !== this.#going) return;
    this.#going = undefined;
    if (this.#round.length === 0 || this.#pausing) return;
    const pause = Math.floor((this.#pace.now() - this.#began) / PAUSE_PART);
    if (pause < 1) return this.#pace.soon(this.#flush);
    this.#pausing = true;
    this.#pace.pause(Math.min(pause, MAX_PAUSE_MS), this.#resume);
  }

  /** Makes sure that what waits goes out even if a slow member's write does not end. */
  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#pace.later(this.#look);
  }

  /** Goes on with the next round when nothing of this one has moved since the last look. */
  #lookAfter(): void {
    this.#watching = false;
    const going = this.#going;
    if (going === undefined || this.#round.length === 0) return;
    if (going.ended === this.#seen) return this.#settled(going);
    this.#seen = going.ended;
    this.#watch();
  }
}

/** A loop, since this is done anew whenever somebody has come or gone. */
function peersOf(sessions: Iterable<Session>): Peer[] {
  const peers: Peer[] = [];
  for (const { peer } of sessions) if (peer !== undefined) peers.push(peer);
  return peers;
}

/** Whether other devices of the one whose doing it is are told that it is their own. */
function isSpoken(
  event: Event,
): event is EventOf<"message" | "revised" | "removed" | "reacted" | "pinned" | "answered"> {
  return SPOKEN.has(event.type);
}

const SPOKEN: ReadonlySet<Event["type"]> = new Set([
  ...["message", "revised", "removed", "reacted", "pinned", "answered"] as const,
]);

/** A round: events that gather and go out together. */
interface Gathering {
  flush(): void;
}

/** The rounds that each session may have events in. */
export class Traces {
  readonly #rounds = new WeakMap<Session, Set<Gathering>>();

  /** `session` has caused an event in a round. */
  add(session: Session, round: Gathering): void {
    const rounds = this.#rounds.get(session);
    if (rounds === undefined) this.#rounds.set(session, new Set([round]));
    else rounds.add(round);
  }

  /** Sends out the events that `session` has caused so far. */
  flush(session: Session): void {
    const rounds = this.#rounds.get(session);
    if (rounds === undefined) return;
    for (const round of rounds) round.flush();
    rounds.clear();
  }
}
