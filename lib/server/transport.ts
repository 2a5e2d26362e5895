/** The interface of a transport, which carries the bytes of a connection: TCP, TLS, or a WebSocket. */

/** What a client has called to come here: an origin in a browser, an address of this machine elsewhere. */
export interface CameBy {
  readonly origin?: string;
  readonly address?: string;
}

/**
 * Both directions of one connection. Contract:
 *
 * - One `read` and one `write` at a time. While no `read` waits, no more is taken from the network
 *   (except what came in one piece with the last chunk), so that the peer is held back.
 * - `read` returns the bytes in order, in chunks as the transport has them (a chunk of a WebSocket is
 *   one message). A chunk that has come already is returned as it is, without a promise, so that all
 *   that came in one piece is answered in one task. A chunk is valid until the next `read`.
 *   `undefined`: the peer has ended its side. Rejects if the connection broke.
 * - `write` resolves with how many of the bytes are on their way; the caller must not change them until
 *   then. 0: the peer takes no more, now or later. Rejects if the connection broke.
 * - `finish` is called once, when the last words are written. It tells the peer that no more will
 *   come. The peer may still send, and is read until it ends its side too.
 * - `destroy` ends the connection at once, and any read and write in flight. It may be called again.
 */
export interface Transport {
  /** The peer's address. The port is for the log only. */
  readonly remote: { readonly hostname: string; readonly port?: number };
  /** What the peer has called to come here, where that is known. */
  readonly came?: CameBy;
  /** How many bytes have come, including those of incomplete messages. */
  readonly receivedBytes: number;
  /** Either side has said goodbye, and the peer should close the connection. */
  readonly isEnding: boolean;
  /** The peer has ended its side, as far as is known. It may still wait for answers. */
  readonly hasEnded: boolean;
  /**
   * What the peer has done wrong, if that ends the reading. Chunks that came before it may still wait
   * to be read.
   */
  readonly fault?: string | undefined;
  read(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /**
   * For a transport that notices only by reading that the peer has ended its side: reads a little while
   * no `read` waits; the next `read` returns that. It may be called again.
   */
  lookAhead?(): void;
  write(bytes: Uint8Array): Promise<number>;
  /** `reason` is that of the `bye`, if there was one. */
  finish(reason: string | undefined): Promise<void>;
  destroy(): void;
}
