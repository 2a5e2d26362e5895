/**
 * What becomes of the house by an entry of the log: the only place that changes what it knows. It
 * can't refuse and waits for nothing; what came of it is told by tell.ts in the same step.
 */

import type { HouseState } from "./house_state.ts";
import type { Entry, Fact, PeopleFact, Receipt, TopicFact } from "./log/fact.ts";
import { keyOf } from "./log_key.ts";
import type { Account, Kept } from "./records.ts";

/** Puts an entry into the state. */
export function evolve(state: HouseState, { fact, receipt }: Entry): void {
  switch (fact.kind) {
    case "topic":
      return isKept(receipt) ? setTopic(state, fact) : undefined;
    case "people":
      return changePeople(state, fact, receipt);
    case "session-forget":
      // Whatever the disk takes: memory is not to fill up with those who don't come back.
      for (const hash of fact.hashes) state.registry.forget(hash);
      return;
  }
}

/**
 * Puts into the state what does not wait for the log: bans and mutes hold though the disk is full.
 * Their entry changes nothing more.
 */
export function evolvePut(state: HouseState, fact: Fact): void {
  if (fact.kind === "people") impose(state, fact);
}

/** What somebody else has made of the people who are kept. */
interface PeopleNews {
  /** Names that have been reserved. */
  readonly reserved: readonly Account[];
  /** Accounts that have another role. */
  readonly changed: readonly Account[];
}

/** Puts into the state what somebody else has made of the people who are kept. */
export function evolvePeople({ people }: HouseState, kept: Kept): PeopleNews {
  const reserved = kept.accounts.filter(({ key }) => people.account(key) === undefined);
  const changed = kept.accounts.filter(({ key, role }) =>
    (people.account(key)?.role ?? role) !== role
  );
  people.take(kept);
  return { reserved, changed };
}

/** What could not be kept, was kept before or is judged anew has changed nothing. */
function isKept(receipt: Receipt | undefined): boolean {
  return receipt === undefined || "seq" in receipt;
}

function setTopic({ registry }: HouseState, { log, text }: TopicFact): void {
  const room = registry.room(keyOf(log));
  if (room !== undefined) registry.setTopic(room, text);
}

function changePeople(state: HouseState, fact: PeopleFact, receipt?: Receipt): void {
  if (isKept(receipt)) return state.people.apply(fact.changes);
  if (receipt === undefined || !("refused" in receipt)) return;
  impose(state, fact);
  state.people.hold(fact.changes);
}

/** Bans and mutes hold, whether they can be kept or not. */
function impose({ people }: HouseState, { changes }: PeopleFact): void {
  people.apply(changes.filter(({ type }) => type === "sanction"));
}
