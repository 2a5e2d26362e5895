/**
 * How many writes are in flight at once, on all connections together.
 *
 * Deno's event loop performs up to 128 socket operations a turn; a write that is begun beyond that
 * is tried, put off, and tried again. Beginning no more than fit into a turn makes a broadcast to
 * 1,000 members cheaper (a sixth of the time outside the kernel), and leaves room for reads between.
 */

/** Something that waits for its turn to write. */
export interface Waiting {
  /** Begins the write; {@linkcode WriteGate.left} must follow, with the ticket of that moment. */
  start(): void;
}

/** Writes in flight at most: a turn's worth, less some reads. */
export const MAX_IN_FLIGHT = 112;

/** How long writes may stand still before those behind them stop waiting, in ms. */
const PATIENCE_MS = 5;

/** Lets so many writes through at once. A write that does not end is waited for only so long. */
export class WriteGate implements Disposable {
  #inFlight = 0;
  #ticket = 0;
  #waiting: Waiting[] = [];
  #head = 0;
  #left = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Identifies the writes that count; those of an earlier ticket were found to be slow. */
  get ticket(): number {
    return this.#ticket;
  }

  /** Whether a write may begin now; otherwise `waiting.start` is called when it may. */
  enter(waiting: Waiting): boolean {
    if (this.#inFlight < MAX_IN_FLIGHT) {
      this.#inFlight++;
      return true;
    }
    this.#waiting.push(waiting);
    this.#timer ??= setTimeout(this.#look, PATIENCE_MS, this.#left);
    return false;
  }

  /** A write that began with this ticket has ended. */
  left(ticket: number): void {
    if (ticket !== this.#ticket) return;
    this.#left++;
    this.#inFlight--;
    if (this.#head < this.#waiting.length) this.#admit();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #admit(): void {
    while (this.#inFlight < MAX_IN_FLIGHT && this.#head < this.#waiting.length) {
      this.#inFlight++;
      this.#waiting[this.#head++]?.start();
    }
    if (this.#head < this.#waiting.length) return;
    this.#waiting = [];
    this.#head = 0;
  }

  /** When nothing has left since `leftBefore`, what is in flight is slow, and counts no longer. */
  readonly #look = (leftBefore: number): void => {
    this.#timer = undefined;
    if (this.#head === this.#waiting.length) return;
    if (this.#left === leftBefore) {
      this.#ticket++;
      this.#inFlight = 0;
      this.#admit();
    }
    if (this.#head < this.#waiting.length) {
      this.#timer ??= setTimeout(this.#look, PATIENCE_MS, this.#left);
    }
  };
}
