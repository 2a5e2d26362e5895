/** Parts of the answers to requests. */

import type { Refusal } from "./refusal.ts";
import type { Session } from "./session.ts";

/** The id of a request, for its answer. */
export function idOf({ id }: { readonly id?: string | undefined }): { id?: string } {
  return id === undefined ? {} : { id };
}

/** Tells a session that its request is refused, where that turned out later. */
export function refuse(
  session: Session,
  request: { readonly id?: string | undefined },
  { code, message, retryAfterMs }: Refusal,
): void {
  const again = retryAfterMs === undefined ? {} : { retryAfterMs };
  session.deliver({ type: "error", ...idOf(request), code, text: message, ...again });
}
