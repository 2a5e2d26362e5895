/** A client of the loads of `deno task bench:cluster`, and the pace at which they send. */

import { delay } from "@std/async/delay";
import { eventFrame, type Json } from "../helpers.ts";

const HEADER_BYTES = 10;
const FIRST_BUFFER_BYTES = 16_384;
/** How long coming in may take, in ms. */
const PATIENCE_MS = 30_000;
/** How late a timer may be, in ms. What is sent later counts from when it was due. */
const TIMER_GRAIN_MS = 3;

const decoder = new TextDecoder();
const MESSAGE = new TextEncoder().encode('{"type":"message"');
const PONG = eventFrame({ type: "pong" });

/** What a client says when it comes in. */
export interface ClientWish {
  readonly port: number;
  readonly name: string;
  readonly room?: string;
  /** The session that it comes back with. */
  readonly session?: string;
}

/** One connection, which reads all the time. It looks at no message, but counts them. */
export class BenchClient {
  readonly #conn: Deno.TcpConn;
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #end = 0;
  #queue: Uint8Array[] = [];
  #isWriting = false;
  #isClosed = false;
  readonly #ready = Promise.withResolvers<string>();
  /** Told of each message of a room. */
  onMessage: () => void = () => {};
  /** Told of each other event that has an id. */
  onAnswer: (event: Json) => void = () => {};
  /** The connection has ended by itself. */
  onLost: () => void = () => {};
  /** By which it can come back. */
  session = "";

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    conn.setNoDelay(true);
  }

  /** Connects and comes in. Rejects if that fails. */
  static async come({ port, name, ...hello }: ClientWish): Promise<BenchClient> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const client = new BenchClient(conn);
    client.#readOn();
    client.#send(eventFrame(name));
    client.#send(eventFrame({ type: "hello", id: "hello", ...hello }));
    const late = setTimeout(
      () => client.#ready.reject(new Error(`${name} was not let in within ${PATIENCE_MS} ms`)),
      PATIENCE_MS,
    );
    try {
      client.session = await client.#ready.promise;
      return client;
    } catch (error) {
      client.close();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  /** Says something, in one write with all else that this task sends. */
  say(room: string, text: string, id: string): void {
    this.#send(eventFrame({ type: "say", id, room, text }));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn.close();
  }

  #send(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    if (!this.#isWriting) this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    // What else is sent in this turn goes out together.
    await null;
    try {
      while (this.#queue.length > 0) {
        const parts = this.#queue.splice(0);
        const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
        let at = 0;
        for (const part of parts) {
          whole.set(part, at);
          at += part.length;
        }
        for (at = 0; at < whole.length;) at += await this.#conn.write(whole.subarray(at));
      }
    } catch {
      // Reading notices it.
    }
    this.#isWriting = false;
  }

  #readOn(): void {
    this.#conn.read(this.#buffer.subarray(this.#end)).then(
      (count) => this.#read(count),
      () => this.#read(null),
    );
  }

  #read(count: number | null): void {
    if (this.#isClosed) return;
    if (count === null) {
      this.close();
      this.#ready.reject(new Error("The connection ended before it was let in"));
      return this.onLost();
    }
    this.#end += count;
    let at = 0;
    while (this.#end - at >= HEADER_BYTES) {
      const begin = at + HEADER_BYTES;
      const end = begin + lengthAt(this.#buffer, at);
      if (end > this.#end) break;
      this.#take(begin, end);
      at = end;
    }
    this.#buffer.copyWithin(0, at, this.#end);
    this.#end -= at;
    if (this.#end === this.#buffer.length) {
      const larger = new Uint8Array(this.#end * 4);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#readOn();
  }

  #take(begin: number, end: number): void {
    const bytes = this.#buffer;
    let i = 0;
    while (i < MESSAGE.length && bytes[begin + i] === MESSAGE[i]) i++;
    if (i === MESSAGE.length) return this.onMessage();
    const event: Json = JSON.parse(decoder.decode(bytes.subarray(begin, end)));
    if (event.type === "ping") return this.#send(PONG);
    if (event.type === "ready") return this.#ready.resolve(event.session);
    if (event.type === "bye" || event.type === "error" && event.id === "hello") {
      return this.#ready.reject(new Error(`It was not let in: ${event.text}`));
    }
    if (event.id !== undefined) this.onAnswer(event);
  }
}

/** The number in the header of a frame. */
function lengthAt(bytes: Uint8Array, at: number): number {
  let length = 0;
  for (let i = at; i < at + HEADER_BYTES; i++) {
    const digit = (bytes[i] as number) - 0x30;
    if (digit >= 0) length = length * 10 + digit;
  }
  return length;
}

/**
 * Calls `send` so many times a second for so many seconds, with its count and with when it counts as sent, in
 * ms of `performance.now()`: as many at a time as are due, since a timer is not as fine as that.
 */
export async function paced(
  perSecond: number,
  seconds: number,
  send: (count: number, since: number) => void,
): Promise<void> {
  const gapMs = 1_000 / perSecond;
  const total = Math.round(perSecond * seconds);
  const began = performance.now();
  for (let count = 0; count < total; await delay(1)) {
    const now = performance.now();
    for (; count < total && began + count * gapMs <= now; count++) {
      const due = began + count * gapMs;
      send(count, now - due > TIMER_GRAIN_MS ? due : performance.now());
    }
  }
}

/** Times in ms. */
export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The quantiles of times; all NaN if there is none. */
export function timesOf(took: readonly number[]): Times {
  const sorted = Float64Array.from(took).sort();
  const at = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
