/** A connection that was accepted where TLS is spoken, as far as it can be one. */

import { type SecureContext, TLSSocket } from "node:tls";
import { closeQuietly } from "../wire/close_quietly.ts";
import { Feed } from "./duplex.ts";
import { SecureStream } from "./secure_stream.ts";

/** The first byte of a TLS record that begins a handshake; no frame begins with it. */
const HANDSHAKE = 0x16;

/** What is made room for before a handshake. */
const FIRST_READ_BYTES = 1_024;

/** What a {@linkcode GuardedConn} is made with. */
export interface GuardedOptions {
  readonly context: SecureContext;
  /** The protocols that may be spoken inside, for a peer that asks; the first that it knows is. */
  readonly alpn?: readonly string[];
  /** Told when the peer began to speak TLS and did not get through. */
  readonly onFailed?: (error: Error) => void;
}

/**
 * Speaks TLS with a peer who begins it. With one who does not it lets the plain bytes through and
 * says so in `lacksTls`, so that the peer can be told what is wrong; nothing else may be said then.
 * The handshake goes on within the first read, and takes as long as whoever reads has patience.
 */
export class GuardedConn {
  readonly remoteAddr: Deno.NetAddr;
  readonly #conn: Deno.TcpConn;
  readonly #options: GuardedOptions;
  #lacksTls = false;
  #socket: TLSSocket | undefined;
  /** What is spoken through, once that is clear. */
  #open: SecureStream | Deno.TcpConn | undefined;
  #closed = false;

  constructor(conn: Deno.TcpConn, options: GuardedOptions) {
    this.#conn = conn;
    this.#options = options;
    this.remoteAddr = conn.remoteAddr;
  }

  /** Whether the peer has begun without TLS. */
  get lacksTls(): boolean {
    return this.#lacksTls;
  }

  /** As of a `Deno.Conn`; rejects when the handshake fails. */
  async read(space: Uint8Array): Promise<number | null> {
    if (this.#open !== undefined) return await this.#open.read(space);
    const plain = await this.#begin(space);
    return plain === undefined ? await this.read(space) : plain;
  }

  /** Settles when the handshake is over; rejects when it fails, or the peer begins without one. */
  async shakeHands(): Promise<void> {
    const plain = await this.#begin(new Uint8Array(FIRST_READ_BYTES));
    if (plain === null) throw new Error("The peer went before the handshake");
    if (plain !== undefined) throw new Error("The peer does not speak TLS");
  }

  /** As of a `Deno.Conn`; rejects before the peer has begun, and during the handshake. */
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

  /** Reads what comes first, and shakes hands if it asks for that; otherwise what a read tells. */
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
