/** What `deno task bench:cluster` measures: three nodes on NATS servers of their own, and a server by itself. */

import { TextLineStream } from "@std/streams/text-line-stream";
import { openFlags } from "../../lib/cli/limit_flags.ts";
import { COMMON_LIMITS } from "../../lib/cluster/config.ts";
import { LIMITS } from "../../lib/server/limits.ts";
import { NatsServers } from "../fixtures/nats_servers.ts";
import { type Holdings, PROBE } from "../soak/server.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
/** `serve` that tells what it holds, and ends when its stdin does. */
const SERVER = new URL("../soak/server.ts", import.meta.url).pathname;
/** Of the clock in which Linux counts processor time. */
const TICK_MS = 10;
/** How long a server may take to begin, in ms. */
const BEGIN_MS = 120_000;

/** The name of the cluster. */
export const CLUSTER = "bench";
export const NODES = 3;

/** The load is many clients of one address in a hurry. */
const SERVE = [
  ...["--port", "0", "--scrollback", "0", "--log-level", "error"],
  ...["--max-outbox", "64MiB", ...openFlags()],
];

/** Processor time that a process of this machine has taken so far, in ms; NaN where that can't be known. */
export function cpuMs(pid: number): number {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // After the name, which may hold anything, utime and stime are the 12th and the 13th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return NaN;
  }
}

/** A server in a process of its own, which ends with this one. */
export class Served implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #read: Promise<void>;
  readonly #began = performance.now();
  readonly #ready = Promise.withResolvers<void>();
  readonly #asked: Array<(holdings: Holdings) => void> = [];
  readonly dir: string;
  port = 0;
  /** From its start until it takes part, in ms, and the processor time of that. */
  readyMs = NaN;
  readyCpuMs = NaN;
  /** Messages that it had then. */
  messages = 0;

  private constructor(dir: string, flags: readonly string[]) {
    this.dir = dir;
    const profile = Deno.env.get("BENCH_PROFILE");
    const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-A", "--v8-flags=--expose-gc", ...profiling, SERVER],
        ...[...SERVE, "--data", dir, ...flags],
      ],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#read = this.#readLines();
  }

  /** Starts one on its own data; resolves when it takes part. */
  static async start(dir: string, flags: readonly string[] = []): Promise<Served> {
    const served = new Served(dir, flags);
    const late = setTimeout(() => served.kill(), BEGIN_MS);
    try {
      await served.#ready.promise;
      return served;
    } finally {
      clearTimeout(late);
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Ends it; resolves when it is gone. */
  async kill(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended.
    }
    await this.#read;
    await this.#child.status;
    await this.#stdin.abort().catch(() => {});
  }

  /** What it holds after a collection. */
  async holdings(): Promise<Holdings> {
    const { promise, resolve } = Promise.withResolvers<Holdings>();
    this.#asked.push(resolve);
    await this.#stdin.write(new TextEncoder().encode("\n"));
    return await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill(Deno.env.get("BENCH_PROFILE") ? "SIGTERM" : "SIGKILL");
  }

  async #readLines(): Promise<void> {
    const lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const port = / is listening on \S+:(\d+)$/.exec(line)?.[1];
      if (port !== undefined) this.port = Number(port);
      if (line.startsWith(PROBE)) this.#asked.shift()?.(JSON.parse(line.slice(PROBE.length)));
      // What it prints last, when it has caught up.
      const kept = /^Messages are kept in .* \((\d+) messages? in /.exec(line)?.[1];
      if (kept === undefined) continue;
      this.messages = Number(kept);
      this.readyMs = performance.now() - this.#began;
      this.readyCpuMs = cpuMs(this.pid);
      this.#ready.resolve();
    }
    this.#ready.reject(new Error("A server did not start; see above"));
  }
}

/** Three nodes, and a server by itself. */
export class ClusterPlace implements AsyncDisposable {
  readonly servers: NatsServers;
  readonly nodes: Served[] = [];
  readonly #stack: AsyncDisposableStack;
  #alone: Served | undefined;

  private constructor(servers: NatsServers, stack: AsyncDisposableStack) {
    this.servers = servers;
    this.#stack = stack;
  }

  /** Starts all of it. `stack` ends it, also if this fails. */
  static async start(stack: AsyncDisposableStack): Promise<ClusterPlace> {
    const servers = stack.use(await NatsServers.start(NODES));
    const place = new ClusterPlace(servers, stack);
    await place.#init();
    for (let n = 1; n <= NODES; n++) place.nodes.push(await place.startNode(`n${n}`));
    place.#alone = await Served.start(await place.directory());
    stack.use(place.#alone);
    return place;
  }

  /** The server by itself. */
  get alone(): Served {
    if (this.#alone === undefined) throw new Error("It was not started");
    return this.#alone;
  }

  /** Starts a node, on data that there are or on none. */
  async startNode(name: string, dir?: string): Promise<Served> {
    const served = await Served.start(dir ?? await this.directory(), [
      ...["--cluster", this.servers.urls.join(), "--cluster-name", CLUSTER],
      ...["--cluster-node", name],
    ]);
    this.#stack.use(served);
    return served;
  }

  /** A directory that is removed in the end. */
  async directory(): Promise<string> {
    const dir = await Deno.makeTempDir({ prefix: "chatroom_bench_" });
    this.#stack.defer(() => Deno.remove(dir, { recursive: true }));
    return dir;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }

  /** Makes the cluster's log, as whoever runs one does. */
  async #init(): Promise<void> {
    const common = new Set(COMMON_LIMITS.map((name) => `--${LIMITS[name].flag}`));
    const flags = openFlags();
    const open = flags.flatMap((flag, i) => common.has(flag) ? [flag, flags[i + 1] ?? ""] : []);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-A", MAIN, "cluster", "init"],
        ...["--cluster", this.servers.urls.join(), "--cluster-name", CLUSTER, ...open],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`cluster init failed: ${new TextDecoder().decode(stderr)}`);
  }
}
