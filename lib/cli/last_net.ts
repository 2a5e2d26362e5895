/** Handles errors that nothing has caught in a server. */

import type { Logger } from "../server/log.ts";

/** The system's codes for a connection whose peer has gone. */
const OF_ONE_PEER: ReadonlySet<string> = new Set([
  ...["EPIPE", "ECONNRESET", "ECONNABORTED", "ENOTCONN", "ETIMEDOUT", "EHOSTUNREACH"],
  ...["ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END", "ERR_STREAM_PREMATURE_CLOSE"],
]);

/** Deno's names for the same. */
const NAMES: ReadonlySet<string> = new Set([
  ...["BrokenPipe", "ConnectionReset", "ConnectionAborted", "NotConnected"],
]);

/** Whether an error concerns one broken connection only. */
export function isOfOnePeer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return NAMES.has(error.name) || OF_ONE_PEER.has((error as { code?: string }).code ?? "");
}

/**
 * Until it is disposed of, an uncaught error of a broken connection is logged, and the process goes
 * on. Any other uncaught error is a bug that may have left any state behind: it ends the process as
 * usual, and the service manager starts the server again.
 */
export function lastNet(log: Logger): Disposable {
  const note = (event: Event, error: unknown): void => {
    if (!isOfOnePeer(error)) return;
    event.preventDefault();
    const fields = { error: (error as Error).message };
    log({ level: "warning", kind: "problem", text: "A connection broke unheard", fields });
  };
  const ending = new AbortController();
  const { signal } = ending;
  globalThis.addEventListener("unhandledrejection", (e) => note(e, e.reason), { signal });
  globalThis.addEventListener("error", (e) => note(e, e.error), { signal });
  return { [Symbol.dispose]: () => ending.abort() };
}
