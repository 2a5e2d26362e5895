/**
 * The send queue of one connection: bounded in bytes, with one writer and one write in flight. All
 * that piles up meanwhile goes out in the next write (after ergo's `socket.go`).
 */

import type { GatedWriter, WriteGate } from "./gate.ts";

/** Where an outbox writes to: the writing half of a transport. */
export interface ByteWriter {
  /** Gives back how many bytes are on their way; 0 where nothing goes out any more. */
  write(bytes: Uint8Array): Promise<number>;
}

/** What an outbox is made with. */
export interface OutboxOptions {
  readonly sink: ByteWriter;
  /** Shared with the other outboxes. */
  readonly gate: WriteGate;
  /** Bytes that may wait, the write in flight included. */
  readonly maxBytes: number;
  /** Called once when more than `maxBytes` wait; the peer is too slow. */
  readonly onOverflow: () => void;
  /** Called once when a write fails; nothing is sent any more. */
  readonly onBroken: () => void;
  /** Called once when everything queued before {@linkcode Outbox.end} is written. */
  readonly onFlushed: () => void;
}

/** Something that wants to know of the writes of it: a batch that many outboxes share. */
export interface Tracked {
  begin(): void;
  end(): void;
}

/** The most that one write is given where several pieces wait, in bytes. */
const MAX_JOINED_BYTES = 262_144;

/** A bounded queue of bytes with one writer. Pieces are shared between outboxes and never copied alone. */
export class Outbox implements GatedWriter {
  readonly #options: OutboxOptions;
  readonly #sink: ByteWriter;
  readonly #gate: WriteGate;
  #ticket = 0;
  readonly #maxBytes: number;
  readonly #lowWater: number;
  /** What waits, from `#head` on. */
  #queue: Uint8Array[] = [];
  #head = 0;
  #bytes = 0;
  /** The rest of the write in flight. */
  #current: Uint8Array | undefined;
  /** What the write in flight is of, if that wants to know. */
  #tracked: Tracked | undefined;
  #behind = false;
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

  /** Bytes that wait, the write in flight included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counts up with each write that moved; a write in flight stalls while it stands still. */
  get progress(): number {
    return this.#progress;
  }

  /** Bytes that have been written. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Whether a write is in flight. */
  get writing(): boolean {
    return this.#current !== undefined;
  }

  /**
   * Whether the peer may not be reading. While little waits for it, it is written to after everybody
   * else, and nobody waits for those writes.
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
   * Queues bytes; they are written at once when nothing is in flight. The caller keeps off them.
   * `of` is told of the write if it begins now; a slow outbox keeps nobody informed.
   */
  push(bytes: Uint8Array, of?: Tracked): void {
    if (this.#state !== "open" || bytes.length === 0) return;
    this.#bytes += bytes.length;
    if (this.#current === undefined) {
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

  /** Settles when at most an eighth of what may wait does, or the outbox is closed. */
  drained(): Promise<void> | undefined {
    if (this.#state === "closed" || this.#bytes <= this.#lowWater) return undefined;
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  /**
   * Takes nothing more but `last`, which is never too much, and calls `onFlushed` when what waits
   * has been written.
   */
  end(last?: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#state = "ending";
    // Last words are for those who may not be reading too, and soon over.
    this.#gate.hurry(this);
    if (last !== undefined) {
      this.#bytes += last.length;
      if (this.#current === undefined) return this.#write(last);
      this.#queue.push(last);
    }
    if (this.#current === undefined) this.#options.onFlushed();
  }

  /** Drops what waits behind the write in flight, to make room for a last word. */
  drop(): void {
    for (const piece of this.#queue.slice(this.#head)) this.#bytes -= piece.length;
    this.#queue = [];
    this.#head = 0;
  }

  /** Takes and writes nothing more. */
  close(): void {
    this.#state = "closed";
    this.drop();
    this.#drained?.resolve();
  }

  /** Begins the write that was to wait for the gate. For the gate to call. */
  start(): void {
    this.#ticket = this.#gate.ticket;
    if (this.#state === "closed") return this.#written(0);
    this.#sink.write(this.#current as Uint8Array).then(this.#onWritten, this.#onFailed);
  }

  #write(bytes: Uint8Array): void {
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
      return this.#write(current.subarray(count));
    }
    this.#untrack();
    if (this.#state === "closed") this.#current = undefined;
    else if (this.#head < this.#queue.length) this.#write(this.#next());
    else {
      this.#current = undefined;
      if (this.#state === "ending") this.#options.onFlushed();
    }
  }

  /** Takes what waits out of the queue, in one piece up to a size. */
  #next(): Uint8Array {
    const first = this.#queue[this.#head] as Uint8Array;
    let length = first.length;
    let end = this.#head + 1;
    for (; end < this.#queue.length; end++) {
      const more = (this.#queue[end] as Uint8Array).length;
      if (length + more > MAX_JOINED_BYTES) break;
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
