/**
 * How many writes are in flight at once, on all connections together.
 *
 * Deno's event loop performs up to 128 socket operations a turn; a write that is begun beyond that
 * is tried, put off, and tried again. Beginning no more than fit into a turn makes a broadcast to
 * 1,000 members cheaper (a sixth of the time outside the kernel), and leaves room for reads between.
 *
 * Reads beyond the 128 are put off too, for several turns where there is much to write, and the
 * loop takes up what it put off newest first: under many rooms at once, who had spoken first was
 * read last, again and again. So when a crowd has spoken, it is read to the end before the next
 * write begins; messages then wait in order.
 *
 * A crowd that is always read to its end has all connections served in turn, and of 10,000 none is
 * in the processor's caches when its turn comes: a delivery then costs 1.4 to 1.9 times as much. So
 * there is a rest after each time, in which those who have just been served may answer first.
 *
 * Writes to those who may not be reading at all come last: a few at a time, each within some three
 * seconds, whatever the others do. What is for them gathers meanwhile, so that they cost little.
 */

/** Something that waits for its turn to write. */
export interface GatedWriter {
  /** Begins the write; {@linkcode WriteGate.left} must follow, with the ticket of that moment. */
  start(): void;
}

/** Writes in flight at most: a turn's worth, less some reads. */
export const MAX_IN_FLIGHT = 112;

/** How long a write holds its place at least, in ms, and at most twice as long, ended or not. */
const PATIENCE_MS = 5;

/** So many connections read from while writes were going on are a crowd: more may wait to be read. */
const CROWD = 100;

/** As long as so many are read from between two looks, the crowd is not at its end. */
const STRAGGLERS = 16;

/**
 * After a crowd was read to its end, so many times as many writes begin as waited then before a crowd
 * is read to its end again. That bounds how long a message waits to be read.
 */
const REST = 2;

/** How often it is looked for the end of a crowd, at least 1 ms apart, before writes begin anyway. */
const CROWD_LOOKS = 32;

/** How often some of the last come to their turn, in ms, how many at least, and in how many turns all. */
const LAST_MS = 5;
const LAST_AT_ONCE = 1;
const LAST_TURNS = 600;

/** Lets so many writes through at once. A write that does not end is waited for only so long. */
export class WriteGate implements Disposable {
  /** Counts up with the looks; a write keeps the one of its beginning as its ticket. */
  #ticket = 0;
  /** Writes in flight that began since the last look, and between the last two. */
  #recent = 0;
  #older = 0;
  #waiting: GatedWriter[] = [];
  #head = 0;
  #admitting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Connections read from since the last count began, each counted once: it keeps `#count`. */
  #readers = 0;
  #count = 1;
  /** Set while a crowd is read from, and no write begins. */
  #hold: ReturnType<typeof setTimeout> | undefined;
  #looks = 0;
  /** Writes that are to begin before the next crowd is read to its end. */
  #rest = 0;
  readonly #last = new Set<GatedWriter>();
  #lastTimer: ReturnType<typeof setTimeout> | undefined;

  /** What a write that begins now is counted under. */
  get ticket(): number {
    return this.#ticket;
  }

  /** Whether a write may begin now; otherwise `waiting.start` is called when it may. */
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

  /** Lets a write begin when it has its turn among the last; `waiting.start` is called then. */
  enterLast(waiting: GatedWriter): void {
    this.#last.add(waiting);
    this.#lastTimer ??= setTimeout(this.#admitLast, LAST_MS);
  }

  /** A write that may still be among the last is to wait there no longer. */
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
   * A connection was read from that got `count` from here the last time (0 at first); gives back
   * what to come with the next time.
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

  /** Lets the writes begin when hardly anybody has been read from since the last look. */
  readonly #lookForMore = (): void => {
    const more = this.#readers >= STRAGGLERS && ++this.#looks < CROWD_LOOKS;
    this.#recount();
    this.#hold = more ? setTimeout(this.#lookForMore, 1) : undefined;
    if (more) return;
    this.#rest = REST * (this.#waiting.length - this.#head);
    this.#begin();
  };

  /** Lets the writes begin that fit, and sees to it that none is waited for too long. */
  #begin(): void {
    this.#admit();
    if (this.#head < this.#waiting.length) this.#timer ??= setTimeout(this.#look, PATIENCE_MS);
  }

  /** The few come on top of what is in flight: no crowd keeps them from their turn. */
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

  /** A write may end while it begins, as those of closed outboxes do: that must not begin the next. */
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

  /** What began before the last look and has not ended is slow, and holds no place any longer. */
  readonly #look = (): void => {
    this.#timer = undefined;
    if (this.#head === this.#waiting.length || this.#hold !== undefined) return;
    this.#ticket++;
    this.#older = this.#recent;
    this.#recent = 0;
    this.#begin();
  };
}
