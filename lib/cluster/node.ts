/**
 * One node of a cluster: its store, its log, what it says to the others and hears of them, and what one of
 * them does for all.
 */

import type { Cut } from "../chat/log/fact.ts";
import { fitting } from "../chat/messages/fits.ts";
import { AppliedStore } from "../store/applied_store.ts";
import { LeapWatch } from "../store/clock.ts";
import type { LocalLogOptions } from "../store/local_log_options.ts";
import { HELD_MS, LARGE_LEAP_MS } from "../store/retention.ts";
import { within } from "../wire/within.ts";
import { type Beat, BEAT_TOPIC, Beats } from "./beats.ts";
import { KNOWN_LEVEL } from "./batch.ts";
import { ClusterLog } from "./cluster_log.ts";
import type { ConfigRecord } from "./config.ts";
import { Copies } from "./copies.ts";
import { Lag, LATE_NODE_MS } from "./lag.ts";
import { CONFIG_NOTE, prepareData } from "./node_data.ts";
import type { Reach } from "./reach.ts";
import type { Stream } from "./stream.ts";

/** How often a node looks at the others and at itself, in ms. */
const LOOK_MS = 250;

/** For so long more the others leave it to the one on duty to hold a node for dead, in ms. */
const OTHERS_MS = 3_000;

/** How often the node on duty looks for what is to go, in ms. */
const DUTY_MS = 10_000;

/** How much goes at once: entries of one log, sessions. */
const DUTY_STEP = 500;

/** A node that has been behind for so long is not ready, in ms. */
const TOO_LATE_MS = 30_000;

/** Options of {@linkcode ClusterNode}. */
export interface ClusterNodeOptions {
  readonly stream: Stream;
  /** What it is called: letters and digits that no other node has. */
  readonly node: string;
  /** Where its data are, and how much of them is also in memory. */
  readonly store: Pick<LocalLogOptions, "dir" | "messagesPerRoom" | "maxBytes" | "onUpgrade">;
  /** Where clients reach it, as `HOST:PORT`. */
  readonly address?: string;
  /** Where its page is, as a URL with a slash at its end. */
  readonly page?: string;
  /** Told of each thing that whoever runs it should know, in a sentence. */
  readonly onProblem: (text: string) => void;
  /** It can't go on, for a reason that is a sentence. */
  readonly onStopped: (why: string) => void;
  /** The engine went away, or is back; after it was told as a problem. */
  readonly onAway?: (isAway: boolean) => void;
  /** How long a batch took from being put to being read back, in ms. */
  readonly onRound?: (ms: number) => void;
  /** The highest level of the log that it knows; by default {@linkcode KNOWN_LEVEL}, what this program knows. */
  readonly knows?: number;
  /** A clock that never leaps, in ms. */
  readonly passed?: () => number;
}

/** How a node is, besides what its log says. */
export interface NodeFigures {
  /** For how long it has been behind the others, in ms; 0: it is not. */
  readonly lagMs: number;
  /** The nodes that live, as the log has it. */
  readonly nodes: number;
  readonly isOnDuty: boolean;
}

/** A node. It has to be started once its log has been given to a house. */
export class ClusterNode implements AsyncDisposable {
  readonly config: ConfigRecord;
  readonly log: ClusterLog;
  readonly #options: ClusterNodeOptions;
  readonly #store: AppliedStore;
  readonly #beats: Beats;
  readonly #passed: () => number;
  readonly #ends: Array<() => void> = [];
  readonly #knows: number;
  readonly #lag = new Lag();
  #copies: Copies | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** When it was opened; `undefined` once it takes part. */
  #since: number | undefined;
  #lagMs = 0;
  #isOnDuty = false;
  /** The level that it has asked for as the one on duty. */
  #raised = 0;
  #lookedAt: number;
  readonly #leaps: LeapWatch;
  /** Until then nothing is let go for its age, by the clock that never leaps. */
  #heldUntil = -Infinity;
  /** Why it has stopped. */
  #over: string | undefined;
  #closing: Promise<number> | undefined;

