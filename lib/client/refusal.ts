/** Decides whether a link tries again after a connection has ended. */

import type { EventOf } from "../wire/events.ts";
import type { EndCause } from "./conversation.ts";

/** The code of our own for a server that another one has told of, and that is none of its cluster. */
const OTHER_CLUSTER = "other-cluster";
/** `bye` reasons after which coming back would be wrong. */
const FINAL_REASONS = new Set(["kicked", "banned", "replaced", "signed-out", "quit"]);
/** `bye` reasons by which a server says that it will not let us in, if it has not yet. */
const REFUSING_REASONS = new Set(["bad-name", "banned", "kicked", "needs-tls", "too-large"]);
/** Codes and reasons that another attempt would get again, though we have been in before. */
const LASTING_CODES = new Set([
  ...["bad-name", "banned", "bad-password", "bad-login", "password-needed", "name-reserved"],
  ...["needs-tls", "untrusted", OTHER_CLUSTER],
]);

/**
 * Codes and reasons that say something of this server alone: it is not the one that it should be, or not
 * reached in the way that it wants.
 */
const OF_SERVER = new Set(["needs-tls", "untrusted", OTHER_CLUSTER]);

/** Whether a refusal says nothing of what other servers of the cluster would answer. */
export function isOfServer(code: string | undefined): boolean {
  return code !== undefined && OF_SERVER.has(code);
}

/**
 * Thrown inside a link if the server answers our `hello` with an `error`, and by `connect` if the
 * server is not the right one (`untrusted`).
 */
export class RefusedError extends Error {
  override readonly name = "Refused";
  readonly code: string;
  /** After how long the server may let us in, as it says, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, text: string, retryAfterMs?: number) {
    super(text);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The error where we come by an invitation link, and the server is of a version that knows none. */
export function noLinks(): RefusedError {
  const text = "The server knows no invitations by link; connect without --invite";
  return new RefusedError("bad-invite", text);
}

/** The error where a server was told of as one of the cluster, and has other rooms and sessions. */
export function otherCluster(server: string): RefusedError {
  const text = `${server} was told of as a node of the cluster, and is none`;
  return new RefusedError(OTHER_CLUSTER, text);
}

/** The names of errors by which a connection ends that was cut off, or that we closed after a write failed. */
const CUTS: ReadonlySet<string> = new Set([
  ...["Interrupted", "BrokenPipe", "ConnectionAborted", "ConnectionReset", "NotConnected"],
  "UnexpectedEof",
]);

/** Whether an error says only that the connection is gone. By their names, since not all have Deno's classes. */
export function isCut(error: unknown): boolean {
  return error instanceof Error && CUTS.has(error.name);
}

/** How long the server asks us to wait, in ms. */
export function retryAfter({ bye, error }: Pick<Ending, "bye" | "error">): number {
  return bye?.retryAfterMs ?? (error instanceof RefusedError ? error.retryAfterMs : undefined) ?? 0;
}

/** How one connection ended. */
export interface Ending {
  /** The server's `bye`, if there was one. */
  readonly bye: EventOf<"bye"> | undefined;
  readonly error: Error | undefined;
  /** Whether we have been online, in this connection or before. */
  readonly known: boolean;
  /** Whether an earlier run was. */
  readonly wasReached?: boolean | undefined;
}

/** What connecting fails with, as Deno calls it, where a server is down or the way to it is. */
const OUTAGES: ReadonlySet<string> = new Set([
  ...["ConnectionRefused", "ConnectionReset", "ConnectionAborted", "TimeoutError"],
  ...["HostUnreachable", "NetworkUnreachable", "NetworkDown", "AddrNotAvailable"],
]);

/** Whether a server that was reached before may be there again: not so where nobody knows its name any more. */
function mayComeBack(error: Error | undefined): boolean {
  const { cause } = error ?? {};
  return !(cause instanceof Error) || OUTAGES.has(cause.name);
}

/**
 * Why the link ends with this connection; `undefined`: try again. A link that was online before tries
 * again after most refusals, because a server that is overloaded or has just restarted refuses many
 * clients for a while.
 */
export function finalCause({ bye, error, known, wasReached }: Ending): EndCause | undefined {
  // The server is busy checking passwords, or our address has to wait: it will let us in later.
  const isForLater = error instanceof RefusedError && error.code === "try-later";
  if (bye === undefined && isForLater) return undefined;
  if (!known) {
    const refused = bye === undefined
      ? error instanceof RefusedError
      : REFUSING_REASONS.has(bye.reason);
    if (!refused && wasReached && mayComeBack(error)) return undefined;
    return refused ? "refused" : "unreachable";
  }
  if (bye !== undefined && FINAL_REASONS.has(bye.reason)) return "dismissed";
  const code = bye?.reason ?? (error instanceof RefusedError ? error.code : "");
  return LASTING_CODES.has(code) ? "refused" : undefined;
}
