/** The way of a fact through the house: decided and put here, and evolved and told when it comes back. */

import { Asked } from "./asked.ts";
import { decide } from "./decide.ts";
import { evolve, evolvePut, type News } from "./evolve.ts";
import type { HouseParts } from "./house_parts.ts";
import type { Entry, Fact, Ticket } from "./log/fact.ts";
import { Refusal } from "./refusal.ts";
import { tell } from "./tell.ts";

/**
 * Puts a fact that may be into the log, after what `begin` tells of it that does not wait for that.
 * Throws a {@linkcode Refusal} for one that may not. A promise means that much is waiting, and that
 * whoever goes on should wait until it settles.
 */
export function put(
  house: Pick<HouseParts, "state" | "log" | "onUndecided">,
  fact: Fact,
  ticket?: Ticket,
  begin?: () => void,
): Promise<void> | undefined {
  try {
    decide(house.state, fact, house.state.people.now);
  } catch (error) {
    if (!(error instanceof Refusal)) house.onUndecided(error, fact);
    throw error;
  }
  evolvePut(house.state, fact);
  begin?.();
  if (ticket instanceof Asked) ticket.session.begin();
  return house.log.put(fact, ticket);
}

/**
 * Takes an entry from the log: what the house knows and what is told of it are one step. False when it
 * could not be taken in, or told of, and so what the house and its peers know is not to be relied on
 * any more.
 */
export function take(house: HouseParts, entry: Entry, ticket: Ticket | undefined): boolean {
  const asked = ticket instanceof Asked ? ticket : undefined;
  let news: readonly News[] | undefined;
  try {
    news = evolve(house.state, entry);
    tell(house, entry, news, asked);
    return true;
  } catch (error) {
    house.onBroken(error, entry);
    return false;
  } finally {
    // Or whoever asked could never leave.
    if (news !== undefined) ticket?.done(entry);
  }
}
