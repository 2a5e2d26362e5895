/**
 * Limits how many writes are in flight at once, on all connections together.
 *
 * Deno's event loop performs up to 128 socket operations a turn. A write beyond that is tried,
 * delayed, and tried again. If no more writes begin than fit into a turn, a broadcast to 1,000
 * members takes a sixth of the time outside the kernel, and leaves room for reads in between.
 *
 * Reads beyond the 128 are delayed too, for several turns if there is much to write, and the loop
 * takes the newest delayed operation first. With many busy rooms, the clients that had spoken first
 * were read last, again and again. So when a crowd of clients has spoken, all of it is read before
 * the next write begins; messages then wait in order.
 *
 * If every crowd were read to its end, all connections would be served in turn, and none of 10,000
 * would still be in the processor's caches when its turn comes: a delivery would cost 1.4 to 1.9 times
 * as much. So after each crowd there is a rest, in which clients that were just served may answer first.
 *
 * Writes to peers that may have stopped reading come last: a few at a time, each within about three
 * seconds. What is sent to them gathers meanwhile, so that they cost little.
 */

/** A writer that waits for its turn. */
export interface GatedWriter {
  /** Begins the write. Call {@linkcode WriteGate.left} at its end, with the ticket of its beginning. */
  start(): void;
}

/** The most writes in flight: those of a turn, minus some reads. */
export const MAX_IN_FLIGHT = 112;

/** A write that does not end holds its place for at least this many ms, and at most twice as many. */
const PATIENCE_MS = 5;

/** When so many connections were read during the writes, they are a crowd: more may be waiting. */
const CROWD = 100;

/** While at least so many connections are read between two looks, the crowd is not at its end. */
const STRAGGLERS = 16;

/**
 * How long the rest after a crowd is: so many times the writes that were waiting then must begin
 * before another crowd is read to its end. That bounds how long a message waits to be read.
 */
const REST = 2;

/** Writes begin anyway after so many looks for the end of a crowd, which are at least 1 ms apart. */
const CROWD_LOOKS = 32;

/** How often some of the writers that come last get a turn, in ms. */
const LAST_MS = 5;
/** The least number of them that get one turn. */
const LAST_AT_ONCE = 1;
/** All that wait now have had their turn after so many turns. */
const LAST_TURNS = 600;

/** Lets a limited number of writes through. A write that does not end soon gives up its place. */
export class WriteGate implements Disposable {
  /** The number of the last look; a write keeps that of its beginning as its ticket. */
  #ticket = 0;
  /** Writes in flight that began since the last look, and those from between the last two. */
  #recent = 0;
  #older = 0;
  #waiting: GatedWriter[] = [];
  #head = 0;
  #admitting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Connections that were read since the last count began. Each keeps `#count`, to count once. */
  #readers = 0;
  #count = 1;
  /** Set while a crowd is read and no write begins. */
  #hold: ReturnType<typeof setTimeout> | undefined;
  #looks = 0;
  /** How many writes have to begin before the next crowd is read to its end. */
  #rest = 0;
  readonly #last = new Set<GatedWriter>();
  #lastTimer: ReturnType<typeof setTimeout> | undefined;

  /** The ticket of a write that begins now. */
  get ticket(): number {
    return this.#ticket;
  }

  /** Whether a write may begin now; if not, `waiting.start` is called when it may. */
  enter(waiting: GatedWriter): boolean {
    if (this.#recent + this.#older < MAX_IN_FLIGHT && this.#hold === undefined) {
      this.#recent++;
      if (this.#rest > 0) this.#rest--;
      return true;
    }
    this.#waiting.push(waiting);
    if (this.#hold === undefined) this.#timer ??= setTimeout(this.#look, PATIENCE_MS);
    return false;
  }

  /** Puts a writer among the last; `waiting.start` is called when it is its turn. */
  enterLast(waiting: GatedWriter): void {
    this.#last.add(waiting);
    this.#lastTimer ??= setTimeout(this.#admitLast, LAST_MS);
  }

  /** Takes a writer out of the last, if it is among them: it waits like all others now. */
  hurry(waiting: GatedWriter): void {
    if (this.#last.delete(waiting) && this.enter(waiting)) waiting.start();
  }

  /** A write that began with this ticket has ended. */
  left(ticket: number): void {
    if (ticket === this.#ticket) this.#recent--;
    else if (ticket === this.#ticket - 1) this.#older--;
    else return;
    if (this.#hold !== undefined) return;
    if (this.#head < this.#waiting.length) this.#admit();
    else if (this.#recent + this.#older === 0) this.#recount();
  }

  /**
   * A connection was read. `count` is what this returned to it the last time (0 at first); pass the
   * result the next time.
   */
  heard(count: number): number {
    if (count === this.#count) return count;
    this.#readers++;
    if (this.#readers >= CROWD && this.#rest === 0 && this.#hold === undefined) {
      this.#looks = 0;
      this.#hold = setTimeout(this.#lookForMore, 1);
    }
    return this.#count;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#hold);
    this.#timer = undefined;
    this.#hold = undefined;
    clearTimeout(this.#lastTimer);
    this.#lastTimer = undefined;
  }

  #recount(): void {
    this.#count++;
    this.#readers = 0;
  }

  /** Begins the writes when hardly any connection was read since the last look. */
  readonly #lookForMore = (): void => {
    const more = this.#readers >= STRAGGLERS && ++this.#looks < CROWD_LOOKS;
    this.#recount();
    this.#hold = more ? setTimeout(this.#lookForMore, 1) : undefined;
    if (more) return;
    this.#rest = REST * (this.#waiting.length - this.#head);
    this.#begin();
  };

  /** Begins the writes that fit, and sets the timer that bounds how long the others wait. */
  #begin(): void {
    this.#admit();
    if (this.#head < this.#waiting.length) this.#timer ??= setTimeout(this.#look, PATIENCE_MS);
  }

  /** These few are not limited by the writes in flight, so that no crowd delays their turn. */
  readonly #admitLast = (): void => {
    let count = Math.max(LAST_AT_ONCE, Math.ceil(this.#last.size / LAST_TURNS));
    for (const waiting of this.#last) {
      if (count-- === 0) break;
      this.#last.delete(waiting);
      this.#recent++;
      waiting.start();
    }
    this.#lastTimer = this.#last.size > 0 ? setTimeout(this.#admitLast, LAST_MS) : undefined;
  };

  /** A write of a closed outbox ends while it begins: that must not begin the next one here. */
  #admit(): void {
    if (this.#admitting) return;
    this.#admitting = true;
    while (
      this.#recent + this.#older < MAX_IN_FLIGHT && this.#head < this.#waiting.length
    ) {
      this.#recent++;
      if (this.#rest > 0) this.#rest--;
      this.#waiting[this.#head++]?.start();
    }
    this.#admitting = false;
    if (this.#head < this.#waiting.length) return;
    this.#waiting = [];
    this.#head = 0;
  }

  /** A write that began before the last look and has not ended is slow, and gives up its place. */
  readonly #look = (): void => {
    this.#timer = undefined;
    if (this.#head === this.#waiting.length || this.#hold !== undefined) return;
    this.#ticket++;
    this.#older = this.#recent;
    this.#recent = 0;
    this.#begin();
  };
}
