/** `chatroom serve --cluster` as a process, whose way to NATS leads through here, so that it can be cut. */

import type { NatsServers } from "../fixtures/nats_servers.ts";
import { Proxy } from "../proxy.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** What a test's clients do that would be too much of anybody else: all come from one address. */
const OPEN: readonly string[] = [
  ...["--max-connects-per-minute", "1000000", "--max-request-rate", "5000"],
  ...["--request-burst", "5000", "--max-room-rate", "5000"],
  ...["--max-connections-per-address", "2000", "--max-history-rate", "1000"],
];

/** A process that has ended, or did not begin. */
export interface NodeEnd {
  readonly code: number;
  /** What it has said on stderr since it was started. */
  readonly said: string;
}

/** One node; it keeps its data from one process to the next. */
export class FaultNode implements AsyncDisposable {
  readonly name: string;
  readonly dir: string;
  /** Its ways to the NATS servers. */
  readonly ways: readonly Proxy[];
  readonly #env: Readonly<Record<string, string>>;
  #child: Deno.ChildProcess | undefined;
  #said = "";
  #addr: Deno.NetAddr | undefined;
  #ended: Promise<NodeEnd> = Promise.resolve({ code: -1, said: "" });
  #isPaused = false;

  constructor(name: string, dir: string, servers: NatsServers, cluster: string) {
    this.name = name;
    this.dir = dir;
    this.ways = servers.all.map((server) => new Proxy(server));
    const urls = this.ways.map(({ addr }) => `nats://127.0.0.1:${addr.port}`);
    this.#env = {
      ...{ CHATROOM_CLUSTER: urls.join(), CHATROOM_CLUSTER_NAME: cluster, NO_COLOR: "1" },
      ...{ CHATROOM_DATA: "", CHATROOM_NAME: "", CHATROOM_SERVER: "", CHATROOM_CONFIG: "none" },
      CHATROOM_CLUSTER_REPLICAS: `${servers.all.length}`,
    };
  }

  /** Where its clients reach it; `undefined` while it does not run. */
  get addr(): Deno.NetAddr | undefined {
    return this.#addr;
  }

  get isUp(): boolean {
    return this.#addr !== undefined;
  }

  /** What it has said on stderr since it was started. */
  get said(): string {
    return this.#said;
  }

  /** When the process ends; one that was ended has ended already. */
  get ended(): Promise<NodeEnd> {
    return this.#ended;
  }

  /** Starts it. Resolves when it takes part; with how it ended, if it did before that. */
  async start(): Promise<NodeEnd | undefined> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-A", MAIN, "serve", "--port", "0", "--data", this.dir],
        ...["--cluster-node", this.name, ...OPEN],
      ],
      env: this.#env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#child = child;
    this.#said = "";
    const hearing = this.#hear(child.stderr);
    const listening = this.#listen(child.stdout);
    this.#ended = (async () => {
      const { code } = await child.status;
      if (this.#child === child) this.#child = this.#addr = undefined;
      await Promise.all([hearing, listening]);
      return { code, said: this.#said };
    })();
    await listening;
    return this.isUp ? undefined : await this.#ended;
  }

  /** Ends it at once, or as `signal` does. */
  async end(signal: Deno.Signal = "SIGKILL"): Promise<NodeEnd> {
    const ended = this.#ended;
    this.#addr = undefined;
    this.#signal(signal);
    if (this.#isPaused) this.resume();
    return await ended;
  }

  /** Holds the process up; its clients are not told of that by anybody. */
  pause(): void {
    this.#isPaused = true;
    this.#signal("SIGSTOP");
  }

  resume(): void {
    this.#isPaused = false;
    this.#signal("SIGCONT");
  }

  /** Its way to NATS becomes a black hole. */
  cut(): void {
    for (const way of this.ways) way.hold();
  }

  mend(): void {
    for (const way of this.ways) way.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.mend();
    await this.end();
    for (const way of this.ways) await way[Symbol.asyncDispose]();
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#child?.kill(signal);
    } catch {
      // It has ended by itself.
    }
  }

  async #hear(stderr: Deno.SubprocessReadableStream): Promise<void> {
    for await (const text of stderr.pipeThrough(new TextDecoderStream())) this.#said += text;
  }

  /** Resolves when it has said what it says last before it takes part, and goes on reading. */
  async #listen(stdout: Deno.SubprocessReadableStream): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let said = "";
    (async () => {
      for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
        said += text;
        if (this.isUp || !said.includes("Messages are kept in")) continue;
        const port = Number(/listening on [\d.]+:(\d+)/.exec(said)?.[1]);
        this.#addr = { transport: "tcp", hostname: "127.0.0.1", port };
        resolve();
      }
      resolve();
    })();
    await promise;
  }
}
