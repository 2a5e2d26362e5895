/** The history that is gone when the process ends: the log of facts in memory, as a history. */

import type { Draft, History, Outcome, Page, Range, Search, TopicDraft } from "./history.ts";
import type { LogKey, RoomLog } from "./log_key.ts";
import type { LogFigures } from "./log/figures.ts";
import { MemoryLog, type MemoryLogOptions } from "./log/memory_log.ts";
import { factOf, Said } from "./said.ts";
import type { Named } from "./sanctions.ts";

/** Keeps the last messages of each room until the process ends. */
export class MemoryHistory implements History {
  /** What it stands on. Sessions go by their secrets in it, which leave memory with it. */
  readonly log: MemoryLog;

  constructor(options: MemoryLogOptions) {
    this.log = new MemoryLog(options);
  }

  get epoch(): string {
    return this.log.epoch;
  }

  get figures(): LogFigures {
    return this.log.figures;
  }

  /** Bytes that the kept messages take, estimated. */
  get bytes(): number {
    return this.log.bytes;
  }

  last(log: LogKey): number {
    return this.log.last(log);
  }

  rooms(): Named[] {
    return this.log.rooms();
  }

  has(log: RoomLog): boolean {
    return this.log.has(log);
  }

  topic(log: RoomLog): string {
    return this.log.topic(log);
  }

  keptBy(): number {
    return this.log.keptBy();
  }

  removeEmpty(): void {
    this.log.removeEmpty();
  }

  append(draft: Draft, done: (outcome: Outcome) => void): void {
    this.log.put(factOf(draft, draft.log, draft.session), new Said(draft, done));
  }

  setTopic(topic: TopicDraft, done: (refusal?: never) => void): void {
    this.log.put({ ...topic, kind: "topic", from: "" }, { done: () => done() });
  }

  page(log: LogKey, range: Range): Page {
    return this.log.page(log, range);
  }

  search(search: Search): Promise<Page> {
    return this.log.search(search);
  }

  recall(): boolean {
    return this.log.recall();
  }

  keepSession(session: string): void {
    this.log.put({ kind: "session-use", hashes: [session] });
  }

  forgetSession(session: string): void {
    this.log.put({ kind: "session-forget", hashes: [session] });
  }

  settled(): undefined {
    return this.log.settled();
  }
}
