/**
 * What one node makes of the stream: each message is read, compared and applied, in order, or the node stops
 * with a sentence that says why. It sends nothing.
 */

import type { Entry } from "../chat/log/fact.ts";
import { timeAfter } from "../chat/log/times.ts";
import type { LogPlace } from "../store/applied_notes.ts";
import type { AppliedStore } from "../store/applied_store.ts";
import { applyFacts, type FactTaker, outcomeOf, type ReadFact } from "./applying.ts";
import {
  decodeBatch,
  isNodeRecord,
  KNOWN_LEVEL,
  levelFlaw,
  type LogBatch,
  type NodeRecord,
  UnreadableBatch,
} from "./batch.ts";
import { Chain } from "./chain.ts";
import { type BatchVerdict, Incarnations } from "./incarnations.ts";
import { Memory } from "./memory.ts";
import type { QueuedRecord } from "./sending.ts";
import type { StreamMessage } from "./stream.ts";

/** The hash of the chain before the first message. */
const NO_HASH = "";

/** Thrown when a node can't go on; the message is a sentence for whoever runs it. */
export class CannotGoOn extends Error {
  override readonly name = "CannotGoOn";
}

/** What stands for a message that is no batch of this cluster: nobody has sent it. */
const STRANGE: LogBatch = { level: 1, cluster: "", inc: "", b: 0, seen: 0, hash: "", records: [] };

/** Options of a {@linkcode Replica}. */
export interface ReplicaOptions {
  /** The highest level of the log that can be read; by default {@linkcode KNOWN_LEVEL}. */
  readonly knows?: number;
  /** An option of {@linkcode Memory}. */
  readonly noteAfter?: number;
  /** A clock that never leaps, in ms. */
  readonly passed?: () => number;
  /** Told of a message that none of the nodes has written, in a sentence. */
  readonly onStrange?: (text: string) => void;
}

/** A message that was applied. */
export interface TakenBatch {
  readonly batch: LogBatch;
  readonly verdict: BatchVerdict | "strange";
  /** What of the batch was sent from here, by the places of its records. */
  readonly own: readonly QueuedRecord[];
}

/** One node's copy of what is agreed. */
export class Replica {
  readonly #store: AppliedStore;
  readonly #cluster: string;
  readonly #taker: FactTaker;
  readonly #knows: number;
  readonly #chain: Chain;
  readonly memory: Memory;
  readonly #incarnations: Incarnations;
  /** Batches that were read and did not count, by why. */
  readonly ignored = { again: 0, early: 0, dead: 0, strange: 0 };
  /** Whether another node has made something else of what was read. */
  hasDiverged = false;
  /** Messages that could not be applied. */
  failures = 0;
  #place: LogPlace;
  #level: number;
  #facts = 0;
  #batches = 0;
  readonly #onStrange: (text: string) => void;
  readonly #passed: () => number;
  /** When the last message was read, by that clock. */
  #readAt: number;

