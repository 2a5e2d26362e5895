/** Decides by the event loop and a clock when the rounds of a room go out. */

import { setImmediate } from "node:timers";
import type { Pace } from "../chat/audience.ts";

/**
 * How long the next round waits for the writes of a round that stand still, in ms. A write to a
 * member that reads takes microseconds; the event loop may need some turns for a thousand of them.
 */
const PATIENCE_MS = 5;

/**
 * Sends a round at the end of the task that began it, so that all messages of one read are one round.
 * All rounds that go out later share one timer.
 */
export class LoopPace implements Pace, Disposable {
  #waiting: Array<() => void> = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #pauses = new Set<ReturnType<typeof setTimeout>>();

  soon(callback: () => void): void {
    queueMicrotask(callback);
  }

  around(callback: () => void): void {
    // One immediate is too early: it runs before the ends of its turn's writes are reported.
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
