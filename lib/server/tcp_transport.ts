/** The transport for TCP, and for TLS over it. */

import { closeQuietly } from "../wire/close_quietly.ts";
import { ReadBuffer } from "../wire/read_buffer.ts";
import type { Transport } from "./transport.ts";

/** Carries a connection over a socket. */
export class TcpTransport implements Transport {
  readonly remote: Deno.NetAddr;
  readonly isEnding = false;
  receivedBytes = 0;
  readonly #conn: Socket;
  readonly #buffer = new ReadBuffer();

  constructor(conn: Socket) {
    this.#conn = conn;
    this.remote = conn.remoteAddr;
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
    const count = await this.#conn.read(this.#buffer.space());
    if (count === null) return undefined;
    this.receivedBytes += count;
    return this.#buffer.filled(count);
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
