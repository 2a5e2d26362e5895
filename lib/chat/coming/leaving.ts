/** Has sessions leave whose connections have ended. */

import type { HouseParts } from "../house_parts.ts";
import { listerOf } from "../people/who_is.ts";
import { put } from "../put.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../sessions/session.ts";

/** Has sessions leave: at once, or when their clients have not come back in time. */
export class Leaving {
  readonly #parts: () => HouseParts;
  #isClosing = false;

  constructor(parts: () => HouseParts) {
    this.#parts = parts;
  }

  /** Whether nobody is told any more who leaves, since everybody does. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** From here on everybody leaves. */
  close(): void {
    this.#isClosing = true;
  }

  /**
   * Ends a session's connection: for its peer at once, and for others when they have been told what it
   * said last. `clean` says that it left of its own accord, see {@linkcode House.gone}.
   */
  end(session: Session, clean: boolean, reason?: string): void {
    this.#parts().audiences.unlisten(session);
    session.peer = undefined;
    const idle = session.idle();
    if (idle === undefined) return this.#exit(session, clean, reason);
    idle.then(() => session.peer === undefined && this.#exit(session, clean, reason));
  }

  #exit(session: Session, clean: boolean, reason?: string): void {
    const { isDone, hash, peerTimes: times, peerNode: node, sentAway } = session;
    const parts = this.#parts();
    const { state: { people } } = parts;
    // A phone that is put away has not left: its person is waited for, unless it has said goodbye.
    const isAway = reason === undefined && session.hasPeople &&
      people.accountOf(session) !== undefined;
    try {
      put(parts, {
        kind: "exit",
        session: hash,
        times,
        ...(node === undefined ? {} : { node }),
        ...(clean && !isAway || this.#isClosing ? { clean: true } : {}),
        ...(isDone ? { isDone: true } : {}),
        ...(reason === undefined ? {} : { reason, ...sentAway }),
      });
      parts.keepList(listerOf(people, session)?.id);
    } catch (error) {
      // Its client has come back elsewhere, where the session goes on.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
