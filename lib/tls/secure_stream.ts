/** Wraps a TLS socket of Node so that it can be read and written like a `Deno.Conn`. */

import type { TLSSocket } from "node:tls";
import type { Feed } from "./duplex.ts";

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
