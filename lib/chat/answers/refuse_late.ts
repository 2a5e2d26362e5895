/** Refuses requests that turn out not to be granted when the next ones are answered already. */

import { refuse } from "../asked.ts";
import type { Files } from "../files/files.ts";
import { Refusal } from "../refusal.ts";
import type { Peer } from "../sessions/peer.ts";
import type { Session } from "../sessions/session.ts";

/** Who has asked for what. */
export interface LateRequest {
  readonly session: Session;
  readonly peer: Peer;
  readonly request: { readonly id?: string | undefined };
}

/**
 * Tells why, if the connection that has asked is still there. It loses it for an error that is no refusal,
 * which is a bug of ours.
 */
export function refuseLate(
  { onRefused, onFailed }: Pick<Files, "onRefused" | "onFailed">,
  { session, peer, request }: LateRequest,
  error: unknown,
): void {
  if (error instanceof Refusal) {
    onRefused(error.code);
    if (session.peer === peer) refuse(session, request, error);
    return;
  }
  onFailed(error);
  peer.close({
    type: "bye",
    reason: "internal",
    text: "The server failed on your last request; it is not your fault.",
  });
}
