/** Who has asked, and parts of the answers. A ticket never leaves the process. */

import type { Entry, Ticket } from "./log/fact.ts";
import type { Refusal } from "./refusal.ts";
import { refusalIn, wordsOf } from "./sentence.ts";
import type { Peer } from "./sessions/peer.ts";
import type { Session } from "./sessions/session.ts";

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

/** The id of a request, for its answer. */
export function idOf({ id }: { readonly id?: string | undefined }): { id?: string } {
  return id === undefined ? {} : { id };
}

/** Tells a session that its request is refused, where that turned out later. */
export function refuse(
  session: Session,
  request: { readonly id?: string | undefined },
  refusal: Refusal,
): void {
  const { code, retryAfterMs, about } = refusal;
  const text = refusalIn(refusal, wordsOf(session));
  const again = retryAfterMs === undefined ? {} : { retryAfterMs };
  session.deliver({ type: "error", ...idOf(request), code, text, ...about, ...again });
}
