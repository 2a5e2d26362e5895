/** The part of `Deno.TcpConn` that the server uses; TLS over one has the same. */

/** One connection. */
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
