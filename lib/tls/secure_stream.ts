/** A TLS connection of Node's as what a `Deno.Conn` is to us: reads and writes that can be awaited. */

import type { TLSSocket } from "node:tls";
import type { Feed } from "./duplex.ts";

/**
 * The most that one write takes, in bytes. A write is progress only when all of it is on its way, so
 * a large one would make a slow reader look like one that has stopped.
 */
const MAX_WRITE_BYTES = 65_536;

/** One side of a TLS connection. For one reader and one writer at a time. */
export class SecureStream {
  readonly #socket: TLSSocket;
  readonly #feed: Feed;
  /** The rest of what was decrypted and did not fit. */
  #rest: Uint8Array | undefined;
  #ended = false;
  #error: Error | undefined;
  /** Wakes the reader, who looks for himself what there is. */
  #wake: (() => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  /** `feed` is what the socket runs over. */
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

  /** The handshake is over: from now on nothing is read unless it is asked for. */
  begin(): void {
    this.#feed.flowing = false;
  }

  /** Bytes read into `space`; `null` when the peer has closed its side. Rejects when it broke. */
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

  /** Bytes of `bytes` that have been handed to the system; the caller keeps off them until then. */
  write(bytes: Uint8Array): Promise<number> {
    const piece = bytes.length > MAX_WRITE_BYTES ? bytes.subarray(0, MAX_WRITE_BYTES) : bytes;
    return this.#during((done) => this.#socket.write(piece, done)).then(() => piece.length);
  }

  /** Tells the peer that nothing more will come. */
  closeWrite(): Promise<void> {
    return this.#during((done) => this.#socket.end(done));
  }

  /** Lets go of the connection at once, whatever is in flight. */
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

  /** Settles with the callback, or rejects when the connection ends before. */
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
