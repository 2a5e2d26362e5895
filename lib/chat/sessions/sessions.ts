/** All sessions: those with a peer, those that wait for their clients, those just forgotten. */

import type { Hash, Session } from "./session.ts";
import { type Share, Waiting, type WaitingDump } from "./waiting.ts";

/** When a session without a peer loses its name, and when it is forgotten. */
export interface Ends {
  readonly nameUntil: number;
  readonly forgetAt: number;
}

/** Which sessions are where, each as a thing of some kind, such as a number. */
export interface SessionsOrder<Of> {
  readonly present: readonly Of[];
  readonly cutOff: readonly Of[];
  readonly waiting: WaitingDump<Of>;
  readonly forgotten: readonly Hash[];
}

/** All sessions, in the order in which they came. */
export class Sessions {
  readonly #most: () => number;
  readonly #all = new Map<Hash, Session>();
  readonly #present = new Set<Session>();
  readonly #waiting = new Waiting();
  /** Those without a peer that still have their rooms. */
  readonly #cutOff = new Set<Session>();
  readonly #forgotten = new Set<Hash>();

  /** At most `most` of them, which is asked each time, may wait for their clients. */
  constructor(most: () => number) {
    this.#most = most;
  }

  [Symbol.iterator](): IterableIterator<Session> {
    return this.#all.values();
  }

  /** Which of them are where, as `of` calls them. */
  order<Of>(of: (session: Session) => Of): SessionsOrder<Of> {
    return {
      present: [...this.#present].map(of),
      cutOff: [...this.#cutOff].map(of),
      waiting: this.#waiting.dump(of),
      forgotten: [...this.#forgotten],
    };
  }

  /** Makes these known, where none is. */
  load<Of>(
    all: readonly Session[],
    { present, cutOff, waiting, forgotten }: SessionsOrder<Of>,
    of: (each: Of) => Session,
  ): void {
    for (const session of all) this.#all.set(session.hash, session);
    for (const each of present) this.#present.add(of(each));
    for (const each of cutOff) this.#cutOff.add(of(each));
    this.#waiting.load(waiting, of);
    for (const hash of forgotten) this.#forgotten.add(hash);
  }

  /** The session that goes by `hash`. */
  get(hash: Hash): Session | undefined {
    return this.#all.get(hash);
  }

  /** Those that have a peer, here or on another machine. */
  get present(): ReadonlySet<Session> {
    return this.#present;
  }

  /** Those that have a peer, or that were cut off and still have their rooms. */
  everybody(): Session[] {
    return [...this.#present, ...this.#cutOff];
  }

  /** Counts a session as present. */
  enter(session: Session): void {
    this.#present.add(session);
    this.#waiting.delete(session);
    this.#cutOff.delete(session);
    session.forgetAt = session.nameUntil = Infinity;
    session.times++;
    this.#all.set(session.hash, session);
  }

  /** Counts a session as gone. */
  exit(session: Session, { nameUntil, forgetAt }: Ends, share: Share): void {
    this.#present.delete(session);
    session.address = undefined;
    session.nameUntil = nameUntil;
    if (!session.traits.resumes) {
      this.#all.delete(session.hash);
      // What it has said as a guest is known by its hash, for as long as it is here.
      if (session.traits.accounts) this.#forgotten.add(session.hash);
      return;
    }
    session.forgetAt = forgetAt;
    if (session.rooms.size > 0) this.#cutOff.add(session);
    this.#waiting.add(session, share);
  }

  /** A session has left its last room. */
  isOut(session: Session): void {
    this.#cutOff.delete(session);
  }

  /** Those that were cut off and did not come back to their rooms by that time. */
  missing(time: number): Session[] {
    return [...this.#cutOff].filter(({ nameUntil, forgetAt }) =>
      Math.min(nameUntil, forgetAt) <= time
    );
  }

  /** The sessions to forget at that time: those whose time is over, and those that are too many. */
  overdue(time: number): Session[] {
    return this.#waiting.overdue(time, this.#most());
  }

  /** A session is known no longer; its client may come back to it if it is kept. */
  unload(session: Session): void {
    this.#all.delete(session.hash);
    this.#present.delete(session);
    this.#cutOff.delete(session);
    this.#waiting.delete(session);
  }

  /** Forgets a session: its client can't come back to it. */
  forget(session: Session): void {
    this.unload(session);
    this.#forgotten.add(session.hash);
    session.nameUntil = session.forgetAt = -Infinity;
  }

  /** Those that are forgotten here but may still be stored: nobody can come back to them. */
  get forgotten(): ReadonlySet<Hash> {
    return this.#forgotten;
  }

  /** The store has forgotten a session, or failed to: it may be looked for there again. */
  settleForgotten(hash: Hash): void {
    this.#forgotten.delete(hash);
  }
}
