/**
 * A connection of Deno's as a stream of Node's, for Node's TLS to run over. Deno accepts and
 * connects, because its listener outlives a shortage of descriptors and its `close` ends a write
 * that is stuck; Node's TLS is the one that can be given up in the middle of anything. The tls
 * folder knows no frames and no flags.
 */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import { closeQuietly } from "../wire/close_quietly.ts";

/** Bytes that the first read makes room for: a connection that is silent holds no more. */
const LEAST_READ_BYTES = 1_024;
const MOST_READ_BYTES = 65_536;

/**
 * A connection as a stream of Node's that owns it. Node's TLS over such a stream reads whether anybody
 * wants what comes or not, so it is told here when it may: otherwise a peer could fill the memory.
 */
export class Feed {
  readonly duplex: Duplex;
  readonly #conn: Deno.Conn;
  #first: Uint8Array | undefined;
  #size = LEAST_READ_BYTES;
  #flowing = true;
  /** TLS would read on. */
  #wanted = false;

  /** `first` has been read from `conn` already. */
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

  /** Whether more is read from the connection; it is until told otherwise. */
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
    // Node's TLS begins in a later turn, and does not survive bytes that are wrong before that.
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
