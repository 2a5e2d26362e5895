/** The way of a fact through the house when it comes back from the log: evolved and told. */

import { Asked } from "./asked.ts";
import { evolve } from "./evolve.ts";
import type { HouseParts } from "./house_parts.ts";
import type { Entry, Ticket } from "./log/fact.ts";
import type { News } from "./news.ts";
import { tell } from "./tell.ts";

/** What somebody is told whose answer is lost by a mistake of ours. */
const FAILED = "The server failed on your last request; it is not your fault.";

/**
 * Takes an entry from the log: what the house knows and what is told of it are one step. False when it
 * could not be taken in, and so what the house knows is not to be relied on any more. What can't be told
 * costs those who should have been told of it, and whoever asked for it its connection.
 */
export function take(house: HouseParts, entry: Entry, ticket: Ticket | undefined): boolean {
  const asked = ticket instanceof Asked ? ticket : undefined;
  let news: readonly News[];
  try {
    news = evolve(house.state, entry);
  } catch (error) {
    house.onBroken(error, entry);
    return false;
  }
  try {
    tell(house, entry, news, asked);
  } catch (error) {
    house.onUntold(error, entry);
    // It comes back, and is told what has become of it.
    asked?.session.peer?.close({ type: "bye", reason: "internal", text: FAILED });
  } finally {
    // Or whoever asked could never leave.
    ticket?.done(entry);
  }
  return true;
}
