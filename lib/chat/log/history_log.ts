/**
 * A log of facts over a history and records, which each keep their own: what is put is handed to them.
 * Sessions go by their secrets in those, so here the hash of one is the secret itself.
 */

import type { History, Outcome, Page, Range, Search } from "../history.ts";
import type { LogKey, RoomLog } from "../log_key.ts";
import type { Kept, Records } from "../records.ts";
import { Refusal } from "../refusal.ts";
import type { Named } from "../sanctions.ts";
import type {
  DirectFact,
  Fact,
  Hash,
  PeopleFact,
  Receipt,
  SayFact,
  Ticket,
  TopicFact,
} from "./fact.ts";
import type { Index, KeptLog, OnEntry } from "./fact_log.ts";
import type { LogFigures } from "./figures.ts";
import { timeAfter } from "./time_after.ts";

/** What a message is refused with that was only to be looked for. */
const ABSENT = new Refusal("absent", "It was not stored before");

/** Puts facts that stay into a history and records. */
export class HistoryLog implements KeptLog, Index {
  readonly #history: History;
  readonly #records: Records;
  readonly #now: () => number;
  #last = -Infinity;
  /** The time of the message that was told last, as it is written and in ms. */
  #at = "";
  #atMs = 0;
  onEntry: OnEntry = () => {};
  onPeople: (people: Kept) => void = () => {};

  /** `now` is in ms since 1970. */
  constructor(history: History, records: Records, now: () => number) {
    this.#history = history;
    this.#records = records;
    this.#now = now;
    records.onChanged = (people) => this.onPeople(people);
  }

  put(fact: Fact, ticket?: Ticket): Promise<void> | undefined {
    switch (fact.kind) {
      case "say":
        return this.#history.append(fact, (outcome) => this.#said(fact, outcome, ticket)) ??
          undefined;
      case "direct":
        return this.#putDirect(fact, ticket);
      case "topic":
        return this.#putTopic(fact, ticket);
      case "people":
        return void this.#putPeople(fact, ticket);
      case "session-use":
        for (const hash of fact.hashes) this.#history.keepSession(hash);
        return this.#tell(fact, ticket);
      case "session-forget":
        for (const hash of fact.hashes) this.#history.forgetSession(hash);
        return this.#tell(fact, ticket);
      default:
        return this.#tell(fact, ticket);
    }
  }

  get index(): Index {
    return this;
  }

  get epoch(): string {
    return this.#history.epoch;
  }

  get trouble(): string | undefined {
    return this.#history.trouble;
  }

  get figures(): LogFigures {
    return this.#history.figures ?? { waiting: 0, waitingMs: 0, parcels: 0, parcelFacts: 0 };
  }

  get people(): Kept {
    return this.#records.kept;
  }

  last(log: LogKey): number {
    return this.#history.last(log);
  }

  rooms(): Iterable<Named> {
    return this.#history.rooms();
  }

  has(log: RoomLog): boolean {
    return this.#history.has(log);
  }

  topic(log: RoomLog): string {
    return this.#history.topic(log);
  }

  keptBy(opener: string): number {
    return this.#history.keptBy(opener);
  }

  page(log: LogKey, range: Range): Page | Promise<Page> {
    return this.#history.page(log, range);
  }

  search(search: Search): Page | Promise<Page> {
    return this.#history.search(search);
  }

  recall(session: Hash): boolean | Promise<boolean> {
    return this.#history.recall(session);
  }

  audit(limit: number): ReturnType<Records["audit"]> {
    return this.#records.audit(limit);
  }

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    this.#history.removeEmpty(isOpen);
  }

  settled(): Promise<void> | undefined {
    return this.#history.settled();
  }

  #putDirect(fact: DirectFact, ticket: Ticket | undefined): Promise<void> | undefined {
    const draft = fact.onlyAgain ? { ...fact, unless: ABSENT } : fact;
    return this.#history.append(draft, (outcome) => this.#said(fact, outcome, ticket)) ?? undefined;
  }

  #putTopic(fact: TopicFact, ticket: Ticket | undefined): undefined {
    this.#history.setTopic(
      fact,
      (refused) => this.#tell(fact, ticket, refused === undefined ? undefined : { refused }),
    );
  }

  async #putPeople(fact: PeopleFact, ticket: Ticket | undefined): Promise<void> {
    let receipt: Receipt | undefined;
    try {
      await this.#records.save(fact.changes);
    } catch (error) {
      // What is no refusal is thrown as it is by whoever asked.
      receipt = { refused: error as Refusal };
    }
    this.#tell(fact, ticket, receipt);
  }

  #said(fact: SayFact | DirectFact, outcome: Outcome, ticket: Ticket | undefined): void {
    if (outcome.kind === "stored") {
      const { seq, at } = outcome.message;
      this.#last = this.#msOf(at);
      return this.onEntry({ at: this.#last, fact, receipt: { seq } }, ticket);
    }
    if (outcome.kind === "again") return this.#tell(fact, ticket, { again: outcome.receipt });
    const { refusal: refused } = outcome;
    this.#tell(fact, ticket, refused === ABSENT ? { absent: true } : { refused });
  }

  /** Tells what has no time of its own. */
  #tell(fact: Fact, ticket: Ticket | undefined, receipt?: Receipt): undefined {
    const at = this.#last = timeAfter(this.#last, this.#now());
    this.onEntry(receipt === undefined ? { at, fact } : { at, fact, receipt }, ticket);
  }

  /** Many messages have one time. */
  #msOf(at: string): number {
    if (at !== this.#at) {
      this.#at = at;
      this.#atMs = Date.parse(at);
    }
    return this.#atMs;
  }
}
