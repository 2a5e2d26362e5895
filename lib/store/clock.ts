/**
 * Notices when the system's clock was set, by comparing it with a clock that can't be set. A small
 * board, for example, may start in 1970 and learn the time a minute later.
 */

/** Two clocks, in ms. */
export interface Clocks {
  /** The time since 1970. It leaps forward or back when somebody sets the clock. */
  now(): number;
  /** The time since an arbitrary start. It never leaps. */
  passed(): number;
}

/** The system's clocks. */
export const SYSTEM_CLOCKS: Clocks = { now: () => Date.now(), passed: () => performance.now() };

/** Smaller changes do not count, since the system corrects its clock by a little all the time. In ms. */
const TOLERANCE_MS = 5_000;

/** How long it may take to correct the stored times after a leap, in ms (1 min). */
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

  /** By how many ms the clock was set since the last call: forward, or back (less than 0). */
  leap(): number {
    const offset = this.#clocks.now() - this.#clocks.passed();
    const leap = offset - this.#offset;
    if (Math.abs(leap) < TOLERANCE_MS) return 0;
    this.#offset = offset;
    return leap;
  }

  /**
   * The time now without the leaps forward of the last minute, so that nothing looks too old before the
   * stored times have been corrected.
   */
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
