/** Reads what a peer sends after the end of its connection, and throws it away. */

import type { Ticks } from "./timers.ts";
import type { Transport } from "./transport.ts";

/**
 * How many bytes are read and thrown away at full speed after the end: about as many as the system
 * buffers for a peer.
 */
const FREE_BYTES = 2_097_152;

/**
 * Reads and throws away until the peer has closed too: a socket that is closed while bytes are
 * unread is reset, and the reset can overtake our last words. Rejects when the connection breaks.
 */
export async function discard(
  transport: Pick<Transport, "read">,
  ticks: Ticks,
  isClosed: () => boolean,
): Promise<void> {
  let free = FREE_BYTES;
  while (!isClosed()) {
    const chunk = await transport.read();
    if (chunk === undefined) return;
    free -= chunk.length;
    // Slow down: a peer that goes on sending would take time from all others.
    if (free < 0) await ticks.until(performance.now() + 1);
  }
}
