/**
 * Applies what is read from the stream: in the order of the stream each fact is decided by what the house
 * knows there, stored, and told, all of a batch in one step and one transaction. Every node does the same.
 */

import type { Entry, Fact, StayingFact, Ticket } from "../chat/log/fact.ts";
import { isPassing } from "../chat/log/fact.ts";
import type { OnEntry } from "../chat/log/fact_log.ts";
import type { Receipt } from "../chat/log/receipt.ts";
import { Refusal } from "../chat/refusal.ts";
import type { AppliedStore } from "../store/applied_store.ts";

/** What a house does with facts. */
export interface FactTaker {
  /** Decides a fact in its place; throws a {@linkcode Refusal}, or by a bug what is none and was told. */
  readonly decide: (fact: Fact, at: number) => Fact;
  /** Takes in an entry, and tells of it. */
  readonly onEntry: OnEntry;
}

/** A fact that was read, and who waits for it here. */
export interface ReadFact {
  readonly fact: Fact;
  readonly ticket: Ticket | undefined;
}

/**
 * Facts that change nothing by which others of these are decided. Several in a row are decided first and then
 * stored at once, which is much faster.
 */
const IN_RUNS: ReadonlySet<Fact["kind"]> = new Set(
  ["say", "revise", "remove", "react", "pin", "answer"] as const,
);

/** Applies facts at a time, in ms since 1970; to be called within `store.apply`. Returns their entries. */
export function applyFacts(
  store: AppliedStore,
  taker: FactTaker,
  facts: readonly ReadFact[],
  at: number,
): Entry[] {
  const entries: Entry[] = [];
  const tell = (entry: Entry, ticket: Ticket | undefined): void => {
    entries.push(entry);
    taker.onEntry(entry, ticket);
  };
  for (let from = 0; from < facts.length;) {
    const run = runFrom(facts, from);
    from += run.length;
    const decided = run.map(({ fact, ticket }) => ({ entry: decideIn(taker, fact, at), ticket }));
    const stays = decided.filter(({ entry }) => isToStore(entry));
    const stored = store.store(stays.map(({ entry }) => entry.fact as StayingFact), at);
    let place = 0;
    for (const { entry, ticket } of decided) {
      tell(isToStore(entry) ? stored(place++) : entry, ticket);
    }
  }
  return entries;
}

/** The facts from a place on that can be stored at once: one at least. */
function runFrom(facts: readonly ReadFact[], from: number): readonly ReadFact[] {
  let to = from;
  while (to < facts.length && IN_RUNS.has((facts[to] as ReadFact).fact.kind)) to++;
  return facts.slice(from, Math.max(to, from + 1));
}

function isToStore({ fact, receipt }: Entry): boolean {
  return receipt === undefined && !isPassing(fact);
}

function decideIn(taker: FactTaker, fact: Fact, at: number): Entry {
  try {
    return { at, fact: taker.decide(fact, at) };
  } catch (error) {
    // By a bug it is refused as well, on every node alike.
    const bug = new Refusal("internal", "It could not be decided");
    return { at, fact, receipt: { refused: error instanceof Refusal ? error : bug } };
  }
}

/** What entries came to, in short: alike on all nodes, or they have come apart. */
export function outcomeOf(entries: readonly Entry[]): string {
  return entries.map(({ receipt }) => inShort(receipt)).join(" ");
}

function inShort(receipt: Receipt | undefined): string {
  if (receipt === undefined) return "-";
  if ("seq" in receipt) return `${receipt.seq}${receipt.n === undefined ? "" : `/${receipt.n}`}`;
  if ("again" in receipt) return `=${receipt.again.seq}`;
  return "refused" in receipt ? receipt.refused.code : "absent";
}
