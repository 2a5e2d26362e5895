/** A connection of a crash run: frames out and in, without a word of the program under test. */

import { classicFrame, eventFrame, type Json } from "../helpers.ts";

const decoder = new TextDecoder();

/** One connection. Reading ends, and writing fails silently, when it breaks. */
export class Line implements Disposable {
  readonly #conn: Deno.TcpConn;
  #buffer = new Uint8Array(65_536);
  #from = 0;
  #to = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Queues a frame. */
  event(value: Json | string): void {
    this.#write(eventFrame(value));
  }

  /** Queues a classic frame. */
  classic(text: string): void {
    this.#write(classicFrame(text));
  }

  /** The payloads of the frames that come, until the connection ends. */
  async *payloads(): AsyncGenerator<string> {
    for (;;) {
      const header = await this.#take(10);
      if (header === undefined) return;
      const payload = await this.#take(Number(header));
      if (payload === undefined) return;
      yield payload;
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#conn.close();
    } catch {
      // Closed already.
    }
  }

  #write(bytes: Uint8Array): void {
    this.#writing = this.#writing.then(async () => {
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    }).catch(() => {});
  }

  async #take(count: number): Promise<string | undefined> {
    while (this.#to - this.#from < count) {
      if (!await this.#more(count)) return undefined;
    }
    const text = decoder.decode(this.#buffer.subarray(this.#from, this.#from + count));
    this.#from += count;
    return text;
  }

  async #more(needed: number): Promise<boolean> {
    if (this.#from + needed > this.#buffer.length) {
      const kept = this.#buffer.subarray(this.#from, this.#to);
      const size = Math.max(this.#buffer.length, needed * 2);
      const next = new Uint8Array(size);
      next.set(kept);
      this.#to -= this.#from;
      this.#from = 0;
      this.#buffer = next;
    }
    try {
      const count = await this.#conn.read(this.#buffer.subarray(this.#to));
      if (count === null) return false;
      this.#to += count;
      return true;
    } catch {
      return false;
    }
  }
}
