/** The timers that all connections share: for points in time, for deadlines, and for the rounds of rooms. */

import type { Pace } from "../chat/rooms/audience.ts";

/** A wait ends at most this many ms late. */
const TICK_MS = 100;

/** A clock that ticks only while something waits. */
export class Ticks implements Disposable {
  #next: PromiseWithResolvers<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  /**
   * Settles at `time` (of `performance.now()`), or earlier when `holds` returns false. `undefined`:
   * that time is over, or this is disposed of.
   */
  until(time: number, holds?: () => boolean): Promise<void> | undefined {
    return this.#isOver(time) ? undefined : this.#wait(time, holds);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#next?.resolve();
  }

  #isOver(time: number): boolean {
    return this.#disposed || performance.now() >= time;
  }

  async #wait(time: number, holds: () => boolean = () => true): Promise<void> {
    while (!this.#isOver(time) && holds()) await this.#tick();
  }

  #tick(): Promise<void> {
    if (this.#next !== undefined) return this.#next.promise;
    const next = this.#next = Promise.withResolvers<void>();
    this.#timer = setTimeout(() => {
      this.#next = undefined;
      next.resolve();
    }, TICK_MS);
    return next.promise;
  }
}

/** Something with deadlines. */
export interface Swept {
  /** Checks its deadlines; `now` is in ms of a clock that never goes back. */
  sweep(now: number): void;
}

/**
 * Calls `sweep` of all its members at an interval, until it is disposed of. Where this process has stood
 * still, because it was stopped or its machine was busy, what has come meanwhile is not read yet: then
 * a round is left out, so that nobody is blamed for that time before it is.
 */
export class Sweep {
  /** The time of the last sweep, in ms: exact enough for deadlines, and it costs nothing to read. */
  now: number = performance.now();
  readonly #swept = new Set<Swept>();
  readonly #intervalMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #disposed = false;
  #leftOut = false;

  /**
   * A deadline is noticed at most two `intervalMs` late, from {@linkcode start} on, by a process that did not
   * stand still.
   */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Begins to sweep. The first timer of a process takes 10 ms, for which no start should wait. */
  start(): void {
    if (this.#disposed) return;
    this.#timer ??= setInterval(() => this.#round(), this.#intervalMs);
  }

  add(swept: Swept): void {
    this.#swept.add(swept);
  }

  delete(swept: Swept): void {
    this.#swept.delete(swept);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearInterval(this.#timer);
  }

  #round(): void {
    const before = this.now;
    this.now = performance.now();
    // Never two: a machine that is always busy has deadlines, too.
    this.#leftOut = !this.#leftOut && this.now - before > 2 * this.#intervalMs;
    if (this.#leftOut) return;
    for (const swept of this.#swept) swept.sweep(this.now);
  }
}

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
