/** Who has to pause before saying more in a room that is slow. */

/** The most pauses that are remembered; the one that began first is forgotten first. */
const MAX_PAUSES = 100_000;

/** Pauses of people in rooms. Times are in ms. */
export class Pauses {
  readonly #until = new Map<string, number>();

  /** For how long somebody has to wait yet in a room; 0: not at all. */
  waitMs(room: string, who: string, now: number): number {
    return Math.max(0, Math.ceil((this.#until.get(`${who} ${room}`) ?? 0) - now));
  }

  /** Somebody has spoken in a room, and pauses until then. */
  begin(room: string, who: string, until: number): void {
    const key = `${who} ${room}`;
    this.#until.delete(key);
    this.#until.set(key, until);
    if (this.#until.size <= MAX_PAUSES) return;
    for (const oldest of this.#until.keys()) {
      this.#until.delete(oldest);
      break;
    }
  }

  /** What began a pause until then was not said after all. */
  takeBack(room: string, who: string, until: number): void {
    const key = `${who} ${room}`;
    if (this.#until.get(key) === until) this.#until.delete(key);
  }

  /** Forgets what is over. Call it now and then. */
  expire(now: number): void {
    for (const [key, until] of this.#until) if (until <= now) this.#until.delete(key);
  }
}
