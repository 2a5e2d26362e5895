/** Events that go out together, with what the doors make of them. */

import type { Event } from "../wire/event.ts";

/**
 * One or more events in order. The members of a room share one batch, so a door that encodes
 * through {@linkcode Batch.once} does the work once for all of its peers.
 */
export class Batch {
  readonly events: readonly Event[];
  readonly #made = new Map<unknown, unknown>();

  constructor(events: readonly Event[]) {
    this.events = events;
  }

  /** What `make` makes of the events; called at most once for each `make`. */
  once<T>(make: (events: readonly Event[]) => T): T {
    if (!this.#made.has(make)) this.#made.set(make, make(this.events));
    return this.#made.get(make) as T;
  }
}
