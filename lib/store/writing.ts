/** The server's side of the writer: one parcel is being stored while the next one is gathered. */

import type { Cut, StayingFact, Ticket } from "../chat/log/fact.ts";
import type { LogFigures } from "../chat/log/fact_log.ts";
import { within } from "../wire/within.ts";
import type { FromWriter, OpenedStore, StoreRules, ToWriter, WriterOptions } from "./calls.ts";
import { type Hidden, missed, Parcel, type Receipts } from "./packing.ts";
import { type BeforeReading, onItsOwnThread, onThisThread, type WriterPlace } from "./threads.ts";
import { StoreError } from "./faults.ts";
import type { Durability } from "./schema.ts";

/** The fewest pages that a commit adds to SQLite's write-ahead log. */
const COMMIT_PAGES = 3;
/** How much text adds one more page, in UTF-16 code units; a rough estimate. */
const PAGE_LENGTH = 1_000;
/** After about this many pages (8 MiB), the write-ahead log is copied into the database. */
const LOG_PAGES = 2_048;

/** What the index needs of the writer. */
export interface IndexedWriter extends Pick<Writing, "settled" | "index" | "trouble"> {
  /** Called with what another thread is to be asked, and how: once all is there for it that was told. */
  readonly beforeReading?: BeforeReading;
}

/** Sends facts to the one writer of a database, and takes its answers. */
export class Writing {
  #place: WriterPlace | undefined;
  readonly #onProblem: (text: string) => void;
  /** Called when the writer is done with a parcel; without receipts, nothing in it was stored. */
  onParcel: (parcel: Parcel, receipts: Receipts | undefined) => void = () => {};
  /** Called when upkeep has removed old messages from logs. */
  onPruned: (logs: readonly Cut[]) => void = () => {};
  /** Called with blobs that no message brings any more. */
  onLetGo: (sha256s: readonly string[]) => void = () => {};
  /** Called when something was removed that the write-ahead log still has. */
  onErased: () => void = () => {};
  /** Called about once per {@linkcode LOG_PAGES} of log; for a writer on this thread. */
  onLongLog: () => void = () => {};
  #gathering = new Parcel();
  #underWay: Parcel | undefined;
  #scheduled = false;
  #opening: PromiseWithResolvers<OpenedStore> | undefined;
  #closing: PromiseWithResolvers<void> | undefined;
  #indexing: PromiseWithResolvers<void> | undefined;
  #below: PromiseWithResolvers<void> | undefined;
  #lowWater = 0;
  #isOpen = false;
  #dead: string | undefined;
  #failing: string | undefined;
  #trouble: string | undefined;
  #logPages = 0;
  /** How many parcels were stored, and how many facts they held. */
  #parcels = 0;
  #facts = 0;

  constructor(onProblem: (text: string) => void) {
    this.#onProblem = onProblem;
  }

  /** Why facts can't be stored at the moment. */
  get why(): string {
    return this.#dead ?? this.#failing ?? "the disk can't be written";
  }

