/**
 * The send queue of one connection: bounded in bytes, with one writer and one write in flight. All
 * that gathers meanwhile goes out in the next write (after ergo's `socket.go`).
 */

import type { GatedWriter, WriteGate } from "./gate.ts";

/** Where an outbox writes to, such as a transport. */
export interface ByteWriter {
  /** Resolves with how many bytes are on their way; 0: no more can be written. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Options of {@linkcode Outbox}. */
export interface OutboxOptions {
  readonly sink: ByteWriter;
  /** All outboxes of a server share it. */
  readonly gate: WriteGate;
  /** How many bytes may wait, including the write in flight. */
  readonly maxBytes: number;
  /** Called once when more than `maxBytes` wait: the peer is too slow. */
  readonly onOverflow: () => void;
  /** Called once when a write fails; no more is sent. */
  readonly onBroken: () => void;
  /** Called with each piece that was written alone: this outbox needs it no more. */
  readonly onWritten?: (piece: Uint8Array) => void;
  /** Called once after {@linkcode Outbox.end}, when all that was queued is written. */
  readonly onFlushed: () => void;
}

/** Is told when a write of it begins and ends: a batch that many outboxes share. */
export interface Tracked {
  begin(): void;
  end(): void;
}

/** Pieces that wait are joined to writes of at most this many bytes. */
const MAX_JOINED_BYTES = 262_144;
/** Pieces of so many bytes are written alone: to copy them takes longer than a write of their own. */
const APART_BYTES = 32_768;

/** A bounded queue of bytes with one writer. Outboxes share pieces; a single piece is never copied. */
export class Outbox implements GatedWriter {
  readonly #options: OutboxOptions;
  readonly #sink: ByteWriter;
  readonly #gate: WriteGate;
  #ticket = 0;
  readonly #maxBytes: number;
  readonly #lowWater: number;
  /** The pieces that wait begin at `#head`. */
  #queue: Uint8Array[] = [];
  #head = 0;
  #bytes = 0;
  /** The write in flight, and what is left of it. */
  #whole: Uint8Array | undefined;
  #current: Uint8Array | undefined;
  /** Is told of the write in flight. */
  #tracked: Tracked | undefined;
  #behind = false;
  #held = false;
  #state: "open" | "ending" | "closed" = "open";
  #progress = 0;
  #writtenBytes = 0;
  #drained: PromiseWithResolvers<void> | undefined;
  readonly #onWritten = (count: number): void => this.#written(count);
  readonly #onFailed = (): void => this.#fail();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#sink = options.sink;
    this.#gate = options.gate;
    this.#maxBytes = options.maxBytes;
    this.#lowWater = options.maxBytes / 8;
  }

  /** How many bytes wait, including the write in flight. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counts the writes that ended; while it stands still, the write in flight is stalled. */
  get progress(): number {
    return this.#progress;
  }

  /** How many bytes have been written. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Whether a write is in flight. */
  get writing(): boolean {
    return this.#current !== undefined;
  }

  /**
   * Whether the peer may have stopped reading. While little waits for it, it is written to after all
   * other peers, and nothing waits for those writes.
   */
  get behind(): boolean {
    return this.#behind;
  }

