/** Tells when the link tries again, counted down by the second while the view is on screen. */

import type { Standing } from "../terminal/standing.ts";

const SECOND_MS = 1_000;

export class NextTry {
  readonly #standing: Pick<Standing, "waitsMs">;
  readonly #passed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `passed` is called when it is a second less. */
  constructor(standing: Pick<Standing, "waitsMs">, passed: () => void) {
    this.#standing = standing;
    this.#passed = passed;
  }

  /** The state of the connection, with when it is tried next; asked for when a frame is made. */
  told(state: string): string {
    const { waitsMs = 0 } = this.#standing;
    if (waitsMs === 0) return state;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#passed();
    }, waitsMs % SECOND_MS || SECOND_MS);
    return `${state}, next try in ${Math.ceil(waitsMs / SECOND_MS)} s`;
  }

  /** The view is not on screen any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
