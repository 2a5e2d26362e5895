/** One room: who is in it, what it is about, and the round of events that go out together. */

import type { Event } from "../wire/event.ts";
import { Batch } from "./batch.ts";
import type { Session } from "./session.ts";

/** Calls back when the events of a round should go out. */
export type Schedule = (flush: () => void) => void;

interface Published {
  readonly event: Event;
  readonly sender: Session | undefined;
  /** What the sender gets in the event's place. */
  readonly instead: Event | undefined;
}

/** A room. What is published goes to every listening member as one shared batch a round. */
export class Room {
  readonly key: string;
  readonly name: string;
  topic = "";
  readonly members = new Set<Session>();
  /** The members that get what is published: all but those that still catch up. */
  readonly #listening = new Set<Session>();
  readonly #schedule: Schedule;
  #round: Published[] = [];
  readonly #flush = (): void => this.flush();

  constructor(key: string, name: string, schedule: Schedule) {
    this.key = key;
    this.name = name;
    this.#schedule = schedule;
  }

  /** Whether `session` gets what is published. */
  hears(session: Session): boolean {
    return this.#listening.has(session);
  }

  /** From here on `session` gets what is published. */
  listen(session: Session): void {
    this.flush();
    this.#listening.add(session);
  }

  /** From here on `session` gets nothing; what was published before, it still gets. */
  unlisten(session: Session): void {
    this.flush();
    this.#listening.delete(session);
  }

  /**
   * Queues `event` for everybody who listens. The sender, if one is given, gets `instead` in that
   * place, or nothing.
   */
  publish(event: Event, sender?: Session, instead?: Event): void {
    if (this.#round.push({ event, sender, instead }) === 1) this.#schedule(this.#flush);
  }

  /** Hands the round to the members' queues now. */
  flush(): void {
    const round = this.#round;
    if (round.length === 0) return;
    this.#round = [];
    const senders = new Set<Session>();
    for (const { sender } of round) if (sender !== undefined) senders.add(sender);
    const shared = new Batch(round.map(({ event }) => event));
    for (const session of this.#listening) {
      if (!senders.has(session)) session.peer?.deliver(shared);
    }
    for (const session of senders) {
      if (this.#listening.has(session)) deliverOwn(session, round);
    }
  }
}

function deliverOwn(session: Session, round: readonly Published[]): void {
  const events: Event[] = [];
  for (const { event, sender, instead } of round) {
    const own = sender === session ? instead : event;
    if (own !== undefined) events.push(own);
  }
  if (events.length > 0) session.peer?.deliver(new Batch(events));
}
