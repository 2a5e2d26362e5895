/**
 * What a node sends into the stream: records gather into batches, of which several are in flight, and each is
 * sent again until it was read back. Whether a batch arrived is told by reading alone: that it was
 * acknowledged says nothing here, and that it was not says nothing either.
 */

import type { Ticket } from "../chat/log/fact.ts";
import { utf8Length } from "../wire/text.ts";
import { HEAD_BYTES, isNodeRecord, type LogRecord, MAX_BATCH_BYTES, MAX_RECORDS } from "./batch.ts";

/**
 * Batches that are in flight at once; what is put meanwhile goes together. Records do not wait for others by a
 * clock: measured with 1,000 messages a second at three nodes, 2 to 20 ms of waiting cost no less of the
 * processor, and an ack took as much longer.
 */
const IN_FLIGHT = 4;

/** A batch that was not read back for this long is sent again, with those after it; in ms. */
const AGAIN_MS = 1_000;

/**
 * The same where one was read before the one that it should follow, which is then missing or on its way. To
 * send all again at once whenever that is so would make more of the same.
 */
const EARLY_MS = 200;

/** A record on its way. */
export interface QueuedRecord {
  readonly record: LogRecord;
  readonly ticket: Ticket | undefined;
  /** The record as JSON. */
  readonly text: string;
  /** The length of that, in bytes. */
  readonly bytes: number;
  /** When it was put, in ms of a clock that never leaps. */
  readonly since: number;
}

interface Sent {
  readonly b: number;
  readonly outgoing: readonly QueuedRecord[];
  /** When it was sent first, and when last. */
  readonly since: number;
  sentAt: number;
}

/** What sending needs of its surroundings. */
export interface SendingSurroundings {
  /** Puts a batch into the stream, as far as that can be done now. */
  send(b: number, records: readonly string[]): void;
  /** The largest batch that the stream takes now, in bytes. */
  readonly maxBytes: () => number;
  /** A record does not fit into any batch, which are of `most` bytes at most: it is not sent, and forgotten here. */
  onTooLarge(record: QueuedRecord, most: number): void;
  /** A clock that never leaps, in ms. */
  readonly now: () => number;
}

/** The way of one node's records into the stream. */
export class BatchSending implements Disposable {
  readonly #place: SendingSurroundings;
  #waiting: QueuedRecord[] = [];
  #bytes = 0;
  #sent: Sent[] = [];
  #b = 0;
  #isScheduled = false;
  #isHeld = true;
  #isEarly = false;
  /** How many batches were sent another time. */
  repeats = 0;

  constructor(place: SendingSurroundings) {
    this.#place = place;
  }

  /** Records that are not read back. */
  get size(): number {
    return this.#sent.reduce((sum, { outgoing }) => sum + outgoing.length, this.#waiting.length);
  }

  /** The size of the records that wait to be sent, in bytes of JSON. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When the oldest record was put that is not read back. */
  get oldest(): number | undefined {
    return this.#sent[0]?.outgoing[0]?.since ?? this.#waiting[0]?.since;
  }

  /** When the oldest batch was sent that is not read back. */
  get oldestSent(): number | undefined {
    return this.#sent[0]?.since;
  }