  /** Goes on where the store stands. */
  constructor(
    store: AppliedStore,
    cluster: string,
    taker: FactTaker,
    {
      knows = KNOWN_LEVEL,
      noteAfter,
      onStrange = () => {},
      passed = () => performance.now(),
    }: ReplicaOptions = {},
  ) {
    this.#passed = passed;
    this.#readAt = passed();
    this.#onStrange = onStrange;
    this.#store = store;
    this.#cluster = cluster;
    this.#taker = taker;
    this.#knows = knows;
    this.#place = store.place ?? { seq: 0, at: 0, hash: NO_HASH };
    this.#chain = new Chain(store.place);
    this.memory = new Memory(store.notes, this.#place, noteAfter);
    this.#level = this.memory.level;
    this.#incarnations = new Incarnations(this.memory.incarnations);
  }

  /** Up to where it has applied the stream. */
  get place(): LogPlace {
    return this.#place;
  }

  /**
   * What time it is in the stream, in ms since 1970: that of its last message, and what has passed since that was
   * read. All nodes go by it, whatever the clocks of their machines say. NaN: nothing has been read.
   */
  get now(): number {
    const { seq, at } = this.#place;
    return seq === 0 ? NaN : Math.floor(at + this.#passed() - this.#readAt);
  }

  /** The level of the log that was agreed on there. */
  get level(): number {
    return this.#level;
  }

  /** Why it can't go on from there, in a sentence; `undefined`: it can. */
  get flaw(): string | undefined {
    const flaw = levelFlaw(this.#level, this.#knows);
    return flaw === undefined ? undefined : `the data of this node are ${flaw}`;
  }

  /** The incarnations that live there. */
  get alive(): Incarnations["alive"] {
    return this.#incarnations.alive;
  }

  isDead(inc: string): boolean {
    return this.#incarnations.get(inc)?.isDead === true;
  }

  /** Batches that counted since the start, and the records in them. */
  get applied(): { readonly batches: number; readonly records: number } {
    return { batches: this.#batches, records: this.#facts };
  }

  /**
   * Applies the next message. `ownOf` gives what was sent from here in a batch that counts. Throws a
   * {@linkcode CannotGoOn}; then nothing more can be applied.
   */
  take(
    { seq, at, data }: StreamMessage,
    ownOf: (batch: LogBatch) => readonly QueuedRecord[],
  ): TakenBatch {
    const batch = this.#checked(seq, data);
    const verdict = batch === STRANGE ? "strange" : this.#incarnations.take(batch.inc, batch.b);
    if (verdict === "counts") this.#checkLevel(batch);
    else this.ignored[verdict]++;
    const own = verdict === "counts" ? ownOf(batch) : [];
    const time = timeAfter(this.#place.at, at);
    const readAt = this.#passed();
    try {
      this.#place = this.#store.apply(() => {
        const entries = verdict === "counts" ? this.#apply(batch, own, time) : [];
        const hash = this.#chain.next(this.#place.hash, seq, data, outcomeOf(entries));
        this.memory.enter(seq, entries, this.#incarnations);
        return { seq, at: time, hash, counts: this.#incarnations.counts };
      });
      // Not before its place: what is told meanwhile would see the time go back.
      this.#readAt = readAt;
    } catch (error) {
      this.failures++;
      const { message } = error as Error;
      throw new CannotGoOn(`message ${seq} of the stream could not be applied: ${message}`);
    }
    return { batch, verdict, own };
  }

  /**
   * Reads a message, and compares what its sender knew with what is known here. What no node of this cluster has
   * written is left out, by all of them alike: whoever else can write there would stop them all otherwise.
   */
  #checked(seq: number, data: Uint8Array): LogBatch {
    const { seq: last } = this.#place;
    if (seq !== last + 1) {
      throw new CannotGoOn(`the stream went from ${last} to ${seq}: something is missing`);
    }
    const batch = this.#readable(seq, data);
    if (batch === STRANGE) return batch;
    // That the stream is still that of this cluster was looked at before any of it was read: see own_stream.ts.
    if (batch.cluster !== this.#cluster) {
      return this.#strange(seq, `it is of the cluster ${batch.cluster}`);
    }
    if (!this.#chain.differs(batch.seen, batch.hash)) return batch;
    this.hasDiverged = true;
    throw new CannotGoOn(
      `this node has come apart from ${batch.inc}: they have not made the same of what came up to ` +
        `message ${batch.seen}; the one of the two that differs from all others needs a copy of their data`,
    );
  }

  #readable(seq: number, data: Uint8Array): LogBatch {
    try {
      return decodeBatch(data, this.#knows);
    } catch (error) {
      if (!(error instanceof UnreadableBatch)) throw error;
      if (error.newerOf !== this.#cluster) return this.#strange(seq, error.message);
      throw new CannotGoOn(`message ${seq} of the stream can't be read: ${error.message}`);
    }
  }

  #strange(seq: number, why: string): LogBatch {
    this.#onStrange(`Message ${seq} of the log is none of a node, and is left out: ${why}`);
    return STRANGE;
  }

  /** Nothing can be read after a level that this program does not know: the node stops before, as it stands. */
  #checkLevel({ records }: LogBatch): void {
    for (const record of records) {
      const flaw = record.kind === "level" ? levelFlaw(record.level, this.#knows) : undefined;
      if (flaw !== undefined) throw new CannotGoOn(`what comes next in the stream is ${flaw}`);
    }
  }

  /** Applies the records of a batch: facts in as long runs as possible, and what nodes say in between. */
  #apply(batch: LogBatch, own: readonly QueuedRecord[], at: number): Entry[] {
    const facts: ReadFact[] = [];
    batch.records.forEach((record, place) => {
      const ticket = own[place]?.ticket;
      if (!isNodeRecord(record)) {
        const fact = record.kind === "enter" ? { ...record, node: batch.inc } : record;
        facts.push({ fact, ticket });
      } else {
        const lost = this.#takeIn(batch.inc, record);
        facts.push(...lost.map((node) => ({ fact: { kind: "lost", node }, ticket }) as const));
      }
    });
    this.#batches++;
    this.#facts += batch.records.length;
    return applyFacts(this.#store, this.#taker, facts, at);
  }

  /** Takes in what a node says of itself or of others; returns the incarnations that are dead by it. */
  #takeIn(inc: string, record: NodeRecord): readonly string[] {
    switch (record.kind) {
      case "here":
        return this.#incarnations.here(inc, record.node);
      case "node-dead":
        return this.#incarnations.die(record.inc) ? [record.inc] : [];
      case "level":
      case "config":
        this.#raise(record.level ?? 1);
    }
    return [];
  }

  /** Notes the level that is agreed on from here on. */
  #raise(level: number): void {
    if (level <= this.#level) return;
    this.#level = this.memory.level = level;
  }
}
