/** The answer to `quit`. */

import type { HouseParts } from "./house_parts.ts";
import type { Session } from "./session.ts";

/** Ends a session for good, once all that it has said is stored and told. */
export async function quit(house: HouseParts, session: Session): Promise<void> {
  const { peer } = session;
  await house.log.settled();
  if (session.peer !== peer) return;
  session.isDone = true;
  peer?.close({ type: "bye", reason: "quit", text: "Goodbye." });
}
