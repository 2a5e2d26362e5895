/** Has steps of upkeep done in the pauses between what is stored, and tells what they have done. */

import type { FromWriter } from "./calls.ts";
import type { UpkeepStep } from "./upkeep.ts";

/** A step of upkeep waits until nothing has been stored for this long, in ms. */
const IDLE_MS = 20;
/** While there is always something to store, a step of upkeep still runs this often, in ms. */
const PUT_OFF_MS = 100;
/** How long upkeep rests when there is nothing to do, in ms. */
const REST_MS = 10_000;

/** Calls steps until it is disposed of. */
export class UpkeepPauses implements Disposable {
  readonly #work: () => UpkeepStep | undefined;
  readonly #tell: (message: FromWriter) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = 0;
  #takenAt = 0;
  #steppedAt = 0;
  #troubled = false;

  /** `work` does one step; `undefined`: it can't be done now. */
  constructor(work: () => UpkeepStep | undefined, tell: (message: FromWriter) => void) {
    this.#work = work;
    this.#tell = tell;
    this.#schedule(IDLE_MS);
  }

  /** Something has been stored. */
  taken(): void {
    this.#takenAt = performance.now();
    this.#schedule(IDLE_MS);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** Runs a step of upkeep in the next pause, or after {@linkcode PUT_OFF_MS} if there is none. */
  readonly #step = (): void => {
    this.#timer = undefined;
    const now = performance.now();
    const wait = Math.min(this.#takenAt + IDLE_MS, this.#steppedAt + PUT_OFF_MS) - now;
    if (wait > 1) return this.#schedule(wait);
    this.#steppedAt = now;
    this.#schedule(this.#try() ? 1 : REST_MS);
  };

  /** Does one step of upkeep. Returns whether there is more to do. */
  #try(): boolean {
    try {
      const done = this.#work();
      if (done === undefined) return false;
      const { more, pruned, letGo, hasErased, oldCopies } = done;
      for (const path of oldCopies) {
        const text = `${path}, a copy of before an upgrade, was removed: it was 30 days old`;
        this.#tell({ type: "problem", text });
      }
      if (pruned.length > 0) this.#tell({ type: "pruned", rooms: pruned });
      if (hasErased) this.#tell({ type: "erased" });
      if (letGo.length > 0) this.#tell({ type: "let-go", sha256s: letGo });
      this.#troubled = false;
      return more;
    } catch (error) {
      // Report a failure once, not at every step, until a step succeeds again.
      const text = `Can't tidy up the stored messages: ${(error as Error).message}`;
      if (!this.#troubled) this.#tell({ type: "problem", text });
      this.#troubled = true;
      return false;
    }
  }

  #schedule(ms: number): void {
    const dueAt = performance.now() + ms;
    if (this.#timer !== undefined && this.#dueAt <= dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(this.#step, ms);
  }
}
