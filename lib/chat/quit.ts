/** The answer to `quit`. */

import type { Session } from "./session.ts";

/** Ends a session for good, after all that it has said has been told. */
export function quit(session: Session): void {
  session.isDone = true;
  session.peer?.close({ type: "bye", reason: "quit", text: "Goodbye." });
}
