/** One room: who is in it, what it is about, and the round of events that go out together. */

import type { Event } from "../wire/event.ts";
import { Batch, type Change } from "./batch.ts";
import type { Peer, Session } from "./session.ts";

/** When rounds go out. */
export interface Pace {
  /** Calls back as soon as what is being done has been done. */
  soon(callback: () => void): void;
  /** Calls back when the event loop has come around: what began to end with others has ended. */
  around(callback: () => void): void;
  /** Calls back after a few milliseconds: by then a write that nothing hinders has ended. */
  later(callback: () => void): void;
}

interface Published {
  readonly event: Event;
  readonly sender: Session | undefined;
  /** What the sender gets in the event's place. */
  readonly instead: Event | undefined;
}

/** One in eight is few. */
const FEW_SHIFT = 3;

/** A room. What is published goes to every listening member as one shared batch a round. */
export class Room {
  readonly key: string;
  readonly name: string;
  topic = "";
  /** When all that was said will have been earned, at the rate at which a room may be spoken in. */
  due = 0;
  readonly members = new Set<Session>();
  /** The members that get what is published: all but those that still catch up. */
  readonly #listening = new Set<Session>();
  /** The peers of those, made anew when somebody came or went: an array is walked much faster. */
  #peers: Peer[] | undefined;
  readonly #pace: Pace;
  #round: Published[] = [];
  /** What is said in the round, in UTF-16 code units. */
  #length = 0;
  #flushed: PromiseWithResolvers<void> | undefined;
  /** The round that is going out. */
  #going: Batch | undefined;
  /** How many of its writes had ended at the last look. */
  #seen = 0;
  #watching = false;
  readonly #flush = (): void => this.flush();
  readonly #look = (): void => this.#lookAfter();

  constructor(key: string, name: string, pace: Pace) {
    this.key = key;
    this.name = name;
    this.#pace = pace;
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
   * Queues `event` for everybody who listens. The sender, if one is given, gets `instead` in that
   * place, or nothing.
   *
   * A first event goes out at once. What comes while its round is going out is gathered, and goes
   * when the writes have ended, or when only slow members' writes are left: nobody waits for those.
   */
  publish(event: Event, sender?: Session, instead?: Event): void {
    const size = this.#round.push({ event, sender, instead });
    if (event.type === "message") this.#length += event.text.length;
    if (size > 1) return;
    if (this.#going === undefined) this.#pace.soon(this.#flush);
    else this.#watch();
  }

  /**
   * Settles when the round that gathers goes out, if it holds more than `limit` UTF-16 code units:
   * who adds to it should wait, lest it be too much for the members all at once.
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
    this.#peers ??= [...this.#listening].flatMap(({ peer }) => peer ?? []);
    for (const peer of this.#peers) {
      if (own.size === 0 || !own.has(peer)) peer.deliver(shared);
    }
    for (const [peer, changes] of own) peer.deliver(shared.changed(changes));
    if (shared.inFlight === 0) return;
    this.#going = shared;
    this.#seen = 0;
  }

  /** What those who said something in a round, and still listen, get in its place. */
  #ownChanges(round: readonly Published[]): Map<Peer, Change[]> {
    const own = new Map<Peer, Change[]>();
    round.forEach(({ sender, instead: event }, index) => {
      if (sender?.peer === undefined || !this.#listening.has(sender)) return;
      const changes = own.get(sender.peer);
      if (changes === undefined) own.set(sender.peer, [{ index, event }]);
      else changes.push({ index, event });
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
    if (this.#round.length > 0) this.#pace.soon(this.#flush);
  }

  /** Sees to it that what waits now goes out though a slow member's write does not end. */
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
