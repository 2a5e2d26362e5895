/** A socket of Node's as a place for an outbox to write to. */

import type { Socket } from "node:net";
import type { Sink } from "../server/outbox.ts";

/**
 * What one write takes at most, in bytes. Node tells only of a whole write, and a peer that takes
 * less than this within the write deadline counts as stalled.
 */
const MAX_WRITE_BYTES = 65_536;

/** Writes to a socket; a write settles when the kernel has taken all of it, or never will. */
export class SocketSink implements Sink {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  write(bytes: Uint8Array): Promise<number> {
    const part = bytes.length > MAX_WRITE_BYTES ? bytes.subarray(0, MAX_WRITE_BYTES) : bytes;
    return new Promise((resolve, reject) => {
      this.#socket.write(part, (error) => error ? reject(error) : resolve(part.length));
    });
  }
}
