/** Tickets of the sessions that ask for facts, and get the answers. They never leave the process. */

import type { Entry, Ticket } from "./log/fact.ts";
import type { Peer } from "./peer.ts";
import type { Session } from "./session.ts";

/** A ticket of a session. */
export class Asked implements Ticket {
  readonly session: Session;
  /** The id of the request, for its answer. */
  readonly id: string | undefined;
  /** The peer that has asked: the session may have another one when the answer comes. */
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
