/**
 * The log of facts of a node in a cluster. What is put goes into a stream that all nodes read; what is read
 * there is decided, stored and told by each, alike. An answer therefore comes when the node has read what it
 * sent itself, and has stored it: whatever the engine acknowledges says nothing to anybody.
 *
 * The ideas are those of a replicated state machine over a shared log, as in Tango (Balakrishnan et al., 2013)
 * and LogCabin: one order, deterministic application, and fences that are entries of the order themselves.
 */

import type { Fact, Ticket } from "../chat/log/fact.ts";
import type { FactLog, Index, LogFigures, OnEntry } from "../chat/log/fact_log.ts";
import { fitting } from "../chat/messages/fits.ts";
import type { RoomLog } from "../chat/messages/log_key.ts";
import type { Kept } from "../chat/people/records.ts";
import type { Refusal } from "../chat/refusal.ts";
import { isAnsweredAway, whenOver, whenTooLarge, whileAway, whileLate } from "./away.ts";
import { asRecord, encodeBatch, isNodeRecord, type LogRecord, MAX_RECORDS } from "./batch.ts";
import type { ClusterFigures, ClusterLogOptions } from "./cluster_log_options.ts";
import { cut, late, newIncarnation } from "./cluster_log_options.ts";
import type { Incarnation } from "./incarnations.ts";
import type { Memory } from "./memory.ts";
import { ownLast } from "./own_stream.ts";
import { CannotGoOn, Replica, type TakenBatch } from "./replica.ts";
import { BatchSending, type QueuedRecord } from "./sending.ts";
import type { StreamMessage, StreamReading } from "./stream.ts";

/** When so much waits to be sent, clients have to wait as well; in bytes of JSON. */
const MAX_WAITING_BYTES = 4_194_304;

/** How often a node looks whether its batches come back, in ms. */
const LOOK_MS = 250;

/** When nothing of its own came back for this long, a node sends a batch that says nothing; in ms. */
const QUIET_MS = 1_000;

/** When a batch was not read back for this long, the engine counts as away; in ms. */
const AWAY_MS = 5_000;

/** When nothing was read for so long either, its server may be cut off from the others; elections are shorter. */
const ELSEWHERE_MS = 9_000;

/** One node's log of facts over a stream. */
export class ClusterLog implements FactLog, Disposable {
  readonly decidesAgain = true;
  readonly people: Kept;
  readonly index: Index;
  /** What is remembered of the house over a restart. */
  readonly memory: Memory;
  onEntry: OnEntry = (entry, ticket) => ticket?.done(entry);
  onDecide: (fact: Fact, at: number) => Fact = (fact) => fact;
  readonly #options: ClusterLogOptions;
  readonly #replica: Replica;
  readonly #passed: () => number;
  readonly #sending: BatchSending;
  #inc = "";
  #reading: StreamReading | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #cameBackAt: number;
  #readAt = -Infinity;
  #isAway = false;
  #over: string | undefined;
  #settled: PromiseWithResolvers<void> | undefined;
  #below: PromiseWithResolvers<void> | undefined;
  /** Settles when all is applied that was in the stream at the start, and then again when `here` came back. */
  #reached: { readonly seq: number; readonly promise: PromiseWithResolvers<void> } | undefined;
  readonly #begun = Promise.withResolvers<void>();

