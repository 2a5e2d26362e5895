/** What carries the bytes of one connection: TCP, TLS over it, or a WebSocket. */

/**
 * The two ways of one connection. Contract:
 *
 * - One `read` and one `write` at a time. While no `read` waits, nothing more is taken from the
 *   network (but for what came in one piece with the last chunk), so that the peer is held back.
 * - `read` gives the bytes in order, in chunks as the transport has them (over a WebSocket one chunk
 *   is one message). What has come already is given at once and not promised, so that what came in one
 *   piece is answered in one go. A chunk is valid until the next `read`. `undefined`: the peer has ended
 *   its side. Rejects when the connection broke.
 * - `write` gives back how many of the bytes are on their way; the caller keeps off them until then. 0:
 *   the peer takes nothing any more, now or later. Rejects when the connection broke.
 * - `finish` comes once, when the last words have been written, and tells the peer that there will
 *   be nothing more. The peer may still send, and is read on until it ends its side too.
 * - `destroy` ends everything at once, and whatever is in flight with it; again is no mistake.
 */
export interface Transport {
  /** Where the peer is; the port is for the log, where it means anything. */
  readonly remote: { readonly hostname: string; readonly port?: number };
  /** Bytes that have come, those of messages that are not complete included. */
  readonly receivedBytes: number;
  /** Either side has said goodbye, and the peer should let go of the connection. */
  readonly isEnding: boolean;
  /**
   * What the peer has done wrong, so that nothing more can be read, while chunks that came before may
   * still wait to be read.
   */
  readonly fault?: string | undefined;
  read(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  write(bytes: Uint8Array): Promise<number>;
  /** `reason` is that of the last words, if there were any. */
  finish(reason: string | undefined): Promise<void>;
  destroy(): void;
}
