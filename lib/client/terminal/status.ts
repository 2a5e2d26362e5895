/** What the prompt says of the connection and of what is on its way. */

import type { LinkStatus } from "../conversation.ts";
import type { OwnMessages } from "./outgoing.ts";

/** A message that has no ack after so long, in ms, is told to be on its way. */
export const SLOW_MS = 500;

/** What it depends on. */
export interface StatusParts {
  readonly status: LinkStatus["status"];
  readonly own: OwnMessages;
  /** Nobody has waited for the server yet. */
  readonly isPatient: boolean;
}

/** How it stands, where that needs to be said; on a slow link a message would seem lost until it is printed. */
export function statusOf({ status, own, isPatient }: StatusParts): string {
  if (status === "online") {
    const slow = own.sentBefore(performance.now() - SLOW_MS);
    return slow > 0 ? `sending ${slow}` : "";
  }
  if (isPatient && status === "connecting") return "";
  return own.unsent > 0 ? `${status}, ${own.unsent} unsent` : status;
}
