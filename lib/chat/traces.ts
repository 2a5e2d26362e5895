/** In which rounds there may be events that a session caused and that have not gone out yet. */

import type { Session } from "./session.ts";

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
