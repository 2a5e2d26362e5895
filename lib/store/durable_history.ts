/** The history on disk: the log of facts there, as a history. Sessions go by their secrets here. */

import type { Draft, History, Outcome, Page, Range, Search, TopicDraft } from "../chat/history.ts";
import type { LogKey, RoomLog } from "../chat/log_key.ts";
import type { LogFigures } from "../chat/log/figures.ts";
import type { Refusal } from "../chat/refusal.ts";
import { factOf, Said } from "../chat/said.ts";
import type { Named } from "../chat/sanctions.ts";
import type { DurableOptions } from "./durable_options.ts";
import { DurableRecords } from "./durable_records.ts";
import { Hashes } from "./hashes.ts";
import type { LocalIndex } from "./local_index.ts";
import { LocalLog } from "./local_log.ts";

/** A history that is there again after a restart. */
export class DurableHistory implements History, AsyncDisposable {
  /** What it stands on. */
  readonly log: LocalLog;
  /** Accounts, roles, bans and the audit trail, which are in the same database. */
  readonly records: DurableRecords;
  readonly #index: LocalIndex;
  readonly #hashes = new Hashes();

  private constructor(log: LocalLog) {
    this.log = log;
    this.#index = log.index;
    this.records = new DurableRecords(log);
  }

  /** As {@linkcode LocalLog.open}. */
  static async open(options: DurableOptions): Promise<DurableHistory> {
    return new DurableHistory(await LocalLog.open(options));
  }

  get epoch(): string {
    return this.#index.epoch;
  }

  get trouble(): string | undefined {
    return this.#index.trouble;
  }

  get figures(): LogFigures {
    return this.log.figures;
  }

  /** How much is kept: messages, in so many rooms. */
  get size(): { readonly messages: number; readonly rooms: number } {
    return this.#index.size;
  }

  last(log: LogKey): number {
    return this.#index.last(this.#hashes.log(log));
  }

  rooms(): readonly Named[] {
    return this.#index.rooms();
  }

  topic(log: RoomLog): string {
    return this.#index.topic(log);
  }

  has(log: RoomLog): boolean {
    return this.#index.has(log);
  }

  keptBy(opener: string): number {
    return this.#index.keptBy(opener);
  }

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    this.log.removeEmpty(isOpen);
  }

  append(draft: Draft, done: (outcome: Outcome) => void): void | Promise<void> {
    const session = draft.session === undefined ? undefined : this.#hashes.of(draft.session);
    const fact = factOf(draft, this.#hashes.log(draft.log), session);
    return this.log.put(fact, new Said(draft, done));
  }

  setTopic(topic: TopicDraft, done: (refusal?: Refusal) => void): void {
    this.log.put({ ...topic, kind: "topic", from: "" }, {
      done: ({ receipt }) =>
        receipt !== undefined && "refused" in receipt ? done(receipt.refused) : done(),
    });
  }

  page(log: LogKey, range: Range): Page | Promise<Page> {
    const { session: secret } = range;
    if (secret === undefined) return this.#index.page(this.#hashes.log(log), range);
    const session = this.#hashes.of(secret);
    const page = this.#index.page(this.#hashes.log(log), { ...range, session });
    return page instanceof Promise
      ? page.then((page) => bySecret(page, session, secret))
      : bySecret(page, session, secret);
  }

  search(search: Search): Promise<Page> {
    return this.#index.search(search);
  }

  recall(session: string): Promise<boolean> {
    return this.#index.recall(this.#hashes.of(session));
  }

  keepSession(session: string): void {
    this.log.put({ kind: "session-use", hashes: [this.#hashes.of(session)] });
  }

  forgetSession(session: string): void {
    this.log.put({ kind: "session-forget", hashes: [this.#hashes.of(session)] });
    this.#hashes.drop(session);
  }

  settled(): Promise<void> | undefined {
    return this.log.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log.close();
  }

  /** As {@linkcode LocalLog.close}. */
  close(withinMs = Infinity): Promise<number> {
    return this.log.close(withinMs);
  }
}

/** A page in which a session's own messages are by its secret. */
function bySecret(page: Page, hash: string, secret: string): Page {
  const entries = page.entries.map((entry) =>
    entry.session === hash ? { ...entry, session: secret } : entry
  );
  return { ...page, entries };
}
