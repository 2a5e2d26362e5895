/** What becomes of a session whose connection has ended, for others. */

import type { HouseLimits } from "./house_options.ts";
import type { HouseParts } from "./house_parts.ts";
import { leaveRoom } from "./membership.ts";
import { put } from "./put.ts";
import type { Session } from "./session.ts";

/** How long names and sessions are kept. */
type Limits = Pick<HouseLimits, "nameMs" | "visitorMs" | "sessionMs">;

/** Has sessions leave: at once, or when their clients have not come back in time. */
export class Leaving {
  readonly #parts: () => HouseParts;
  readonly #limits: Limits;
  /** Those who were cut off and may come back in a moment: they are in their rooms until then. */
  readonly #cutOff = new Map<Session, string | undefined>();
  #isClosing = false;

  constructor(parts: () => HouseParts, limits: Limits) {
    this.#parts = parts;
    this.#limits = limits;
  }

  /** Whether nobody is told any more who leaves: everybody does. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** From here on everybody leaves. */
  close(): void {
    this.#isClosing = true;
  }

  /**
   * Ends a session's connection: at once for its peer, and for others when they have been told of what
   * it said last. `clean` says that it left of its own accord, see {@linkcode House.gone}.
   */
  end(session: Session, clean: boolean, reason?: string): void {
    this.#parts().audiences.unlisten(session);
    session.peer = undefined;
    const idle = session.idle();
    if (idle === undefined) return this.#exit(session, clean, reason);
    idle.then(() => session.peer === undefined && this.#exit(session, clean, reason));
  }

  /**
   * Ends a session at once for others, too: whoever takes its name comes into its rooms now, and must
   * not be taken for who leaves. What it said last is told after that.
   */
  endNow(session: Session, reason: string): void {
    this.#leaveAll(session, reason);
    this.end(session, true, reason);
  }

  /** Takes a session out of its rooms that was cut off and can't come back to them. */
  missing(session: Session): void {
    const reason = this.#cutOff.get(session);
    this.#cutOff.delete(session);
    if (session.peer === undefined) this.#leaveAll(session, reason);
  }

  /** Takes those out of their rooms whose names or sessions are not kept any longer. */
  expire(now: number): void {
    for (const session of this.#cutOff.keys()) {
      const { peer, nameUntil, forgetAt } = session;
      if (peer !== undefined || nameUntil <= now || forgetAt <= now) this.missing(session);
    }
  }

  #exit(session: Session, clean: boolean, reason?: string): void {
    const { isVisitor, isDone, hash } = session;
    const { nameMs, visitorMs, sessionMs } = this.#limits;
    const keepsName = !clean && !isVisitor && nameMs > 0;
    if (keepsName && session.traits.resumes && !this.#isClosing) this.#cutOff.set(session, reason);
    else this.#leaveAll(session, reason);
    const now = this.#parts().now();
    put(this.#parts(), {
      kind: "exit",
      session: hash,
      nameUntil: clean || isVisitor ? now : now + nameMs,
      forgetAt: now + (isDone ? 0 : isVisitor ? visitorMs : sessionMs),
    });
  }

  #leaveAll(session: Session, reason?: string): void {
    const parts = this.#parts();
    for (const room of parts.registry.roomsOf(session)) leaveRoom(parts, session, room, reason);
  }
}
