/** When a room's rounds go out, by the event loop and a clock. */

import { setImmediate } from "node:timers";
import type { Pace } from "../chat/audience.ts";

/**
 * How long a round's writes may stand still before the next round stops waiting for them, in ms. A
 * write to a member that reads takes microseconds; the event loop may need some turns for a
 * thousand of them.
 */
const PATIENCE_MS = 5;

/**
 * A round goes out at the end of the task that began it, so that all that one read brought is one
 * round. All that is to come later shares one timer.
 */
export class LoopPace implements Pace, Disposable {
  #waiting: Array<() => void> = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #pauses = new Set<ReturnType<typeof setTimeout>>();

  soon(callback: () => void): void {
    queueMicrotask(callback);
  }

  around(callback: () => void): void {
    // An immediate runs before the writes of its own turn are told to have ended.
    setImmediate(() => setImmediate(callback));
  }

  later(callback: () => void): void {
    if (this.#waiting.push(callback) > 1) return;
    this.#timer = setTimeout(() => {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const each of waiting) each();
    }, PATIENCE_MS);
  }

  now(): number {
    return performance.now();
  }

  pause(ms: number, callback: () => void): void {
    const timer = setTimeout(() => {
      this.#pauses.delete(timer);
      callback();
    }, ms);
    this.#pauses.add(timer);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const timer of this.#pauses) clearTimeout(timer);
  }
}
