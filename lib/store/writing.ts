/** The one that writes the database, and what waits for it: one parcel under way, one gathering. */

import type { Cut, StayingFact, Ticket } from "../chat/log/fact.ts";
import type { LogFigures } from "../chat/log/fact_log.ts";
import { within } from "../wire/within.ts";
import type { FromWriter, OpenedStore, ToWriter, WriterOptions } from "./calls.ts";
import { missed, Parcel, type Receipts } from "./packing.ts";
import { onItsOwnThread, onThisThread, type WriterPlace } from "./threads.ts";
import { StoreError } from "./faults.ts";

/** Pages of the log that a commit takes at least, and UTF-16 code units that take another one. */
const COMMIT_PAGES = 3;
const PAGE_LENGTH = 1_000;
/** So many are worth writing into the database. */
const LOG_PAGES = 2_048;

/** The one writer of a database. */
export class Writing {
  #place: WriterPlace | undefined;
  readonly #onProblem: (text: string) => void;
  /** Told of each parcel that has been dealt with; without receipts nothing of it was stored. */
  onParcel: (parcel: Parcel, receipts: Receipts | undefined) => void = () => {};
  /** Told of logs that have lost messages. */
  onPruned: (logs: readonly Cut[]) => void = () => {};
  /** Told that the log is long enough to be written into the database; for a writer on this thread. */
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
  /** Parcels that were stored, and the facts in them. */
  #parcels = 0;
  #facts = 0;

  constructor(onProblem: (text: string) => void) {
    this.#onProblem = onProblem;
  }

  /** Why what is told of now could not be stored. */
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

  /** What is wrong with the files, so that nothing can be stored. */
  get trouble(): string | undefined {
    return this.#dead ?? this.#trouble;
  }

  /** Opens the database. Rejects with a {@linkcode StoreError}. */
  async open(options: WriterOptions): Promise<OpenedStore> {
    this.#opening = Promise.withResolvers();
    const take = (message: FromWriter): void => this.#take(message);
    this.#place = options.durability === "normal"
      ? await onThisThread(take)
      : onItsOwnThread(take, (why) => this.#broke(why));
    this.#send({ type: "open", options });
    return await this.#opening.promise;
  }

  /**
   * Has a fact stored after those that wait. `length` is what it takes meanwhile, in UTF-16 code units,
   * and `opener` a message's, hidden.
   */
  put(fact: StayingFact, ticket: Ticket | undefined, length: number, opener: string): void {
    const parcel = this.#gathering;
    parcel.packer.add(fact, opener);
    parcel.add(fact, ticket, length);
    this.#schedule();
  }

  /** Settles when so much or less waits; `undefined`: it does already. */
  below(limit: number): Promise<void> | undefined {
    if (this.#length <= limit) return undefined;
    this.#lowWater = limit / 2;
    this.#below ??= Promise.withResolvers();
    return this.#below.promise;
  }

  /** Settles when all that waits now has been dealt with; `undefined`: nothing does. */
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
   * Stores what waits, closes the database once `others` have let go of it, and ends the thread; gives
   * up after `withinMs`. Resolves with how many messages and changes nobody knows to be stored.
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
    if (this.#dead !== undefined || this.#place === undefined) return;
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

  /** All that one task brings goes out together, once the writer is free. */
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

  /** Tells of the parcel that was under way, and sends the next one. */
  #finish(receipts: Receipts | undefined): void {
    const parcel = this.#underWay;
    this.#underWay = undefined;
    // The writer is busy again while this thread tells what it has done; one that has ended does nothing.
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

  /** The writer's thread has ended by itself. */
  #broke(why: string): void {
    // Before it was open, whoever opens it is told instead.
    if (this.#isOpen && this.#dead === undefined) {
      this.#onProblem(
        `Messages are refused until the server is started again: what stores them has ended (${why})`,
      );
    }
    this.#die(why);
  }

  /** The writer has ended: everything is refused from here on. */
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
