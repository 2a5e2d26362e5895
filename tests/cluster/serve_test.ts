/** `chatroom serve --cluster`, as processes: nodes that stop, crash and come back, with people on each. */

import { assertEquals, assertMatch } from "@std/assert";
import { joinClassic, type RawPeer } from "../helpers.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { testUnless } from "../fixtures/tools.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Runs the program until it ends. */
async function run(env: Record<string, string>, ...args: string[]): Promise<[number, string]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", MAIN, ...args],
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout) + decoder.decode(stderr)];
}

/** A node as a process of its own, on its own data. */
class Node {
  readonly name: string;
  readonly dir: string;
  #port = 0;
  readonly #env: Record<string, string>;
  #child: Deno.ChildProcess | undefined;

  constructor(name: string, dir: string, env: Record<string, string>) {
    this.name = name;
    this.dir = dir;
    this.#env = env;
  }

  get addr(): Deno.NetAddr {
    return { transport: "tcp", hostname: "127.0.0.1", port: this.#port };
  }

  /** Starts it; settles when it takes part. */
  async start(): Promise<void> {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-A", MAIN, "serve", "--cluster-node", this.name],
        ...["--port", "0", "--data", this.dir],
      ],
      env: { ...this.#env, NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let said = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      said += text;
      // What it prints last, when it has caught up.
      if (!said.includes("Messages are kept in")) continue;
      this.#port = Number(/listening on [\d.]+:(\d+)/.exec(said)?.[1]);
      return;
    }
    throw new Error(`${this.name} did not start: ${said}`);
  }

  /** Ends it, and resolves with its exit code. */
  async end(signal: Deno.Signal): Promise<number> {
    this.#child?.kill(signal);
    const code = (await this.#child?.status)?.code ?? -1;
    this.#child = undefined;
    return code;
  }
}

testUnless(NO_NATS, "people on two nodes hear each other, whichever stops or crashes", async () => {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(await NatsServers.start(1));
  const env = { CHATROOM_CLUSTER: servers.urls.join() };
  const [made, why] = await run(env, "cluster", "init", "--cluster-replicas", "1");
  assertEquals(made, 0, why);
  const nodes: Node[] = [];
  for (const name of ["n1", "n2"]) {
    const dir = await Deno.makeTempDir();
    stack.defer(() => Deno.remove(dir, { recursive: true }));
    const node = new Node(name, dir, env);
    stack.defer(async () => void await node.end("SIGKILL"));
    await node.start();
    nodes.push(node);
  }
  const [one, two] = nodes as [Node, Node];
  using ann = await joinClassic(one, "ann");
  {
    using bob = await joinClassic(two, "bob");
    await hears(bob, ann, "hello");
    await hears(ann, bob, "hi");
  }
  // Who asks it to stop gets 0, and what it kept is only its cluster's.
  assertEquals(await two.end("SIGTERM"), 0);
  const [code, said] = await run({}, "serve", "--port", "0", "--data", two.dir);
  assertEquals(code, 1);
  assertMatch(said, /its data are of a node of the cluster [\da-f]{32}: start that node/);
  const [sound, found] = await run({}, "check", "--data", two.dir);
  assertEquals(sound, 0, found);
  await two.start();
  {
    using carl = await joinClassic(two, "carl");
    await hears(carl, ann, "back again");
    await two.end("SIGKILL");
  }
  await two.start();
  using dora = await joinClassic(two, "dora");
  await hears(dora, ann, "after a crash");
  await hears(ann, dora, "and before");
});

/** What one says comes to the other. */
async function hears(from: RawPeer, to: RawPeer, text: string): Promise<void> {
  await from.send(`${text.length}`.padEnd(10) + text);
  while (await to.takeFrame() !== text);
}
