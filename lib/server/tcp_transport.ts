/** TCP, or TLS over it, as what carries a connection. */

import { closeQuietly } from "../wire/close_quietly.ts";
import { ReadBuffer } from "../wire/read_buffer.ts";
import type { Socket } from "./socket.ts";
import type { Transport } from "./transport.ts";

/** Reads and writes a socket. */
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
      // Small messages should not wait for acknowledgements of the network's own.
      conn.setNoDelay(true);
      // A peer that is gone without a word is to be noticed, though it may take the system hours.
      conn.setKeepAlive(true);
    } catch {
      // macOS refuses this for a socket that was reset; the first read will tell.
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
