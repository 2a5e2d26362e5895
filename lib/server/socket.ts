/** What the server needs of a connection: the part of `Deno.TcpConn` that is used, or TLS over one. */

/** One connection. */
export interface Socket {
  readonly remoteAddr: Deno.NetAddr;
  /**
   * The peer has begun without TLS where TLS is spoken: it is told so in plain, and nothing else.
   * Known when something has been read.
   */
  readonly lacksTls?: boolean;
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
  setNoDelay(on: boolean): void;
  setKeepAlive(on: boolean): void;
}
