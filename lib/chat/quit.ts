/** The answer to `quit`. */

import type { Session } from "./session.ts";

/** Ends a session for good. It is asked for when all that the session has said has been told. */
export function quit(session: Session): void {
  session.isDone = true;
  session.peer?.close({ type: "bye", reason: "quit", text: "Goodbye." });
}
