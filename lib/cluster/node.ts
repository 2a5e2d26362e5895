/**
 * One node of a cluster: its store, its log, what it says to the others and hears of them, and what one of
 * them does for all.
 */

import type { Cut } from "../chat/log/fact.ts";
import { notedIn, placeIn } from "../store/applied_notes.ts";
import { AppliedStore } from "../store/applied_store.ts";
import type { LocalLogOptions } from "../store/local_log_options.ts";
import { takeCopy } from "../store/copy_store.ts";
import { within } from "../wire/within.ts";
import { type Beat, BEAT_TOPIC, Beats, decodeBeat } from "./beats.ts";
import { BATCH_VERSION } from "./batch.ts";
import { ClusterLog } from "./cluster_log.ts";
import { type ConfigRecord, decodeConfig } from "./config.ts";
import { firstMessage } from "./first_message.ts";
import { Copies, fetchCopy } from "./copies.ts";
import type { Reach } from "./reach.ts";
import { CannotGoOn } from "./replica.ts";
import type { Stream, StreamBounds } from "./stream.ts";

/** How often a node looks at the others and at itself, in ms. */
const LOOK_MS = 250;

/** How often the node on duty looks for what is to go, in ms. */
const DUTY_MS = 10_000;

/** How much goes at once: entries of one log, sessions. */
const DUTY_STEP = 500;

/** How long a node that needs a copy listens for others, in ms. */
const LISTEN_MS = 3_000;

/** How long the first message of a stream may take to come, in ms. */
const FIRST_MS = 10_000;

/** A node that is so far behind is not ready, in ms. */
const LATE_MS = 30_000;

/** The name of the note that keeps what the cluster began with. */
const CONFIG = "config";

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
  /** A clock that never leaps, in ms. */
  readonly passed?: () => number;
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
  #copies: Copies | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #lateSince: number | undefined;
  #lookedAt: number;
  #closing: Promise<number> | undefined;

  private constructor(options: ClusterNodeOptions, store: AppliedStore, config: ConfigRecord) {
    const { stream, node, onProblem, onStopped, passed = () => performance.now() } = options;
    this.#options = options;
    this.#store = store;
    this.config = config;
    this.#passed = passed;
    this.#lookedAt = passed();
    store.unready = "it has not caught up with the cluster yet";
    this.log = new ClusterLog({
      ...{ stream, store, node, passed, cluster: config.cluster },
      onStopped,
      onAway: (isAway) => {
        store.unready = isAway ? "the cluster can't be reached" : undefined;
        onProblem(isAway ? "The cluster can't be reached" : "The cluster can be reached again");
      },
      onReborn: () => {
        onProblem("The other nodes held this one for dead; its clients have to come back");
        this.#offerCopies();
      },
    });
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
    const { stream, store: { dir }, onProblem } = options;
    await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
    await removeCopies(dir);
    const bounds = await stream.bounds();
    if (bounds.last === 0) {
      throw new CannotGoOn("there is no cluster yet; make one by `cluster init`");
    }
    if (bounds.first > (placeIn(dir)?.seq ?? 0) + 1) await takeFromPeer(stream, dir, onProblem);
    const config = await configOf(stream, dir, bounds);
    const { cluster, epoch, salt, keepMs, keepMessages, limits } = config;
    const store = await AppliedStore.open({
      ...options.store,
      ...{ cluster, epoch, salt, onProblem },
      ...{ sessionMs: limits.sessionMs, deviceMs: limits.deviceMs, maxRooms: limits.keptRooms },
      ...(keepMs === undefined ? {} : { keepMs }),
      ...(keepMessages === undefined ? {} : { keepMessages }),
    });
    if (store.notes.noted(CONFIG) === undefined) store.notes.note(CONFIG, JSON.stringify(config));
    return new ClusterNode(options, store, config);
  }

  /** Catches up, and takes part from then on. Rejects with a {@linkcode CannotGoOn}. */
  async start(): Promise<void> {
    await this.log.start();
    this.#store.unready = undefined;
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

  /** Whether this node does what one does for all. */
  get isOnDuty(): boolean {
    return this.#beats.isOnDuty(this.log.nodes.map(({ inc }) => inc));
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
    const { incarnation: inc, applied } = this.log.cluster;
    const since = this.#lateSince;
    const lag = since === undefined ? 0 : Math.round(this.#passed() - since);
    return {
      ...{ node, inc, applied, lag, level: BATCH_VERSION },
      ...address === undefined ? {} : { address },
      ...page === undefined ? {} : { page },
    };
  }

  #look(): void {
    this.#beats.tick();
    this.#noteLag();
    const alive = this.log.nodes.map(({ inc }) => inc);
    if (this.log.cluster.isAway) return;
    for (const inc of this.#beats.silent(alive)) this.log.declareDead(inc);
    const now = this.#passed();
    if (now - this.#lookedAt < DUTY_MS || !this.isOnDuty) return;
    this.#lookedAt = now;
    this.#letGo();
  }

  /** What others have applied and this node has not for long makes it one that nobody should come to. */
  #noteLag(): void {
    const { applied, isAway } = this.log.cluster;
    const isLate = this.#beats.others.some((beat) => beat.applied > applied + DUTY_STEP);
    if (!isLate) this.#lateSince = undefined;
    else this.#lateSince ??= this.#passed();
    const isTooLate = this.#lateSince !== undefined &&
      this.#passed() - this.#lateSince > LATE_MS;
    if (!isAway) this.#store.unready = isTooLate ? "it is far behind the other nodes" : undefined;
  }

  /** Puts what is to go: messages that are too old or too many, and sessions that nobody uses. */
  #letGo(): void {
    if (this.log.settled() !== undefined) return;
    const at = this.#store.place?.at ?? 0;
    const hashes = this.#store.dueSessions(at, DUTY_STEP);
    const cuts: readonly Cut[] = this.#store.dueCuts(at, DUTY_STEP);
    if (hashes.length > 0) this.log.put({ kind: "session-forget", hashes });
    if (cuts.length > 0) this.log.put({ kind: "retain", cuts });
  }

  #offerCopies(): void {
    this.#copies?.[Symbol.asyncDispose]();
    const { stream, store: { dir } } = this.#options;
    this.#copies = new Copies(stream, dir, this.log.cluster.incarnation);
  }
}

