/** Events that go out together, with what the doors make of them. */

import type { Event } from "../../wire/events.ts";

/** What one member gets in the place of an event that everybody else gets: nothing, or another. */
export interface EventChange {
  /** The event's place in the shared batch. */
  readonly index: number;
  readonly event: Event | undefined;
}

/** How a batch differs from a shared one, whose encoding can then be used for it. */
export interface Variant {
  readonly shared: Batch;
  /** In ascending order of index. */
  readonly changes: readonly EventChange[];
}

/**
 * One or more events in order. The members of a room share one batch, so a door that encodes
 * through {@linkcode Batch.once} does the work once for all of its peers.
 *
 * A batch counts the writes of it that are in flight, so that its audience can tell when the round
 * has gone out.
 */
export class Batch {
  #events: readonly Event[] | undefined;
  /** How the batch differs from the one that the others get; `undefined` for one of its own. */
  readonly variant: Variant | undefined;
  readonly #onEnd: ((inFlight: number, begun: number) => void) | undefined;
  // There are as many encodings as doors, which are few: two arrays are faster than a map.
  readonly #makers: unknown[] = [];
  readonly #made: unknown[] = [];
  #begun = 0;
  #ended = 0;

  /** `onEnd` is called whenever a write has ended, with how many are in flight and have begun. */
  constructor(
    events: readonly Event[] | undefined,
    onEnd?: (inFlight: number, begun: number) => void,
    variant?: Variant,
  ) {
    this.#events = events;
    this.variant = variant;
    this.#onEnd = onEnd;
  }

  /** The events in order; those of a variant are put together when they are first asked for. */
  get events(): readonly Event[] {
    return this.#events ??= this.variant === undefined ? [] : applied(this.variant);
  }

  /** How many events it has; for a variant, how many the shared batch has. */
  get size(): number {
    return (this.variant?.shared ?? this).events.length;
  }

  /** The batch with a few events changed, for the member that caused them. */
  changed(changes: readonly EventChange[]): Batch {
    return new Batch(undefined, undefined, { shared: this, changes });
  }

  /** What `make` makes of the events; called once for each `make`. */
  once<T>(make: (events: readonly Event[]) => T): T {
    const index = this.#makers.indexOf(make);
    if (index >= 0) return this.#made[index] as T;
    const made = make(this.events);
    this.#makers.push(make);
    this.#made.push(made);
    return made;
  }

  /** Writes in flight. */
  get inFlight(): number {
    return this.#begun - this.#ended;
  }

  /** Writes that have ended. */
  get ended(): number {
    return this.#ended;
  }

  /** A write of this batch begins. */
  begin(): void {
    this.#begun++;
  }

  /** A write of this batch has ended, well or not. */
  end(): void {
    this.#ended++;
    this.#onEnd?.(this.#begun - this.#ended, this.#begun);
  }
}

function applied({ shared, changes }: Variant): Event[] {
  const events: Array<Event | undefined> = [...shared.events];
  for (const { index, event } of changes) events[index] = event;
  return events.filter((event) => event !== undefined);
}