  /** What waits, and what has been stored; see {@linkcode LogFigures}. */
  get figures(): LogFigures {
    const waiting = [this.#underWay, this.#gathering].filter((parcel) => parcel?.facts.length);
    const [oldest] = waiting;
    return {
      waiting: waiting.reduce((sum, parcel) => sum + (parcel?.facts.length ?? 0), 0),
      waitingMs: oldest === undefined ? 0 : performance.now() - oldest.since,
      parcels: this.#parcels,
      parcelFacts: this.#facts,
    };
  }

  /** Why nothing can be stored: the writer has ended, or somebody has changed its files. */
  get trouble(): string | undefined {
    return this.#dead ?? this.#trouble;
  }

  /**
   * Starts the writer, which takes as long as loading its code. Settles when {@linkcode open} may be
   * called.
   */
  async start(durability: Durability): Promise<void> {
    const take = (message: FromWriter): void => this.#take(message);
    this.#place = durability === "normal"
      ? await onThisThread(take)
      : onItsOwnThread(take, (why) => this.#broke(why));
  }

  /** Opens the database. Rejects with a {@linkcode StoreError}. */
  async open(options: WriterOptions): Promise<OpenedStore> {
    this.#opening = Promise.withResolvers();
    this.#send({ type: "open", options });
    return await this.#opening.promise;
  }

  /** Stores a fact after those that are waiting. `length` is its size while it waits, in UTF-16 code units. */
  put(fact: StayingFact, ticket: Ticket | undefined, length: number, hidden: Hidden): void {
    const parcel = this.#gathering;
    parcel.packer.add(fact, hidden);
    parcel.add(fact, ticket, length);
    this.#schedule();
  }

  /** Has the writer keep by these rules from now on. */
  change(rules: StoreRules): void {
    this.#send({ type: "change", rules });
  }

  /**
   * Returns `undefined` if at most `limit` UTF-16 code units wait. Otherwise the promise settles
   * once at most half of `limit` waits.
   */
  below(limit: number): Promise<void> | undefined {
    if (this.#length <= limit) return undefined;
    this.#lowWater = limit / 2;
    this.#below ??= Promise.withResolvers();
    return this.#below.promise;
  }

  /** Settles when the writer is done with all that waits now; `undefined` if nothing waits. */
  settled(): Promise<void> | undefined {
    const last = this.#gathering.facts.length === 0 ? this.#underWay : this.#gathering;
    if (last === undefined) return undefined;
    last.settled ??= Promise.withResolvers();
    return last.settled.promise;
  }

  /** Settles when every stored message is in the index of words. */
  index(): Promise<void> {
    if (this.#dead !== undefined) return Promise.resolve();
    if (this.#indexing !== undefined) return this.#indexing.promise;
    const { promise } = this.#indexing = Promise.withResolvers<void>();
    this.#send({ type: "index" });
    return promise;
  }

  /**
   * Stores what waits, closes the database once `others` have closed it, and ends the thread. Gives
   * up after `withinMs`. Resolves with how many messages and changes may not have been stored.
   */
  async close(withinMs = Infinity, others: Promise<unknown> = Promise.resolve()): Promise<number> {
    await within(withinMs, this.#closed(others));
    const unsettled = missed(this.#gathering) + missed(this.#underWay);
    this.#place?.end();
    this.#die("the server is stopping");
    return unsettled;
  }

  async #closed(others: Promise<unknown>): Promise<void> {
    await this.settled();
    await others;
    if (this.#dead !== undefined || !this.#isOpen) return;
    this.#closing ??= Promise.withResolvers();
    this.#send({ type: "close" });
    await this.#closing.promise;
  }

  get #length(): number {
    return this.#gathering.length + (this.#underWay?.length ?? 0);
  }

  #send(message: ToWriter, transfer: Transferable[] = []): void {
    this.#place?.send(message, transfer);
  }

  /** Sends all facts put in the same task as one parcel, once the writer is free. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay !== undefined) return;
    if (this.#gathering.facts.length === 0) return;
    this.#scheduled = true;
    this.#place?.soon(this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    const parcel = this.#gathering;
    if (this.#underWay !== undefined || parcel.facts.length === 0) return;
    this.#gathering = new Parcel();
    this.#underWay = parcel;
    if (this.#dead !== undefined) return this.#finish(undefined);
    const packed = parcel.packer.pack();
    this.#countLog(parcel.length);
    this.#send({ type: "append", packed }, [packed.columns.buffer]);
  };

  #countLog(length: number): void {
    this.#logPages += COMMIT_PAGES + Math.ceil(length / PAGE_LENGTH);
    if (this.#logPages < LOG_PAGES) return;
    this.#logPages = 0;
    this.onLongLog();
  }

  #take(message: FromWriter): void {
    switch (message.type) {
      case "opened":
        this.#isOpen = true;
        return this.#opening?.resolve(message);
      case "unusable":
        this.#opening?.reject(
          new StoreError(
            message.known ? message.text : `its files can't be used (${message.text}); name ` +
              "another directory with --data, or keep nothing with --memory",
          ),
        );
        return this.#die(message.text);
      case "stored":
        if (this.#failing !== undefined) this.#onProblem("Messages can be stored again");
        this.#failing = undefined;
        return this.#finish(message.receipts);
      case "failed":
        if (this.#failing === undefined && this.#trouble === undefined) {
          this.#onProblem(`Messages can't be stored, and are refused: ${message.why}`);
        }
        this.#failing = message.why;
        return this.#finish(undefined);
      case "indexed":
        this.#indexing?.resolve();
        return this.#indexing = undefined;
      case "pruned":
        return this.onPruned(message.rooms);
      case "let-go":
        return this.onLetGo(message.sha256s);
      case "erased":
        return this.onErased();
      case "problem":
        return this.#onProblem(message.text);
      case "trouble":
        this.#trouble = message.text;
        return this.#onProblem(
          message.text === undefined
            ? "The files of the stored messages are again as they were"
            : `Messages are refused: ${message.text} while the server runs; stop it, put its files ` +
              "right, and start it again",
        );
      case "closed":
        return this.#closing?.resolve();
    }
  }

  /** Sends the next parcel, and reports the one that was under way. */
  #finish(receipts: Receipts | undefined): void {
    const parcel = this.#underWay;
    this.#underWay = undefined;
    // Send the next one first, so that the writer works while this thread reports. A writer
    // that has ended does nothing, so there is no hurry.
    if (this.#dead === undefined) this.#flush();
    if (parcel === undefined) return;
    if (receipts !== undefined) {
      this.#parcels++;
      this.#facts += parcel.facts.length;
    }
    try {
      this.onParcel(parcel, receipts);
    } finally {
      if (this.#below !== undefined && this.#length <= this.#lowWater) {
        this.#below.resolve();
        this.#below = undefined;
      }
      parcel.settled?.resolve();
      this.#schedule();
    }
  }

  /** Called when the writer's thread has ended by itself. */
  #broke(why: string): void {
    // While it is still opening, `open` rejects instead.
    if (this.#isOpen && this.#dead === undefined) {
      this.#onProblem(
        `Messages are refused until the server is started again: what stores them has ended (${why})`,
      );
    }
    this.#die(why);
  }

  /** Refuses everything from here on, since the writer has ended. */
  #die(why: string): void {
    if (this.#dead !== undefined) return;
    this.#dead = why;
    this.#opening?.reject(new StoreError(`The stored messages can't be opened: ${why}`));
    this.#closing?.resolve();
    this.#indexing?.resolve();
    if (this.#underWay !== undefined) this.#finish(undefined);
    this.#flush();
  }
}
