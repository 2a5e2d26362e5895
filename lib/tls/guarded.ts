/** The server's side of TLS: an accepted connection that should begin with a handshake. */

import { type SecureContext, TLSSocket } from "node:tls";
import { closeQuietly } from "../wire/close_quietly.ts";
import { Feed, SecureStream } from "./stream.ts";

/** The first byte of a TLS handshake. No frame begins with it. */
const HANDSHAKE = 0x16;

/** The size of the read buffer before the handshake, in bytes. */
const FIRST_READ_BYTES = 1_024;

/** Options of {@linkcode GuardedConn}. */
export interface GuardedOptions {
  readonly context: SecureContext;
  /** The protocols to offer in ALPN, the preferred one first. */
  readonly alpn?: readonly string[];
  /** Called when a handshake began and failed. */
  readonly onFailed?: (error: Error) => void;
}

/**
 * Speaks TLS with a peer that begins with a handshake. If the peer does not, plain bytes pass and
 * `lacksTls` is true, so that the peer can be told what is wrong; nothing else may be sent then. The
 * handshake is part of the first read; it has no time limit of its own.
 */
export class GuardedConn {
  readonly remoteAddr: Deno.NetAddr;
  readonly localAddr: Deno.NetAddr;
  readonly #conn: Deno.TcpConn;
  readonly #options: GuardedOptions;
  #lacksTls = false;
  #socket: TLSSocket | undefined;
  /** The TLS stream, or the plain connection if the peer lacks TLS. */
  #open: SecureStream | Deno.TcpConn | undefined;
  #closed = false;

  constructor(conn: Deno.TcpConn, options: GuardedOptions) {
    this.#conn = conn;
    this.#options = options;
    this.remoteAddr = conn.remoteAddr;
    this.localAddr = conn.localAddr;
  }

  /** Whether the peer began without TLS. */
  get lacksTls(): boolean {
    return this.#lacksTls;
  }

  /** Like that of a `Deno.Conn`; rejects if the handshake fails. */
  async read(space: Uint8Array): Promise<number | null> {
    if (this.#open !== undefined) return await this.#open.read(space);
    const plain = await this.#begin(space);
    return plain === undefined ? await this.read(space) : plain;
  }

  /** Resolves after the handshake; rejects if it fails, or if the peer lacks TLS. */
  async shakeHands(): Promise<void> {
    const plain = await this.#begin(new Uint8Array(FIRST_READ_BYTES));
    if (plain === null) throw new Error("The peer went before the handshake");
    if (plain !== undefined) throw new Error("The peer does not speak TLS");
  }

  /** Like that of a `Deno.Conn`; rejects before the end of the handshake. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#open?.write(bytes) ?? Promise.reject(new Error("The handshake is not over"));
  }

  async closeWrite(): Promise<void> {
    await (this.#open ?? this.#conn).closeWrite();
  }

  setNoDelay(on: boolean): void {
    this.#conn.setNoDelay(on);
  }

  setKeepAlive(on: boolean): void {
    this.#conn.setKeepAlive(on);
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
    if (this.#open instanceof SecureStream) this.#open.close();
    closeQuietly(this.#conn);
  }

  /** Reads the first bytes, and shakes hands if they begin a handshake; else the result of the read. */
  async #begin(space: Uint8Array): Promise<number | null | undefined> {
    const count = await this.#conn.read(space);
    if (count === null) return null;
    if (space[0] !== HANDSHAKE) {
      this.#lacksTls = true;
      this.#open = this.#conn;
      return count;
    }
    this.#open = await this.#shakeHands(space.slice(0, count));
    return undefined;
  }

  async #shakeHands(first: Uint8Array): Promise<SecureStream> {
    const feed = new Feed(this.#conn, first);
    const socket = this.#socket = new TLSSocket(
      feed.duplex,
      {
        isServer: true,
        secureContext: this.#options.context,
        ...(this.#options.alpn === undefined ? {} : { ALPNProtocols: this.#options.alpn }),
        minVersion: "TLSv1.2",
      } as ConstructorParameters<typeof TLSSocket>[1],
    );
    const stream = new SecureStream(socket, feed);
    const done = Promise.withResolvers<void>();
    socket.once("secure", () => done.resolve());
    socket.once("error", done.reject);
    socket.once("close", () => done.reject(new Error("The peer went during the handshake")));
    try {
      await done.promise;
    } catch (error) {
      if (!this.#closed) this.#options.onFailed?.(error as Error);
      throw error;
    }
    stream.begin();
    return stream;
  }
}
