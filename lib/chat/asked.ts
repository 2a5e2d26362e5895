/** Who has asked for a fact here, and is told what has become of it. It never leaves the process. */

import type { Entry, Ticket } from "./log/fact.ts";
import type { Peer } from "./peer.ts";
import type { Session } from "./session.ts";

/** A ticket of a session. */
export class Asked implements Ticket {
  readonly session: Session;
  /** The id of the request, for its answer. */
  readonly id: string | undefined;
  /** The peer that has asked; the session may have another one by the time of the answer. */
  readonly #peer: Peer | undefined;
  readonly #then: ((entry: Entry) => void) | undefined;

  constructor(session: Session, id: string | undefined, then?: (entry: Entry) => void) {
    this.session = session;
    this.id = id;
    this.#peer = session.peer;
    this.#then = then;
  }

  /** Whether the peer that has asked is still the session's. */
  get isSamePeer(): boolean {
    return this.session.peer === this.#peer;
  }

  done(entry: Entry): void {
    try {
      this.#then?.(entry);
    } finally {
      this.session.told();
    }
  }
}
