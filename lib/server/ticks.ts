/** Waits for points in time, with one timer for all waits. */

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
