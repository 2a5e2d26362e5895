/** The transport for TCP, and for TLS over it. */

import { closeQuietly } from "../wire/close_quietly.ts";
import { ReadBuffer } from "../wire/read_buffer.ts";
import type { CameBy, Transport } from "./transport.ts";

/** How much is read ahead at most. */
const AHEAD_BYTES = 512;

/** Carries a connection over a socket. */
export class TcpTransport implements Transport {
  readonly remote: Deno.NetAddr;
  readonly came: CameBy;
  readonly isEnding = false;
  hasEnded = false;
  receivedBytes = 0;
  readonly #conn: Socket;
  readonly #buffer = new ReadBuffer();
  /** What was read ahead, or is about to be. */
  #ahead: Promise<Uint8Array | undefined> | undefined;

  constructor(conn: Socket) {
    this.#conn = conn;
    this.remote = conn.remoteAddr;
    this.came = conn.localAddr === undefined ? {} : { address: conn.localAddr.hostname };
    try {
      // Without this, small messages would wait for acknowledgements of earlier ones (Nagle).
      conn.setNoDelay(true);
      // Lets the system notice a peer that is gone without a word, though that may take hours.
      conn.setKeepAlive(true);
    } catch {
      // macOS refuses this for a socket that was reset; the first read will fail.
    }
  }

  async read(): Promise<Uint8Array | undefined> {
    const ahead = this.#ahead;
    if (ahead !== undefined) {
      this.#ahead = undefined;
      return await ahead;
    }
    const count = await this.#conn.read(this.#buffer.space());
    if (count === null) return undefined;
    this.receivedBytes += count;
    return this.#buffer.filled(count);
  }

  lookAhead(): void {
    if (this.#ahead !== undefined || this.hasEnded) return;
    this.#ahead = this.#readAhead();
    // The next read tells of it.
    this.#ahead.catch(() => {});
  }

  /** Reads into a buffer of its own: what came with the read before may still be in use. */
  async #readAhead(): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(AHEAD_BYTES);
    let count: number | null = null;
    try {
      count = await this.#conn.read(bytes);
    } finally {
      this.hasEnded = count === null;
    }
    if (count === null) return undefined;
    this.receivedBytes += count;
    return bytes.subarray(0, count);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  finish(): Promise<void> {
    return this.#conn.closeWrite();
  }

  destroy(): void {
    closeQuietly(this.#conn);
  }
}

/** The part of `Deno.TcpConn` that the server uses; TLS over one has the same. */
export interface Socket {
  readonly remoteAddr: Deno.NetAddr;
  readonly localAddr?: Deno.NetAddr;
  /**
   * The peer did not begin with TLS, though this server speaks TLS. It is told so, and no more.
   * Known once something has been read.
   */
  readonly lacksTls?: boolean;
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
  setNoDelay(on: boolean): void;
  setKeepAlive(on: boolean): void;
}
