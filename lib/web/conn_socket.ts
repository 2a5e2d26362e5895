/**
 * Wraps a connection of the server in a socket for Node's HTTP. It reads from the connection only
 * while something reads from it; Node's own sockets over TLS read without end.
 */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { Socket } from "../server/tcp_transport.ts";
import { closeQuietly } from "../wire/close_quietly.ts";

/** The size of the first read buffer, in bytes: a silent connection takes no more memory. */
const LEAST_READ_BYTES = 1_024;
const MOST_READ_BYTES = 65_536;

/** The part of a `net.Socket` that HTTP and WebSockets use. It owns the connection. */
export class ConnSocket extends Duplex {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  bytesRead = 0;
  readonly #conn: Socket;
  #space = LEAST_READ_BYTES;
  #isReading = false;
  #idleMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `conn` may be TLS over the connection whose ends are given. */
  constructor(conn: Socket, { remoteAddr, localAddr }: Deno.TcpConn) {
    // A peer that has closed its side still gets its answer.
    super({ allowHalfOpen: true, highWaterMark: MOST_READ_BYTES });
    this.#conn = conn;
    this.remoteAddress = remoteAddr.hostname;
    this.remotePort = remoteAddr.port;
    this.localAddress = localAddr.hostname;
    this.localPort = localAddr.port;
  }

  override _read(): void {
    if (!this.#isReading) this.#receive();
  }

  override _write(bytes: Uint8Array, _: unknown, done: (error?: Error | null) => void): void {
    this.#send(bytes).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#conn.closeWrite().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    closeQuietly(this.#conn);
    done(error);
  }

  /** Ends the socket when all is written. */
  destroySoon(): void {
    if (this.writableFinished || this.destroyed) return void this.destroy();
    this.once("finish", () => this.destroy());
    this.end();
  }

  /** Emits `timeout` after `ms` without a read or write; never if `ms` is 0. */
  setTimeout(ms: number, callback?: () => void): this {
    this.#idleMs = ms;
    if (callback !== undefined) {
      if (ms === 0) this.off("timeout", callback);
      else this.once("timeout", callback);
    }
    this.#stir();
    return this;
  }

  setNoDelay(on = true): this {
    this.#conn.setNoDelay(on);
    return this;
  }

  setKeepAlive(on = true): this {
    this.#conn.setKeepAlive(on);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  async #receive(): Promise<void> {
    this.#isReading = true;
    try {
      const space = new Uint8Array(this.#space);
      const count = await this.#conn.read(space);
      if (count === this.#space) this.#space = Math.min(this.#space * 4, MOST_READ_BYTES);
      else if (count !== null && count * 4 < this.#space) this.#space = LEAST_READ_BYTES;
      this.#isReading = false;
      this.bytesRead += count ?? 0;
      this.#stir();
      this.push(count === null ? null : Buffer.from(space.buffer, 0, count));
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  async #send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.#conn.write(bytes.subarray(at));
      this.#stir();
    }
  }

  /** Restarts the time of {@linkcode setTimeout}, after a read or write. */
  #stir(): void {
    clearTimeout(this.#timer);
    if (this.#idleMs === 0 || this.destroyed) return;
    this.#timer = setTimeout(() => this.emit("timeout"), this.#idleMs);
  }
}