  private constructor(options: ClusterNodeOptions, store: AppliedStore, config: ConfigRecord) {
    const { stream, node, onProblem, onStopped, passed = () => performance.now() } = options;
    const { knows = KNOWN_LEVEL, onAway = () => {}, onRound = () => {} } = options;
    this.#options = options;
    this.#knows = knows;
    this.#store = store;
    this.config = config;
    this.#passed = passed;
    this.#since = this.#lookedAt = passed();
    this.log = new ClusterLog({
      ...{ stream, store, node, passed, knows, cluster: config.cluster },
      onRound,
      onStrange: onProblem,
      onStopped: (why) => {
        this.#over = why;
        onStopped(why);
      },
      isLate: () => this.figures.lagMs > LATE_NODE_MS,
      onAway: (isAway) => {
        onProblem(isAway ? "The cluster can't be reached" : "The cluster can be reached again");
        onAway(isAway);
      },
      onReborn: () => {
        onProblem("The other nodes held this one for dead; its clients have to come back");
        this.#raised = 0;
        this.#offerCopies();
      },
    });
    this.#leaps = new LeapWatch({ now: () => this.log.date, passed });
    this.#beats = new Beats({
      now: passed,
      own: () => this.#beat(),
      tell: (data) => stream.tell(BEAT_TOPIC, data),
    });
  }

  /**
   * Opens the data of a node, which are fetched from another one if there are none and the stream does not
   * begin at its beginning any more. Rejects with a {@linkcode CannotGoOn} or a `StoreError`.
   */
  static async open(options: ClusterNodeOptions): Promise<ClusterNode> {
    const { stream, store: { dir }, onProblem, knows = KNOWN_LEVEL } = options;
    const config = await prepareData({ stream, dir, onProblem, knows });
    const { cluster, epoch, salt, keepMs, keepMessages, limits } = config;
    const store = await AppliedStore.open({
      ...options.store,
      ...{ cluster, epoch, salt, onProblem },
      ...{ sessionMs: limits.sessionMs, deviceMs: limits.deviceMs, maxRooms: limits.keptRooms },
      ...(keepMs === undefined ? {} : { keepMs }),
      ...(keepMessages === undefined ? {} : { keepMessages }),
    });
    if (store.notes.noted(CONFIG_NOTE) === undefined) {
      store.notes.note(CONFIG_NOTE, JSON.stringify(config));
    }
    return new ClusterNode(options, store, config);
  }

  /** Catches up, and takes part from then on. Rejects with a {@linkcode CannotGoOn}. */
  async start(): Promise<void> {
    await this.log.start();
    // For how long it was away is no leap.
    this.#leaps.leap();
    this.#since = undefined;
    const { stream } = this.#options;
    this.#ends.push(stream.onTold(BEAT_TOPIC, (data) => this.#beats.hear(data)));
    this.#offerCopies();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** How many messages of rooms are stored, and how many rooms. */
  get size(): AppliedStore["index"]["size"] {
    return this.#store.index.size;
  }

  /** Where the nodes are that are there. */
  get reach(): Reach {
    return this.#beats.reach;
  }

  /** Why nobody should come to this node, in words; `undefined`: they may. */
  get unready(): string | undefined {
    if (this.#over !== undefined) return `this node can't go on: ${this.#over}`;
    if (this.log.cluster.isAway) return "it can't be reached";
    if (this.#since !== undefined) return "this node has not caught up yet";
    return this.#lagMs > TOO_LATE_MS ? "this node is far behind the others" : undefined;
  }

  /** Whether this node does what one does for all. */
  get isOnDuty(): boolean {
    return this.#isOnDuty = this.#beats.isOnDuty(this.#alive);
  }

  get figures(): NodeFigures {
    const lagMs = this.#since === undefined ? this.#lagMs : this.#passed() - this.#since;
    return { lagMs, nodes: this.#alive.length, isOnDuty: this.#isOnDuty };
  }

  /** The incarnations that live, as the log has it. */
  get #alive(): readonly string[] {
    return this.log.nodes.map(({ inc }) => inc);
  }

  /** Waits up to `withinMs` for what was put, and closes the store. Resolves with how much is undecided. */
  close(withinMs = 0): Promise<number> {
    return this.#closing ??= this.#close(withinMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(withinMs: number): Promise<number> {
    await within(withinMs, Promise.resolve(this.log.settled()));
    const { waiting } = this.log.figures;
    clearInterval(this.#timer);
    for (const end of this.#ends.splice(0)) end();
    await this.#copies?.[Symbol.asyncDispose]();
    this.log[Symbol.dispose]();
    await this.#store[Symbol.asyncDispose]();
    return waiting;
  }

  /** What this node says of itself. */
  #beat(): Beat {
    const { node, address, page } = this.#options;
    const { incarnation: inc, applied, level: agreed } = this.log.cluster;
    const { lagMs, isOnDuty } = this.figures;
    return {
      ...{ node, inc, applied, lag: Math.round(lagMs), level: this.#knows, agreed, isOnDuty },
      ...address === undefined ? {} : { address },
      ...page === undefined ? {} : { page },
    };
  }

  #look(): void {
    this.#beats.tick();
    const now = this.#passed();
    const others = Math.max(0, ...this.#beats.others.map(({ applied }) => applied));
    this.#lagMs = this.#lag.note(this.log.cluster.applied, others, now);
    if (this.#leaps.leap() > LARGE_LEAP_MS) this.#heldUntil = now + HELD_MS;
    if (this.log.cluster.isAway) {
      this.#isOnDuty = false;
      return;
    }
    const { isOnDuty } = this;
    // One is enough to say so; the others do if that one can't.
    const dead = this.#beats.silent(this.#alive, isOnDuty ? 0 : OTHERS_MS);
    for (const inc of dead) this.log.declareDead(inc);
    if (!isOnDuty) return;
    this.#raiseLevel();
    if (now - this.#lookedAt < DUTY_MS) return;
    this.#lookedAt = now;
    this.#letGo();
  }

  /** Has all write at a higher level of the log, once all that live know it. */
  #raiseLevel(): void {
    const level = this.#beats.lowestLevel(this.#alive) ?? 0;
    if (level <= Math.max(this.log.cluster.level, this.#raised)) return;
    this.#raised = level;
    this.log.raise(level);
  }

  /**
   * Puts what is to go: messages that are too old or too many, and sessions that nobody uses. When the clock of
   * the server that leads the log was set ahead by far, it waits for somebody who puts that right.
   */
  #letGo(): void {
    if (this.log.settled() !== undefined || this.#passed() < this.#heldUntil) return;
    const at = this.#store.place?.at ?? 0;
    const hashes = this.#store.dueSessions(at, DUTY_STEP);
    const cuts: readonly Cut[] = fitting(this.#store.dueCuts(at, DUTY_STEP));
    if (hashes.length > 0) this.log.put({ kind: "session-forget", hashes });
    if (cuts.length > 0) this.log.put({ kind: "retain", cuts });
  }

  #offerCopies(): void {
    this.#copies?.[Symbol.asyncDispose]();
    const { stream, store: { dir } } = this.#options;
    this.#copies = new Copies(stream, dir, this.log.cluster.incarnation);
  }
}
