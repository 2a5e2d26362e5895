/** The one that writes the database, and what waits for it: one parcel under way, one gathering. */

import type { TopicDraft } from "../chat/history.ts";
import type { Refusal } from "../chat/refusal.ts";
import type { RoomLog } from "../chat/log_key.ts";
import type { Change } from "../chat/records.ts";
import type { FromWriter, ToWriter, WriterOptions } from "./calls.ts";
import type { Receipts } from "./packing.ts";
import { type Addressed, type OnStored, Parcel } from "./parcel.ts";
import { onItsOwnThread, onThisThread, type Place } from "./place.ts";
import type { Pruned } from "./retention.ts";
import { notStored, roomLimit } from "./refusals.ts";
import type { Removed } from "./remove_rooms.ts";
import { StoreError } from "./schema.ts";
import { within } from "./within.ts";

type Opened = Extract<FromWriter, { type: "opened" }>;

/** Pages of the log that a commit takes at least, and UTF-16 code units that take another one. */
const COMMIT_PAGES = 3;
const PAGE_LENGTH = 1_000;
/** So many are worth writing into the database. */
const LOG_PAGES = 2_048;

/** The one writer of a database. */
export class Writing {
  #place: Place | undefined;
  readonly #onProblem: (text: string) => void;
  /** Told of rooms that have lost messages. */
  onPruned: (rooms: readonly Pruned[]) => void = () => {};
  /** Told of rooms that are gone. */
  onRemoved: (removed: Removed) => void = () => {};
  /** Told that the log is long enough to be written into the database; for a writer on this thread. */
  onLongLog: () => void = () => {};
  readonly #recording: Array<(failed: string | undefined) => void> = [];
  #gathering = new Parcel();
  #underWay: Parcel | undefined;
  #scheduled = false;
  #opening: PromiseWithResolvers<Opened> | undefined;
  #closing: PromiseWithResolvers<void> | undefined;
  #indexing: PromiseWithResolvers<void> | undefined;
  #below: PromiseWithResolvers<void> | undefined;
  #lowWater = 0;
  #at = "";
  #isOpen = false;
  #dead: string | undefined;
  #failing: string | undefined;
  #trouble: string | undefined;
  #logPages = 0;
  /** The room, one too many, of the topic that is told of. */
  #tooMany: string | undefined;

  constructor(onProblem: (text: string) => void) {
    this.#onProblem = onProblem;
  }

  /** When the parcel that is told of was stored, RFC 3339. */
  get at(): string {
    return this.#at;
  }

  /** Why what is told of now could not be stored. */
  get refusal(): Refusal {
    if (this.#tooMany !== undefined) return roomLimit(this.#tooMany);
    const why = this.#dead ?? this.#failing ?? "the disk can't be written";
    return notStored(why, this.trouble !== undefined);
  }

  /** What is wrong with the files, so that nothing can be stored. */
  get trouble(): string | undefined {
    return this.#dead ?? this.#trouble;
  }

  /** Opens the database. Rejects with a {@linkcode StoreError}. */
  async open(options: WriterOptions): Promise<Opened> {
    this.#opening = Promise.withResolvers();
    const take = (message: FromWriter): void => this.#take(message);
    this.#place = options.durability === "normal"
      ? await onThisThread(take)
      : onItsOwnThread(take, (why) => this.#broke(why));
    this.#send({ type: "open", options });
    return await this.#opening.promise;
  }

  /** Has a draft stored. `length` is what it takes while it waits, in UTF-16 code units. */
  append(
    { log, draft, opener }: Addressed,
    length: number,
    onStored: OnStored,
  ): void {
    const parcel = this.#gathering;
    parcel.packer.add(log, draft, opener);
    parcel.onStored.push(onStored);
    parcel.length += length;
    this.#schedule();
  }

  setTopic(
    { log, title, text, opener = "" }: TopicDraft,
    done: (stored: boolean) => void,
  ): void {
    this.#gathering.packer.topics.push(log, title, text, opener);
    this.#gathering.onTopics.push({ title, done });
    this.#schedule();
  }

  keep(session: string): void {
    this.#gathering.packer.kept.push(session);
    this.#schedule();
  }

  forget(session: string): void {
    this.#gathering.packer.forgotten.push(session);
    this.#schedule();
  }

  /** Has rooms removed of which nothing is kept, before what is stored next. */
  removeEmpty(rooms: readonly RoomLog[]): void {
    this.#send({ type: "remove", rooms });
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
    const last = this.#gathering.packer.isEmpty ? this.#underWay : this.#gathering;
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

  /** Keeps changes of people; resolves with why that failed, if it did. */
  record(changes: readonly Change[]): Promise<string | undefined> {
    if (this.#dead !== undefined) return Promise.resolve(this.#dead);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#recording.push(resolve);
    this.#send({ type: "record", changes });
    return promise;
  }

  /**
   * Stores what waits, closes the database once `others` have let go of it, and ends the thread; gives
   * up after `withinMs`. Resolves with how many messages and changes nobody knows to be stored.
   */
  async close(withinMs = Infinity, others: Promise<unknown> = Promise.resolve()): Promise<number> {
    await within(this.#closed(others), withinMs);
    const unsettled = this.#gathering.count + (this.#underWay?.count ?? 0) +
      this.#recording.length;
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
    if (this.#scheduled || this.#underWay !== undefined || this.#gathering.packer.isEmpty) return;
    this.#scheduled = true;
    this.#place?.soon(this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    const parcel = this.#gathering;
    if (this.#underWay !== undefined || parcel.packer.isEmpty) return;
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
      case "recorded":
        return this.#recording.shift()?.(message.failed);
      case "pruned":
        return this.onPruned(message.rooms);
      case "removed":
        return this.onRemoved(message.removed);
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

  /** Tells everybody whose draft was in the parcel, and sends the next one. */
  #finish(receipts: Receipts | undefined): void {
    const parcel = this.#underWay;
    this.#underWay = undefined;
    // The writer is busy again while this thread tells what it has done.
    this.#flush();
    if (parcel === undefined) return;
    this.#tellTopics(parcel, receipts);
    if (receipts === undefined) {
      for (const done of parcel.onStored) done(undefined, 0, undefined);
    } else this.#tell(parcel, receipts);
    if (this.#below !== undefined && this.#length <= this.#lowWater) {
      this.#below.resolve();
      this.#below = undefined;
    }
    parcel.settled?.resolve();
    this.#schedule();
  }

  #tellTopics({ onTopics }: Parcel, receipts: Receipts | undefined): void {
    onTopics.forEach(({ title, done }, index) => {
      this.#tooMany = receipts?.topicsLeft.includes(index) ? title : undefined;
      done(receipts !== undefined && this.#tooMany === undefined);
    });
    this.#tooMany = undefined;
  }

  #tell(parcel: Parcel, receipts: Receipts): void {
    this.#at = new Date(receipts.at).toISOString();
    const odd = new Map(receipts.odd.map((each) => [each.index, each]));
    parcel.onStored.forEach((done, index) => done(receipts, index, odd.get(index)));
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
    for (const resolve of this.#recording.splice(0)) resolve(why);
    if (this.#underWay !== undefined) this.#finish(undefined);
    else this.#flush();
  }
}
