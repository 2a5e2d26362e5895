/**
 * The system's clock, which can be set, beside one that can't: so that a leap is told from time that
 * has passed. A small board starts in 1970 and learns the time a minute later.
 */

/** Two clocks, in ms. */
export interface Clocks {
  /** Since 1970; goes back and leaps when somebody sets it. */
  now(): number;
  /** From any beginning; never goes back. */
  passed(): number;
}

/** Those of the system. */
export const SYSTEM_CLOCKS: Clocks = { now: () => Date.now(), passed: () => performance.now() };

/** A clock is corrected by less than this all the time, in ms. */
const TOLERANCE_MS = 5_000;

/** How long it may take until what is stored has been put right after a leap, in ms. */
const SETTLING_MS = 60_000;

/** Notices that a clock was set. */
export class LeapWatch {
  readonly #clocks: Clocks;
  #offset: number;
  #forward = 0;
  #leaptAt = -Infinity;

  constructor(clocks: Clocks = SYSTEM_CLOCKS) {
    this.#clocks = clocks;
    this.#offset = clocks.now() - clocks.passed();
  }

  /** By how many ms the clock was set since the last look: forward, or back (less than 0). */
  leap(): number {
    const offset = this.#clocks.now() - this.#clocks.passed();
    const leap = offset - this.#offset;
    if (Math.abs(leap) < TOLERANCE_MS) return 0;
    this.#offset = offset;
    return leap;
  }

  /** The time now, or as it would be if the clock had not just been set forward. */
  earliest(): number {
    const leap = this.leap();
    const passed = this.#clocks.passed();
    if (passed - this.#leaptAt > SETTLING_MS) this.#forward = 0;
    if (leap > 0) {
      this.#forward += leap;
      this.#leaptAt = passed;
    }
    return this.#clocks.now() - this.#forward;
  }
}
