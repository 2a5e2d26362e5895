/**
 * What becomes of the house by an entry of the log: the only place that changes what it knows. It
 * can't refuse and waits for nothing; what came of it is told by tell.ts in the same step.
 */

import type { HouseState } from "./house_state.ts";
import type { Entry, TopicFact } from "./log/fact.ts";
import { keyOf } from "./log_key.ts";

/** Puts an entry into the state. */
export function evolve(state: HouseState, { fact, receipt }: Entry): void {
  // What could not be kept, was kept before or is judged anew has changed nothing.
  if (receipt !== undefined && !("seq" in receipt)) return;
  if (fact.kind === "topic") return setTopic(state, fact);
}

function setTopic({ registry }: HouseState, { log, text }: TopicFact): void {
  const room = registry.room(keyOf(log));
  if (room !== undefined) registry.setTopic(room, text);
}
