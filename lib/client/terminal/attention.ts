/** Whether the person at the terminal is there, by when they have typed last. */

/** After so long without a key, in ms, the person may be away: what comes then is new. */
const AWAY_MS = 300_000;

export class Attention {
  readonly #now: () => Date;
  #typedAt: Date;
  #isAway = false;

  constructor(now: () => Date) {
    this.#now = now;
    this.#typedAt = now();
  }

  /** Whether the person has typed lately, and so sees what comes. */
  get isWatched(): boolean {
    return this.#now().getTime() - this.#typedAt.getTime() < AWAY_MS;
  }

  /** The person is here. */
  typed(): void {
    this.#typedAt = this.#now();
    this.#isAway = false;
  }

  /** Something has come that they may miss; since when they are away, if it is the first. */
  missed(): Date | undefined {
    if (this.#isAway || this.isWatched) return undefined;
    this.#isAway = true;
    return this.#typedAt;
  }
}