  /** Puts a record at the end, unless it is too large. */
  put(record: LogRecord, ticket?: Ticket): void {
    const queued = this.#queued(record, ticket);
    this.#waiting.push(queued);
    if (this.#fits(queued)) this.#schedule();
    else this.#turnAway();
  }

  /** From now on records go out, as batches of a new incarnation whose first one begins with this record. */
  begin(record: LogRecord): void {
    this.#b = 0;
    this.#sent = [];
    this.#waiting.unshift(this.#queued(record));
    this.#isHeld = false;
    this.#flush();
  }

  /** A batch was read back. Returns what was in it; nothing for one that was read before. */
  taken(b: number): readonly QueuedRecord[] {
    const [first] = this.#sent;
    if (first?.b !== b) return [];
    this.#sent.shift();
    this.#isEarly = false;
    this.#schedule();
    return first.outgoing;
  }

  /** A batch was read before the one that it should follow. */
  early(): void {
    this.#isEarly = true;
  }

  /** Sends again what was not read back for long. Call it now and then, while the engine can be reached. */
  again(): void {
    const [first] = this.#sent;
    const afterMs = this.#isEarly ? EARLY_MS : AGAIN_MS;
    if (first === undefined || this.#place.now() - first.sentAt < afterMs) return;
    this.#isEarly = false;
    this.#again();
  }

  /** Whether it is on its way that an incarnation is dead. */
  declares(inc: string): boolean {
    return [...this.#sent.flatMap(({ outgoing }) => outgoing), ...this.#waiting]
      .some(({ record }) => record.kind === "node-dead" && record.inc === inc);
  }

  /** Takes back what was not sent yet, as far as it is meant. */
  takeBack(isMeant: (record: LogRecord) => boolean): QueuedRecord[] {
    const back = this.#waiting.filter(({ record }) => isMeant(record));
    this.#waiting = this.#waiting.filter(({ record }) => !isMeant(record));
    this.#bytes -= bytesOf(back);
    return back;
  }

  /** Holds back what waits, and gives up what was sent: it will never count. Returns that. */
  end(): QueuedRecord[] {
    this.#isHeld = true;
    const lost = this.#sent.flatMap(({ outgoing }) => outgoing);
    this.#sent = [];
    return lost;
  }

  /** Sends nothing any more. */
  [Symbol.dispose](): void {
    this.#isHeld = true;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isHeld || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    // A microtask would run after each peer's requests, and make a batch for each peer.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  /** Sends what waits, as far as batches may be in flight. */
  #flush(): void {
    while (!this.#isHeld && this.#waiting.length > 0 && this.#sent.length < IN_FLIGHT) {
      const [first] = this.#waiting;
      // The engine may take less than when it was put.
      if (first !== undefined && !this.#fits(first)) this.#turnAway();
      else this.#send(this.#next());
    }
  }

  /** What a node says of itself or of others is short, and nobody would hear that it was turned away. */
  #fits({ record, bytes }: QueuedRecord): boolean {
    return isNodeRecord(record) || bytes + HEAD_BYTES <= this.#place.maxBytes();
  }

  /** Turns away what waits and is too large. */
  #turnAway(): void {
    const most = this.#place.maxBytes();
    const tooLarge = this.#waiting.filter((each) => !this.#fits(each));
    this.#waiting = this.#waiting.filter((each) => this.#fits(each));
    this.#bytes -= bytesOf(tooLarge);
    for (const each of tooLarge) this.#place.onTooLarge(each, most);
  }

  /** The next batch: as much as one holds. */
  #next(): Sent {
    let count = 0;
    const most = Math.min(MAX_BATCH_BYTES, this.#place.maxBytes() - HEAD_BYTES - MAX_RECORDS);
    for (let bytes = 0; count < this.#waiting.length && count < MAX_RECORDS; count++) {
      bytes += this.#waiting[count]?.bytes ?? 0;
      if (count > 0 && bytes > most) break;
    }
    const outgoing = this.#waiting.splice(0, count);
    this.#bytes -= bytesOf(outgoing);
    const now = this.#place.now();
    return { b: ++this.#b, outgoing, since: now, sentAt: now };
  }

  #queued(record: LogRecord, ticket?: Ticket): QueuedRecord {
    const text = JSON.stringify(record);
    const bytes = utf8Length(text);
    this.#bytes += bytes;
    return { record, ticket, text, bytes, since: this.#place.now() };
  }

  #send(batch: Sent): void {
    this.#sent.push(batch);
    this.#place.send(batch.b, batch.outgoing.map(({ text }) => text));
  }

  #again(): void {
    const now = this.#place.now();
    for (const batch of this.#sent) {
      this.repeats++;
      batch.sentAt = now;
      this.#place.send(batch.b, batch.outgoing.map(({ text }) => text));
    }
  }
}

function bytesOf(records: readonly QueuedRecord[]): number {
  return records.reduce((sum, { bytes }) => sum + bytes, 0);
}
