/** The way of a fact through the house when it comes back from the log: it is evolved and told. */

import { Asked } from "./asked.ts";
import { evolve } from "./evolve.ts";
import type { HouseParts } from "./house_parts.ts";
import type { Entry, Ticket } from "./log/fact.ts";
import type { News } from "./news.ts";
import { tell } from "./tell.ts";

/** Evolves an entry; nothing when that could not be done. */
function evolved(house: HouseParts, entry: Entry): readonly News[] | undefined {
  try {
    return evolve(house.state, entry);
  } catch (error) {
    house.onBroken(error, entry);
    return undefined;
  }
}

/** Evolves an entry where nobody is here to be told. False when that could not be done, as above. */
export function retake(house: HouseParts, entry: Entry): boolean {
  const news = evolved(house, entry);
  for (const each of news ?? []) {
    if (each.kind === "opened") house.audiences.open(each.room.key);
    if (each.kind === "closed") house.audiences.close(each.room.key);
  }
  return news !== undefined;
}

/** What a client is told whose answer is lost because of a bug. */
const FAILED = "The server failed on your last request; it is not your fault.";

/**
 * Evolves and tells an entry of the log in one step. False when it could not be evolved: what the house
 * knows may be wrong from then on. If it can't be told, the session that asked loses its connection.
 */
export function take(house: HouseParts, entry: Entry, ticket: Ticket | undefined): boolean {
  const asked = ticket instanceof Asked ? ticket : undefined;
  const news = evolved(house, entry);
  if (news === undefined) return false;
  try {
    tell(house, entry, news, asked);
  } catch (error) {
    house.onUntold(error, entry);
    // Its client comes back, and is told then what became of its request.
    asked?.session.peer?.close({ type: "bye", reason: "internal", text: FAILED });
  } finally {
    // Otherwise the session that asked could never leave.
    ticket?.done(entry);
  }
  return true;
}
