/**
 * Wraps a connection of Deno in a stream of Node, over which Node's TLS runs. Deno accepts and
 * connects, because its listener outlives a shortage of file descriptors, and its `close` ends a write
 * that is stuck. TLS is Node's, because it can be stopped at any point. The tls folder does not know
 * frames or flags.
 */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import { closeQuietly } from "../wire/close_quietly.ts";

/** The size of the first read buffer, in bytes: a silent connection takes no more memory. */
const LEAST_READ_BYTES = 1_024;
const MOST_READ_BYTES = 65_536;

/**
 * A stream of Node that owns a connection. Node's TLS reads from such a stream without end, so this
 * stops it while nobody wants to read: otherwise a peer could fill the memory.
 */
export class Feed {
  readonly duplex: Duplex;
  readonly #conn: Deno.Conn;
  #first: Uint8Array | undefined;
  #size = LEAST_READ_BYTES;
  #flowing = true;
  /** TLS has asked for more. */
  #wanted = false;

  /** `first`: bytes that were already read from `conn`. */
  constructor(conn: Deno.Conn, first?: Uint8Array) {
    this.#conn = conn;
    this.#first = first;
    this.duplex = new Duplex({
      read: () => this.#read(),
      write: (bytes: Uint8Array, _encoding: unknown, done: (error?: Error) => void) => {
        writeAll(conn, bytes).then(() => done(), done);
      },
      final: (done: (error?: Error) => void) => void conn.closeWrite().then(() => done(), done),
      destroy: (error: Error | null, done: (error: Error | null) => void) => {
        closeQuietly(conn);
        done(error);
      },
    });
  }

  /** Whether more is read from the connection. It is true at first. */
  set flowing(on: boolean) {
    this.#flowing = on;
    if (!on || !this.#wanted) return;
    this.#wanted = false;
    this.#read();
  }

  #read(): void {
    if (!this.#flowing) {
      this.#wanted = true;
      return;
    }
    const first = this.#first;
    if (first === undefined) return void this.#receive();
    this.#first = undefined;
    // Node's TLS starts in a later turn of the event loop, and crashes on wrong bytes before that.
    setImmediate(() => this.duplex.push(Buffer.from(first)));
  }

  async #receive(): Promise<void> {
    try {
      const space = new Uint8Array(this.#size);
      const count = await this.#conn.read(space);
      if (count === this.#size) this.#size = Math.min(this.#size * 4, MOST_READ_BYTES);
      else if (count !== null && count * 4 < this.#size) this.#size = LEAST_READ_BYTES;
      this.duplex.push(count === null ? null : Buffer.from(space.buffer, 0, count));
    } catch (error) {
      this.duplex.destroy(error as Error);
    }
  }
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