/** What the cluster began with: from the store, or from the beginning of the stream. */
async function configOf(
  stream: Stream,
  dir: string,
  { first }: StreamBounds,
): Promise<ConfigRecord> {
  const noted = notedIn(dir, CONFIG);
  if (noted !== undefined) return JSON.parse(noted);
  if (first > 1) {
    throw new CannotGoOn("the beginning of the stream is gone, and no node has sent a copy");
  }
  const data = await firstMessage(stream, FIRST_MS);
  if (data === "late") throw new CannotGoOn("the stream can't be read");
  if (data === "gone") throw new CannotGoOn("the beginning of the stream is gone");
  try {
    return decodeConfig(data);
  } catch (error) {
    throw new CannotGoOn(`the beginning of the stream is none: ${(error as Error).message}`);
  }
}

/** Fetches a copy of the data of the node that has applied most. */
async function takeFromPeer(
  stream: Stream,
  dir: string,
  onProblem: (text: string) => void,
): Promise<void> {
  const heard = new Map<string, number>();
  const end = stream.onTold(BEAT_TOPIC, (data) => {
    const beat = decodeBeat(data);
    if (beat !== undefined) heard.set(beat.inc, beat.applied);
  });
  await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
  end();
  const peers = [...heard].sort(([, a], [, b]) => b - a);
  for (const [inc] of peers) {
    try {
      const part = `${dir}/copy-of-${inc}.db`;
      await fetchCopy(stream, inc, part);
      const before = await takeCopy(dir, part);
      if (before !== undefined) onProblem(`What this node had before is kept as ${before}`);
      return;
    } catch (error) {
      onProblem(`A copy of the data of ${inc} could not be had: ${(error as Error).message}`);
    }
  }
  throw new CannotGoOn(
    "this node was away for longer than the stream is kept, and no other node was heard that could send " +
      "a copy of its data; start one of those that have them first",
  );
}

/** Removes copies that a node has left that ended while it made or fetched one. */
async function removeCopies(dir: string): Promise<void> {
  for await (const { name } of Deno.readDir(dir)) {
    if (/^copy-.*\.db$/.test(name)) await Deno.remove(`${dir}/${name}`);
  }
}
