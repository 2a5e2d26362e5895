/**
 * A connection of Deno's as a stream of Node's, for Node's TLS to run over. Deno accepts and
 * connects, because its listener outlives a shortage of descriptors and its `close` ends a write
 * that is stuck; Node's TLS is the one that can be given up in the middle of anything. The tls
 * folder knows no frames and no flags.
 */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

/** Bytes that the first read makes room for: a connection that is silent holds no more. */
const LEAST_READ_BYTES = 1_024;
const MOST_READ_BYTES = 65_536;

/** `conn` as a stream of Node's that owns it. `first` has been read from it already. */
export function duplexOver(conn: Deno.Conn, first?: Uint8Array): Duplex {
  let size = LEAST_READ_BYTES;
  const receive = async (): Promise<void> => {
    const space = new Uint8Array(size);
    const count = await conn.read(space);
    if (count === size) size = Math.min(size * 4, MOST_READ_BYTES);
    else if (count !== null && count * 4 < size) size = LEAST_READ_BYTES;
    duplex.push(count === null ? null : Buffer.from(space.buffer, 0, count));
  };
  const duplex: Duplex = new Duplex({
    read(): void {
      if (first === undefined) return void receive().catch((error) => duplex.destroy(error));
      const bytes = first;
      first = undefined;
      duplex.push(Buffer.from(bytes));
    },
    write(bytes: Uint8Array, _encoding: unknown, done: (error?: Error) => void): void {
      writeAll(conn, bytes).then(() => done(), done);
    },
    final(done: (error?: Error) => void): void {
      conn.closeWrite().then(() => done(), done);
    },
    destroy(error: Error | null, done: (error: Error | null) => void): void {
      closeQuietly(conn);
      done(error);
    },
  });
  return duplex;
}

/** Closes what may be closed already. */
export function closeQuietly(conn: { close(): void }): void {
  try {
    conn.close();
  } catch {
    // Closed already.
  }
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
