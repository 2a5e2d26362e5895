/**
 * Wraps a connection of Deno in a stream of Node, over which Node's TLS runs, and Node's TLS socket so
 * that it can be read and written like a `Deno.Conn`. Deno accepts and
 * connects, because its listener outlives a shortage of file descriptors, and its `close` ends a write
 * that is stuck. TLS is Node's, because it can be stopped at any point. The tls folder does not know
 * frames or flags.
 */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import { closeQuietly } from "../wire/close_quietly.ts";
import type { TLSSocket } from "node:tls";

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

/**
 * The most bytes that one write takes. A write ends only when all of it is on its way, so with a
 * large one a slow reader would look like one that has stopped.
 */
const MAX_WRITE_BYTES = 65_536;

/** One side of a TLS connection. It takes one read and one write at a time. */
export class SecureStream {
  readonly #socket: TLSSocket;
  readonly #feed: Feed;
  /** Decrypted bytes that did not fit into the last read. */
  #rest: Uint8Array | undefined;
  #ended = false;
  #error: Error | undefined;
  /** Wakes the read that waits, which then checks the state again. */
  #wake: (() => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  /** `feed`: the stream below the socket. */
  constructor(socket: TLSSocket, feed: Feed) {
    this.#socket = socket;
    this.#feed = feed;
    socket.on("readable", () => this.#wake?.());
    socket.on("end", () => {
      this.#ended = true;
      this.#wake?.();
    });
    socket.on("error", (error: Error) => this.#end(error));
    socket.on("close", () => this.#end(new Error("The connection is closed")));
  }

  /** Call this after the handshake: from now on nothing is read unless a read waits. */
  begin(): void {
    this.#feed.flowing = false;
  }

  /** Resolves with the bytes read; `null`: the peer has closed its side. Rejects if it broke. */
  async read(space: Uint8Array): Promise<number | null> {
    for (;;) {
      const bytes = this.#rest ?? this.#socket.read() as Uint8Array | null;
      if (bytes !== null) {
        const count = Math.min(bytes.length, space.length);
        space.set(bytes.subarray(0, count));
        this.#rest = count < bytes.length ? bytes.subarray(count) : undefined;
        return count;
      }
      if (this.#ended) return null;
      if (this.#error !== undefined) throw this.#error;
      await this.#more();
    }
  }

  /** Resolves with how many bytes the system has taken; don't change them until then. */
  write(bytes: Uint8Array): Promise<number> {
    const piece = bytes.length > MAX_WRITE_BYTES ? bytes.subarray(0, MAX_WRITE_BYTES) : bytes;
    return this.#during((done) => this.#socket.write(piece, done)).then(() => piece.length);
  }

  /** Tells the peer that no more will come. */
  closeWrite(): Promise<void> {
    return this.#during((done) => this.#socket.end(done));
  }

  /** Ends the connection at once, whatever is in flight. */
  close(): void {
    this.#socket.destroy();
    this.#end(new Error("The connection is closed"));
  }

  async #more(): Promise<void> {
    const woken = new Promise<void>((resolve) => this.#wake = resolve);
    this.#feed.flowing = true;
    await woken;
    this.#feed.flowing = false;
  }

  /** Settles when the callback is called; rejects if the connection ends before. */
  #during(act: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) return reject(this.#error);
      this.#fail = reject;
      act((error) => error ? reject(error) : resolve());
    });
  }

  #end(error: Error): void {
    this.#error ??= error;
    this.#wake?.();
    this.#fail?.(this.#error);
  }
}