  set behind(behind: boolean) {
    if (behind === this.#behind) return;
    this.#behind = behind;
    if (!behind) this.#gate.hurry(this);
  }

  /**
   * Whether no write begins: the peer may be gone. What waits then is written when that is over, and dropped at the
   * end, but for the last words. It is not held while anything waits or is being written: that may be slow, and what
   * the peer should answer be among it.
   */
  get held(): boolean {
    return this.#held;
  }

  set held(held: boolean) {
    if (held === this.#held || this.#state !== "open") return;
    if (held && this.#bytes > 0) return;
    this.#held = held;
    if (!held && this.#current === undefined) this.#goOn();
  }

  /**
   * Queues bytes; they are written at once if no write is in flight. The caller must not change them
   * any more. `of` is told of the write only if it begins now.
   */
  push(bytes: Uint8Array, of?: Tracked): void {
    if (this.#state !== "open" || bytes.length === 0) return;
    this.#bytes += bytes.length;
    if (this.#current === undefined && !this.#held) {
      if (!this.#behind) {
        this.#tracked = of;
        of?.begin();
      }
      return this.#write(bytes);
    }
    this.#queue.push(bytes);
    if (this.#bytes > this.#maxBytes) this.#options.onOverflow();
    else if (this.#behind && this.#bytes > this.#lowWater) this.#gate.hurry(this);
  }

  /** Settles when at most an eighth of `maxBytes` waits, or the outbox is closed. */
  drained(): Promise<void> | undefined {
    if (this.#state === "closed" || this.#bytes <= this.#lowWater) return undefined;
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  /**
   * Queues `last`, which may exceed `maxBytes`, takes nothing after it, and calls `onFlushed` when all
   * is written.
   */
  end(last?: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#state = "ending";
    if (this.#held) this.drop();
    this.#held = false;
    // A peer that may have stopped reading gets its last words at once, too: it soon ends.
    this.#gate.hurry(this);
    if (last !== undefined) {
      this.#bytes += last.length;
      if (this.#current === undefined) return this.#write(last);
      this.#queue.push(last);
    }
    if (this.#current === undefined) this.#options.onFlushed();
  }

  /** Drops what waits behind the write in flight, to make room for a goodbye. */
  drop(): void {
    for (const piece of this.#queue.slice(this.#head)) this.#bytes -= piece.length;
    this.#queue = [];
    this.#head = 0;
  }

  /** Stops taking and writing. */
  close(): void {
    this.#state = "closed";
    this.drop();
    this.#drained?.resolve();
  }

  /** Begins the write that waits for the gate, which calls this. */
  start(): void {
    this.#ticket = this.#gate.ticket;
    if (this.#state === "closed") return this.#written(0);
    this.#sink.write(this.#current as Uint8Array).then(this.#onWritten, this.#onFailed);
  }

  #write(bytes: Uint8Array, whole: Uint8Array = bytes): void {
    this.#whole = whole;
    this.#current = bytes;
    const canWait = this.#behind && this.#state === "open" && this.#bytes <= this.#lowWater;
    if (canWait) this.#gate.enterLast(this);
    else if (this.#gate.enter(this)) this.start();
  }

  #written(count: number): void {
    this.#gate.left(this.#ticket);
    this.#progress++;
    this.#writtenBytes += count;
    const current = this.#current as Uint8Array;
    const takesNothing = count === 0 && this.#state !== "closed";
    if (takesNothing) this.drop();
    this.#bytes -= takesNothing ? current.length : count;
    if (this.#drained !== undefined && this.#bytes <= this.#lowWater) {
      this.#drained.resolve();
      this.#drained = undefined;
    }
    if (this.#state !== "closed" && !takesNothing && count < current.length) {
      return this.#write(current.subarray(count), this.#whole);
    }
    if (this.#whole !== undefined && !takesNothing) this.#options.onWritten?.(this.#whole);
    this.#whole = undefined;
    this.#untrack();
    this.#current = undefined;
    if (this.#state !== "closed") this.#goOn();
  }

  /** Begins the next write, if there is one. */
  #goOn(): void {
    if (this.#held) return;
    if (this.#head < this.#queue.length) this.#write(this.#next());
    else if (this.#state === "ending") this.#options.onFlushed();
  }

  /** Takes the next write out of the queue: pieces that are joined up to a size. */
  #next(): Uint8Array {
    const first = this.#queue[this.#head] as Uint8Array;
    let length = first.length;
    let end = this.#head + 1;
    for (; end < this.#queue.length; end++) {
      const more = (this.#queue[end] as Uint8Array).length;
      if (length + more > MAX_JOINED_BYTES || Math.max(first.length, more) >= APART_BYTES) break;
      length += more;
    }
    const pieces = this.#queue.slice(this.#head, end);
    this.#head = end;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
    return pieces.length === 1 ? first : join(pieces, length);
  }

  #untrack(): void {
    this.#tracked?.end();
    this.#tracked = undefined;
  }

  #fail(): void {
    this.#gate.left(this.#ticket);
    this.#current = undefined;
    this.#untrack();
    const wasClosed = this.#state === "closed";
    this.close();
    if (!wasClosed) this.#options.onBroken();
  }
}

/** The pieces in one. */
function join(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
