/** What it means for a link that a connection ended: whether to try again, and why not. */

import type { EventOf } from "../wire/events.ts";
import type { EndCause } from "./conversation.ts";

/** `bye` reasons after which coming back would be wrong. */
const FINAL_REASONS = new Set(["kicked", "banned", "replaced", "quit"]);
/** `bye` reasons by which a server says, before it has let us in, that it never will. */
const REFUSING_REASONS = new Set(["bad-name", "banned", "kicked", "needs-tls", "too-large"]);
/** Codes and reasons that another attempt will meet again, though we have been in before. */
const LASTING_CODES = new Set([
  ...["bad-name", "banned", "bad-password", "bad-login", "password-needed", "name-reserved"],
  ...["needs-tls", "untrusted"],
]);

/**
 * Thrown inside a link when the server answers our `hello` with an `error`, and by what connects it
 * when the server is not the one that it should be (`untrusted`).
 */
export class RefusedError extends Error {
  override readonly name = "Refused";
  readonly code: string;
  /** When the server says that it may let us in, in ms from then. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, text: string, retryAfterMs?: number) {
    super(text);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What a server's `error` in answer to our `hello` means. */
export function refusedBy({ code, text, retryAfterMs }: EventOf<"error">): RefusedError {
  return new RefusedError(code, text, retryAfterMs);
}

/** How long the server asks us to stay away, in ms. */
export function retryAfter({ bye, error }: Pick<Ending, "bye" | "error">): number {
  return bye?.retryAfterMs ?? (error instanceof RefusedError ? error.retryAfterMs : undefined) ?? 0;
}

/** How one connection ended. */
export interface Ending {
  /** What the server said last, if it did. */
  readonly bye: EventOf<"bye"> | undefined;
  readonly error: Error | undefined;
  /** Whether we have been online, in this connection or before. */
  readonly known: boolean;
}

/**
 * Why the link ends with this connection; `undefined` when another attempt may do better. A link
 * that was online is hard to end: a server that is overloaded or begins anew refuses many for a
 * while.
 */
export function finalCause({ bye, error, known }: Ending): EndCause | undefined {
  // The server looks at others' passwords, or our address has to wait: it will let us in later.
  const isForLater = error instanceof RefusedError && error.code === "try-later";
  if (bye === undefined && isForLater) return undefined;
  if (!known) {
    const refused = bye === undefined
      ? error instanceof RefusedError
      : REFUSING_REASONS.has(bye.reason);
    return refused ? "refused" : "unreachable";
  }
  if (bye !== undefined && FINAL_REASONS.has(bye.reason)) return "dismissed";
  const code = bye?.reason ?? (error instanceof RefusedError ? error.code : "");
  return LASTING_CODES.has(code) ? "refused" : undefined;
}
