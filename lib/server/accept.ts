/** The accept loop, as an async iterator that outlives a shortage of file descriptors. */

import { delay } from "@std/async/delay";
import type { Logger } from "./log.ts";

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Failures that concern one connection only: its peer reset it before we accepted it. We don't pause
 * for them, because then any peer could hold up all others.
 */
const OF_ONE_PEER: ReadonlySet<string> = new Set([
  ...["ENOTCONN", "ECONNABORTED", "ECONNRESET", "EPROTO", "ETIMEDOUT", "EHOSTUNREACH"],
  // macOS reports this for a socket that was reset.
  "EINVAL",
]);

/** What {@linkcode connections} needs of a listener. */
export interface Acceptor<C> {
  accept(): Promise<C>;
}

/** Options of {@linkcode connections}. */
export interface AcceptOptions {
  /** Ends the iteration. Close the listener too: the signal does not interrupt a pending accept. */
  readonly signal: AbortSignal;
  /** Called before each pause with the failure to accept and the length of the pause. */
  readonly onProblem?: (error: Error, pauseMs: number) => void;
}

/** Logs such failures as problems. */
export function logProblems(log: Logger): (error: Error, pauseMs: number) => void {
  return ({ message: error }, pauseMs) => {
    const fields = { pauseMs, error };
    log({ level: "warning", kind: "problem", text: "Can't accept connections", fields });
  };
}

/**
 * The connections that come in, until the signal aborts. Deno's own iterator ends with the first
 * failure, though the listener still works. This one pauses and goes on; the pause doubles from 10 ms
 * to 1 s. If only the one connection failed it goes on at once. Never throws.
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
      // This rejects when the signal aborts; the loop checks the signal itself.
      await delay(pauseMs, { signal }).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
}
