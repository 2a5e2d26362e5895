/** What a server does about errors that nobody has taken care of. */

import type { Logger } from "../server/log.ts";

/** What the system says of one connection whose peer has gone. */
const OF_ONE_PEER: ReadonlySet<string> = new Set([
  ...["EPIPE", "ECONNRESET", "ECONNABORTED", "ENOTCONN", "ETIMEDOUT", "EHOSTUNREACH"],
  ...["ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END", "ERR_STREAM_PREMATURE_CLOSE"],
]);

/** The same as Deno names it. */
const NAMES: ReadonlySet<string> = new Set([
  ...["BrokenPipe", "ConnectionReset", "ConnectionAborted", "NotConnected"],
]);

/** Whether an error is of one connection that has gone, and so nobody else's. */
export function isOfOnePeer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return NAMES.has(error.name) || OF_ONE_PEER.has((error as { code?: string }).code ?? "");
}

/**
 * Until it is disposed of, a connection that breaks where nobody listens is written into the log, and
 * the process goes on. Anything else is a mistake of ours that may have left anything behind: it ends
 * the process as ever, and whatever runs the server starts it again.
 */
export function lastNet(log: Logger): Disposable {
  const note = (event: Event, error: unknown): void => {
    if (!isOfOnePeer(error)) return;
    event.preventDefault();
    const fields = { error: (error as Error).message };
    log({ level: "warning", kind: "problem", text: "A connection broke unheard", fields });
  };
  const rejected = (event: PromiseRejectionEvent): void => note(event, event.reason);
  const thrown = (event: ErrorEvent): void => note(event, event.error);
  globalThis.addEventListener("unhandledrejection", rejected);
  globalThis.addEventListener("error", thrown);
  return {
    [Symbol.dispose](): void {
      globalThis.removeEventListener("unhandledrejection", rejected);
      globalThis.removeEventListener("error", thrown);
    },
  };
}
