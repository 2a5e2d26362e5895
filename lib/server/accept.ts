/** The accept loop, as an async iterator that outlives a shortage of file descriptors. */

import { delay } from "@std/async/delay";

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Failures that are of one connection, which has gone with them: its peer was quicker to reset it
 * than we were to accept it. To pause for those would let anybody hold up everybody.
 */
const OF_ONE_PEER: ReadonlySet<string> = new Set([
  ...["ENOTCONN", "ECONNABORTED", "ECONNRESET", "EPROTO", "ETIMEDOUT", "EHOSTUNREACH"],
  // What macOS says of a socket that was reset.
  "EINVAL",
]);

/** What {@linkcode connections} needs of a listener. */
export interface Acceptor<C> {
  accept(): Promise<C>;
}

/** How {@linkcode connections} goes about it. */
export interface AcceptOptions {
  /** Ends the iteration. Close the listener too: a pending accept is not interrupted by it. */
  readonly signal: AbortSignal;
  /** Told of each failure to accept that makes for a pause, and of how long that is. */
  readonly onProblem?: (error: Error, pauseMs: number) => void;
}

/**
 * The connections that come in, until the signal aborts. Deno's own iterator ends with the first
 * failure, though the listener is still good: this one pauses, from 10 ms doubling to 1 s, and
 * goes on; where only the one connection failed it goes on at once. Never throws.
 */
export async function* connections<C>(
  listener: Acceptor<C>,
  { signal, onProblem }: AcceptOptions,
): AsyncGenerator<C> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      yield await listener.accept();
      pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      if (signal.aborted) return;
      if (OF_ONE_PEER.has((error as { code?: string }).code ?? "")) continue;
      onProblem?.(error as Error, pauseMs);
      // Rejects when the signal aborts, which the loop sees for itself.
      await delay(pauseMs, { signal }).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
}
