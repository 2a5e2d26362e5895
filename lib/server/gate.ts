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

/** How long a write holds its place at least, in ms, and at most twice as long, ended or not. */
const PATIENCE_MS = 5;

/** Lets so many writes through at once. A write that does not end is waited for only so long. */
export class WriteGate implements Disposable {
  /** Counts up with the looks; a write keeps the one of its beginning as its ticket. */
  #ticket = 0;
  /** Writes in flight that began since the last look, and between the last two. */
  #recent = 0;
  #older = 0;
  #waiting: Waiting[] = [];
  #head = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What a write that begins now is counted under. */
  get ticket(): number {
    return this.#ticket;
  }

  /** Whether a write may begin now; otherwise `waiting.start` is called when it may. */
  enter(waiting: Waiting): boolean {
    if (this.#recent + this.#older < MAX_IN_FLIGHT) {
      this.#recent++;
      return true;
    }
    this.#waiting.push(waiting);
    this.#timer ??= setTimeout(this.#look, PATIENCE_MS);
    return false;
  }

  /** A write that began with this ticket has ended. */
  left(ticket: number): void {
    if (ticket === this.#ticket) this.#recent--;
    else if (ticket === this.#ticket - 1) this.#older--;
    else return;
    if (this.#head < this.#waiting.length) this.#admit();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #admit(): void {
    while (
      this.#recent + this.#older < MAX_IN_FLIGHT && this.#head < this.#waiting.length
    ) {
      this.#recent++;
      this.#waiting[this.#head++]?.start();
    }
    if (this.#head < this.#waiting.length) return;
    this.#waiting = [];
    this.#head = 0;
  }

  /** What began before the last look and has not ended is slow, and holds no place any longer. */
  readonly #look = (): void => {
    this.#timer = undefined;
    if (this.#head === this.#waiting.length) return;
    this.#ticket++;
    this.#older = this.#recent;
    this.#recent = 0;
    this.#admit();
    if (this.#head < this.#waiting.length) this.#timer ??= setTimeout(this.#look, PATIENCE_MS);
  };
}
