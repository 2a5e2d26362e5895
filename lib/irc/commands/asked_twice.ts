/** What can't be undone is done when it has been asked for twice. */

/** How long a first time counts, in ms. */
const COUNTS_MS = 60_000;

/** Who has asked for what once. */
export class AskedTwice {
  readonly #asked = new WeakMap<object, { readonly what: string; readonly at: number }>();
  readonly #now: () => number;

  /** `now`: a clock that never goes back, in ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Whether somebody asks for it once more, soon after the first time, and says it in full; else this counts as the
   * first time.
   */
  isMeant(who: object, what: string, isInFull: boolean): boolean {
    const before = this.#asked.get(who);
    const isAgain = before?.what === what && this.#now() - before.at <= COUNTS_MS;
    if (isAgain && isInFull) return this.#asked.delete(who);
    this.#asked.set(who, { what, at: this.#now() });
    return false;
  }
}
