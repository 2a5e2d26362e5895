/** In which rooms' rounds there may be something that a session did and that has not gone out. */

import type { Session } from "./session.ts";

/** What gathers events that go out together. */
interface Gathering {
  flush(): void;
}

/** Rounds by the sessions that may have something in them. */
export class Traces {
  readonly #rounds = new WeakMap<Session, Set<Gathering>>();

  /** Something that `session` did is in a round. */
  add(session: Session, round: Gathering): void {
    const rounds = this.#rounds.get(session);
    if (rounds === undefined) this.#rounds.set(session, new Set([round]));
    else rounds.add(round);
  }

  /** Sends out what `session` did so far. */
  flush(session: Session): void {
    const rounds = this.#rounds.get(session);
    if (rounds === undefined) return;
    for (const round of rounds) round.flush();
    rounds.clear();
  }
}
