/** What waits for the writer and goes to it at once. */

import type { StayingFact, Ticket } from "../chat/log/fact.ts";
import { Packer } from "./packing.ts";

/** Facts that go to the writer at once, in the order in which they were put. */
export class Parcel {
  readonly packer = new Packer();
  readonly facts: StayingFact[] = [];
  readonly tickets: Array<Ticket | undefined> = [];
  /** When the first of them was put, in ms of `performance.now()`. */
  since = 0;
  length = 0;
  settled: PromiseWithResolvers<void> | undefined;

  /** Puts a fact after those that are there; `length` is what it takes, in UTF-16 code units. */
  add(fact: StayingFact, ticket: Ticket | undefined, length: number): void {
    if (this.facts.length === 0) this.since = performance.now();
    this.facts.push(fact);
    this.tickets.push(ticket);
    this.length += length;
  }
}

/** Messages, topics and changes of people in a parcel: what somebody would miss. */
export function missed(parcel: Parcel | undefined): number {
  return parcel?.facts.filter(({ kind }) => MISSED.has(kind)).length ?? 0;
}

const MISSED: ReadonlySet<string> = new Set(["say", "direct", "topic", "people"]);
