/**
 * A crash run: clients talk as fast as they can, the server is killed at a random point and started
 * again at once, over and over. What comes of it is compared with what was promised.
 */

import { delay } from "@std/async/delay";
import { ClassicClient, EventClient, ROOMS, type Scene } from "./client.ts";
import { type Fault, Journal } from "./journal.ts";
import { type Place, ServerProcess } from "./server.ts";
import { verify } from "./verify.ts";

/** What to run. */
export interface CrashPlan {
  /** A program of Deno and its arguments, without those that `args` adds: `main.ts serve`. */
  readonly server: readonly string[];
  /** Where the server keeps its data. */
  readonly directory: string;
  readonly crashes: number;
  /** What the points of the crashes follow from. */
  readonly seed: number;
  /** Clients of the event protocol, besides a classic one. */
  readonly clients?: number;
  /** Checks the database of a server that runs; resolves with what is wrong. */
  readonly check?: (directory: string) => Promise<string | undefined>;
}

/** What came of it. */
export interface CrashReport {
  readonly faults: readonly Fault[];
  /** Messages that were acked, and that are stored. */
  readonly acked: number;
  readonly stored: number;
  /** The longest that a server took from its start until it listened, and until it let one in. */
  readonly worstListeningMs: number;
  readonly worstReadyMs: number;
}

/** Acks between a start and the next crash, at most. */
const MAX_ACKS = 200;
/** The longest that a run waits for them, in ms: a broken server may never ack again. */
const MAX_ROUND_MS = 3_000;
/** How long the clients may take to get everything acked in the end, in ms. */
const MAX_FINISH_MS = 15_000;
/** One crash in so many hits a server that is only just starting. */
const EARLY_ONE_IN = 8;
const EARLY_MS = 250;
/** The database is checked after one crash in so many. */
const CHECK_ONE_IN = 10;

/** Runs it. */
export async function runCrashes(plan: CrashPlan): Promise<CrashReport> {
  return await new Run(plan).run();
}

class Run {
  readonly #plan: CrashPlan;
  readonly #random: () => number;
  readonly #journal = new Journal();
  readonly #quiet = new AbortController();
  readonly #over = new AbortController();
  readonly #clients: readonly EventClient[];
  readonly #classic: ClassicClient;
  #server: ServerProcess;
  #place: Place | undefined;
  #acks = 0;
  #isReady = false;
  #worstReadyMs = 0;
  #worstListeningMs = 0;
  #changed = (): void => {};

  constructor(plan: CrashPlan) {
    this.#plan = plan;
    this.#random = randomFrom(plan.seed);
    this.#server = this.#start();
    const scene: Scene = {
      journal: this.#journal,
      place: () => this.#place,
      onReady: () => this.#onReady(),
      quiet: this.#quiet.signal,
      over: this.#over.signal,
    };
    this.#journal.onAck = () => {
      this.#acks++;
      this.#changed();
    };
    const names = Array.from({ length: plan.clients ?? 5 }, (_, n) => `event${n}`);
    this.#clients = names.map((name) => new EventClient(scene, name));
    this.#classic = new ClassicClient(scene, "classic");
  }

  async run(): Promise<CrashReport> {
    const everybody = Promise.all([...this.#clients, this.#classic].map((client) => client.run()));
    try {
      for (let n = 1; n <= this.#plan.crashes; n++) {
        await this.#crash();
        if (n % CHECK_ONE_IN === 0) await this.#check();
      }
      await this.#finish();
    } finally {
      this.#over.abort();
      await everybody;
      await this.#server.stop();
    }
    const stored = verify(this.#journal, this.#plan.directory);
    this.#verifyClients();
    await this.#check();
    return {
      faults: this.#journal.faults,
      acked: this.#journal.acked.size,
      stored,
      worstListeningMs: this.#worstListeningMs,
      worstReadyMs: this.#worstReadyMs,
    };
  }

  /** Lets them talk for a while, kills the server and starts it again. */
  async #crash(): Promise<void> {
    if (this.#random() < 1 / EARLY_ONE_IN) await delay(this.#random() * EARLY_MS);
    else {
      const until = this.#acks + Math.floor(this.#random() * MAX_ACKS);
      if (await this.#server.listening === undefined) throw new Error("the server did not start");
      await this.#when(() => this.#isReady && this.#acks >= until, MAX_ROUND_MS);
      await delay(this.#random() * 10);
    }
    this.#place = undefined;
    await this.#server.kill();
    this.#server = this.#start();
  }

  #start(): ServerProcess {
    const server = new ServerProcess(this.#plan.server);
    this.#isReady = false;
    server.listening.then((place) => {
      if (server !== this.#server || place === undefined) return;
      this.#worstListeningMs = Math.max(this.#worstListeningMs, server.listeningMs);
      this.#place = place;
    });
    return server;
  }

  #onReady(): void {
    if (this.#isReady || this.#place === undefined) return;
    this.#isReady = true;
    this.#worstReadyMs = Math.max(this.#worstReadyMs, this.#server.age);
    this.#changed();
  }

  /** Nobody says anything new; all that was said is to be acked, and seen by everybody. */
  async #finish(): Promise<void> {
    this.#quiet.abort();
    this.#journal.onAck = () => this.#changed();
    const patienceMs = this.#journal.faults.length > 0 ? MAX_ROUND_MS : MAX_FINISH_MS;
    await this.#when(() => this.#clients.every(({ pending }) => pending === 0), patienceMs);
    const unacked = this.#clients.reduce((sum, { pending }) => sum + pending, 0);
    if (unacked > 0) this.#journal.fault("lost", `${unacked} messages were never acked`);
    // The rest of what others said is on its way.
    const deadline = performance.now() + patienceMs;
    while (!this.#agreed && performance.now() < deadline) await delay(20);
  }

  /** Whether all have come to the same number in each room. */
  get #agreed(): boolean {
    return ROOMS.every((room) =>
      new Set(this.#clients.map(({ last }) => last.get(room))).size === 1
    );
  }

  #verifyClients(): void {
    const journal = this.#journal;
    if (!this.#agreed) {
      const ends = this.#clients.map(({ last }) => JSON.stringify(Object.fromEntries(last)));
      journal.fault("hole", `the clients ended at different numbers: ${ends.join(" ")}`);
    }
    const all = new Set(journal.seen.values());
    const ghost = this.#classic.seen.find((text) => !all.has(text));
    if (ghost !== undefined) journal.fault("contradiction", `only the classic client saw ${ghost}`);
  }

  async #check(): Promise<void> {
    const problem = await this.#plan.check?.(this.#plan.directory);
    if (problem !== undefined) this.#journal.fault("check", problem);
  }

  /** Settles when `condition` holds, or after `ms`. */
  async #when(condition: () => boolean, ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#changed = () => {
      if (condition()) resolve();
    };
    const timer = setTimeout(resolve, ms);
    this.#changed();
    await promise;
    clearTimeout(timer);
    this.#changed = () => {};
  }
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
