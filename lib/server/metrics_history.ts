/** A history that is watched: what is stored is counted, and some of it timed. */

import type { Draft, History, Outcome, Page, Range, Search, TopicDraft } from "../chat/history.ts";
import type { LogKey, RoomLog } from "../chat/log_key.ts";
import type { LogFigures } from "../chat/log/figures.ts";
import type { Refusal } from "../chat/refusal.ts";
import type { Named } from "../chat/sanctions.ts";
import type { Metrics } from "./metrics.ts";

/** What a refusal is called where it is the store's fault. */
const NOT_STORED = "not-stored";

/** Hands everything on, and counts. */
export class WatchedHistory implements History {
  readonly #history: History;
  readonly #metrics: Metrics;
  /** A message is being timed: one at a time, so that a busy server pays next to nothing. */
  #timing = false;

  constructor(history: History, metrics: Metrics) {
    this.#history = history;
    this.#metrics = metrics;
  }

  get epoch(): string {
    return this.#history.epoch;
  }

  get trouble(): string | undefined {
    return this.#history.trouble;
  }

  get figures(): LogFigures | undefined {
    return this.#history.figures;
  }

  append(draft: Draft, done: (outcome: Outcome) => void): void | Promise<void> {
    if (this.#timing) {
      return this.#history.append(draft, (outcome) => {
        this.#count(outcome);
        done(outcome);
      });
    }
    this.#timing = true;
    const since = performance.now();
    return this.#history.append(draft, (outcome) => {
      this.#timing = false;
      this.#count(outcome);
      if (outcome.kind === "stored") {
        this.#metrics.commit?.observe((performance.now() - since) / 1_000);
        this.#metrics.follow(outcome.message, since);
      }
      done(outcome);
    });
  }

  setTopic(topic: TopicDraft, done: (refusal?: Refusal) => void): void {
    this.#history.setTopic(topic, (refusal) => {
      this.#stored(refusal);
      done(refusal);
    });
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

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    this.#history.removeEmpty(isOpen);
  }

  page(log: LogKey, range: Range): Page | Promise<Page> {
    return this.#history.page(log, range);
  }

  search(search: Search): Page | Promise<Page> {
    return this.#history.search(search);
  }

  recall(session: string): boolean | Promise<boolean> {
    return this.#history.recall(session);
  }

  keepSession(session: string): void {
    this.#history.keepSession(session);
  }

  forgetSession(session: string): void {
    this.#history.forgetSession(session);
  }

  settled(): Promise<void> | undefined {
    return this.#history.settled();
  }

  #count(outcome: Outcome): void {
    if (outcome.kind === "stored") this.#metrics.messages++;
    if (outcome.kind === "refused") this.#metrics.refused(outcome.refusal.code);
    this.#stored(outcome.kind === "refused" ? outcome.refusal : undefined);
  }

  #stored(refusal: Refusal | undefined): void {
    if (refusal === undefined) this.#metrics.storeFailedAt = undefined;
    else if (refusal.code === NOT_STORED) this.#metrics.storeFailedAt = performance.now();
  }
}