  constructor(options: ClusterLogOptions) {
    const { store, cluster, stream, passed = () => performance.now() } = options;
    this.#options = options;
    this.#passed = passed;
    this.people = store.people;
    this.index = store.index;
    this.#replica = new Replica(store, cluster, {
      decide: (fact, at) => this.onDecide(fact, at),
      onEntry: (...told) => this.onEntry(...told),
    }, options);
    this.memory = this.#replica.memory;
    this.#cameBackAt = passed();
    this.#sending = new BatchSending({
      send: (b, records) => this.#send(b, records),
      maxBytes: () => stream.maxBytes,
      onTooLarge: (each, most) => this.#answer(each, whenTooLarge(each.bytes, most)),
      now: passed,
    });
    stream.onConnected = () => this.look();
  }

  get figures(): LogFigures {
    const { size, oldest } = this.#sending;
    const { batches, records } = this.#replica.applied;
    const waitingMs = oldest === undefined ? 0 : this.#passed() - oldest;
    return { waiting: size, waitingMs, parcels: batches, parcelFacts: records };
  }

  get cluster(): ClusterFigures {
    const { place, level, ignored, hasDiverged, failures } = this.#replica;
    return {
      ...{ incarnation: this.#inc, applied: place.seq, level, ignored, hasDiverged, failures },
      ...{ repeats: this.#sending.repeats, isAway: this.#isAway },
    };
  }

  /** What time it is in the log, in ms since 1970; that of this machine before anything was read. */
  get date(): number {
    return this.#replica.now || Date.now();
  }

  /** The incarnations that live, as of what was applied. */
  get nodes(): readonly Incarnation[] {
    return this.#replica.alive;
  }

  /**
   * Reads on from where the store stands, and begins as a new incarnation. Resolves when all is applied that
   * was in the stream before, and this node has read of itself; rejects when it can't go on.
   */
  async start(): Promise<void> {
    this.#inc = newIncarnation(this.#options);
    const { cluster, stream, node } = this.#options;
    const { place: { seq }, flaw } = this.#replica;
    const last = await ownLast(stream, cluster, seq);
    const why = flaw ?? (last < seq ? cut(seq, last) : undefined);
    if (why !== undefined) this.#stop(why);
    const promise = Promise.withResolvers<void>();
    this.#reached = { seq: last, promise };
    if (this.#over === undefined) {
      this.#reading = stream.read(seq + 1, {
        onMessage: (message) => this.#read(message),
        onLost: ({ first, last }) => {
          const { seq } = this.#replica.place;
          this.#stop(last < seq ? cut(seq, last) : late(seq, first));
        },
      });
      this.#timer = setInterval(() => this.look(), LOOK_MS);
    }
    this.#settle();
    await promise.promise;
    if (this.#over === undefined) this.#sending.begin({ kind: "here", node });
    await this.#begun.promise;
  }

  put(fact: Fact, ticket?: Ticket): Promise<void> | undefined {
    const record = asRecord(fact);
    const refused = this.#refusal(record);
    if (refused !== undefined) return void this.#answer({ record, ticket }, refused);
    this.#sending.put(record, ticket);
    if (this.#sending.bytes <= MAX_WAITING_BYTES) return undefined;
    this.#below ??= Promise.withResolvers();
    return this.#below.promise;
  }

  settled(): Promise<void> | undefined {
    if (this.#sending.size === 0) return undefined;
    this.#settled ??= Promise.withResolvers();
    return this.#settled.promise;
  }

  removeEmpty(isOpen: (log: RoomLog) => boolean): void {
    if (this.settled() !== undefined) return;
    const gone = fitting(this.#options.store.index.emptyRooms(isOpen).slice(0, MAX_RECORDS));
    if (gone.length > 0) this.put({ kind: "retain", cuts: [], gone });
  }

  /** Has all nodes hold an incarnation for dead, from the place where this comes to stand; once is enough. */
  declareDead(inc: string): void {
    if (!this.#sending.declares(inc)) this.#sending.put({ kind: "node-dead", inc });
  }

  /** Has all nodes write at a level of the log from the place where this comes to stand. */
  raise(level: number): void {
    this.#sending.put({ kind: "level", level });
  }

  /** Stops reading and sending; what was put and has not come back is undecided. */
  [Symbol.dispose](): void {
    this.#end("the server is stopping");
  }

  #send(b: number, records: readonly string[]): void {
    const { cluster, stream } = this.#options;
    const { level, place: { seq: seen, hash } } = this.#replica;
    const data = encodeBatch({ level, cluster, inc: this.#inc, b, seen, hash }, records);
    // Whether it arrived is told by reading it.
    stream.send(data);
  }

  /** Looks whether batches come back, and sends again what does not. It is called now and then by itself. */
  look(): void {
    if (this.#over !== undefined || this.#inc === "") return;
    const { stream, onAway } = this.#options;
    const { isConnected } = stream;
    const now = this.#passed();
    const { oldestSent } = this.#sending;
    const isAway = !isConnected || oldestSent !== undefined && now - oldestSent > AWAY_MS;
    if (isAway !== this.#isAway) {
      this.#isAway = isAway;
      if (isAway) {
        this.#sending.takeBack(isAnsweredAway).forEach((each) => this.#answer(each, whileAway()));
      }
      onAway(isAway);
    }
    if (!isConnected) return void (this.#readAt = now); // The next way gets its time.
    if (oldestSent !== undefined && now - Math.max(oldestSent, this.#readAt) > ELSEWHERE_MS) {
      this.#readAt = now;
      return stream.elsewhere();
    }
    this.#sending.again();
    if (this.#sending.size === 0 && now - this.#cameBackAt > QUIET_MS) {
      this.#sending.put({ kind: "nothing" });
    }
  }

  #read(message: StreamMessage): void {
    if (this.#over !== undefined) return;
    this.#readAt = this.#passed();
    const inc = this.#inc;
    let taken: TakenBatch;
    try {
      taken = this.#replica.take(message, ({ inc, b }) => {
        return inc === this.#inc ? this.#sending.taken(b) : [];
      });
    } catch (error) {
      if (!(error instanceof CannotGoOn)) throw error;
      return this.#stop(error.message);
    }
    if (taken.batch.inc === inc) this.#cameBack(taken);
    if (this.#replica.isDead(inc)) this.#reborn(taken);
    this.#settle();
  }

  /** A batch of this node's was read back. */
  #cameBack({ verdict, own: [first] }: TakenBatch): void {
    if (verdict === "early") this.#sending.early();
    if (verdict !== "counts" || first === undefined) return;
    this.#cameBackAt = this.#passed();
    this.#options.onRound?.(this.#cameBackAt - first.since);
    if (first.record.kind === "here") this.#begun.resolve();
  }

  /** Others hold this incarnation for dead: what it sent and was not read never counts. It goes on as another. */
  #reborn({ batch: { records } }: TakenBatch): void {
    const { node, onReborn } = this.#options;
    for (const each of this.#sending.end()) this.#answer(each, whileAway());
    if (records.some((record) => record.kind === "here" && record.node === node)) {
      return this.#stop(
        `another node has come that is called ${node}, too: give each a name of its own (--cluster-node)`,
      );
    }
    this.#inc = newIncarnation(this.#options);
    this.#sending.begin({ kind: "here", node });
    onReborn();
  }

  #refusal(record: LogRecord): Refusal | undefined {
    if (this.#over !== undefined) return whenOver(this.#over);
    if (this.#isAway && isAnsweredAway(record)) return whileAway();
    return record.kind === "enter" && this.#options.isLate?.() ? whileLate() : undefined;
  }

  /** Answers for a record that is no entry: it was not sent, or never counts. */
  #answer({ record, ticket }: Pick<QueuedRecord, "record" | "ticket">, refused: Refusal): void {
    if (isNodeRecord(record)) return;
    const { at } = this.#replica.place;
    this.onEntry({ at, fact: record, receipt: { refused, isUnsent: true } }, ticket);
  }

  #settle(): void {
    if (this.#reached !== undefined && this.#replica.place.seq >= this.#reached.seq) {
      this.#reached.promise.resolve();
    }
    if (this.#sending.size === 0) {
      this.#settled?.resolve();
      this.#settled = undefined;
    }
    if (this.#sending.bytes > MAX_WAITING_BYTES / 2) return;
    this.#below?.resolve();
    this.#below = undefined;
  }

  #stop(why: string): void {
    if (this.#over !== undefined) return;
    this.#begun.promise.catch(() => {});
    this.#begun.reject(new CannotGoOn(why));
    this.#end(why);
    this.#options.onStopped(why);
  }

  #end(why: string): void {
    if (this.#over !== undefined) return;
    this.#over = why;
    clearInterval(this.#timer);
    this.#reading?.stop();
    this.#sending[Symbol.dispose]();
    for (const promise of [this.#settled, this.#below, this.#reached?.promise, this.#begun]) {
      promise?.resolve();
    }
  }
}
