/** A connection that is ready for small messages; by itself, so that it is loaded with nothing else. */

/** Without this, small messages would wait for acknowledgements of earlier ones (Nagle). */
export function sendingAtOnce(conn: Deno.TcpConn): Deno.TcpConn {
  try {
    conn.setNoDelay(true);
    return conn;
  } catch (error) {
    // macOS refuses this for a socket that was reset already.
    conn.close();
    throw error;
  }
}

/** How long it may take to connect to this machine itself, in ms: it answers at once, or nobody is there. */
const NEAR_MS = 1_000;

/** Connects to a server of this machine; `undefined`: nothing answers there. */
export async function connectNearby(
  { hostname, port }: { readonly hostname: string; readonly port: number },
): Promise<Deno.TcpConn | undefined> {
  try {
    return sendingAtOnce(
      await Deno.connect({ hostname, port, signal: AbortSignal.timeout(NEAR_MS) }),
    );
  } catch {
    return undefined;
  }
}
