/**
 * Clients of three nodes, one of which is killed while they speak and hear by it: what was acked is there, each
 * once and in its order, and nobody misses anything. Nodes and scripts are processes of their own.
 */

import { assert, assertEquals } from "@std/assert";
import { browserTest } from "../browser/browser.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import {
  makeCluster,
  type NodeProcess,
  runProgram,
  spawnProgram,
  startNodes,
} from "../fixtures/node_process.ts";
import { talking, textsOf } from "../fixtures/talking.ts";
import { Told } from "../fixtures/told.ts";
import { testUnless } from "../fixtures/tools.ts";
import { joinEvent, until } from "../helpers.ts";

type Three = [one: NodeProcess, two: NodeProcess, three: NodeProcess];

/** How long a cluster may take to go on, in ms, on a machine that is slow and busy. */
const PATIENCE_MS = 120_000;

/** Three nodes of a cluster, which end with the test. */
async function threeNodes(stack: AsyncDisposableStack, natsServers = 1): Promise<Three> {
  const servers = stack.use(await NatsServers.start(natsServers));
  return await startNodes(3, await makeCluster(servers), stack) as Three;
}

/** A link of this process that knows these nodes. */
function linkTo(nodes: readonly NodeProcess[], name: string): Told {
  return new Told(nodes[0] as NodeProcess, {
    connect: (signal, { server }) => {
      const [hostname = "", port] = server.split(":");
      return Deno.connect({ hostname, port: Number(port), signal });
    },
    ...{ servers: nodes.map(({ address }) => address), name, random: Math.random },
  });
}

/** What the last status of a link that is in says of where it is. */
function placeOf({ events }: Told): string | undefined {
  const online = events.findLast((each) => each.type === "status" && each.status === "online");
  return online?.type === "status" ? online.server : undefined;
}

/** The node where a link is. */
function nodeOf(told: Told, nodes: readonly NodeProcess[]): NodeProcess {
  const node = nodes.find(({ address }) => address === placeOf(told));
  if (node === undefined) throw new Error(`There is no node at ${placeOf(told)}`);
  return node;
}

testUnless(NO_NATS, "a link speaks and hears on while its node is killed, twice", async () => {
  await using stack = new AsyncDisposableStack();
  const nodes = await threeNodes(stack);
  await using ann = linkTo(nodes, "ann");
  await using bob = linkTo(nodes.toReversed(), "bob");
  await Promise.all([ann.ready(), bob.ready()]);
  const talks = [talking(ann, "ann"), talking(bob, "bob")] as const;
  const further = async (): Promise<void> => {
    const [said, heard] = [textsOf(bob, "ann").length, textsOf(ann, "bob").length];
    await until("ann is heard", () => textsOf(bob, "ann").length > said + 20, PATIENCE_MS);
    await until("ann hears", () => textsOf(ann, "bob").length > heard + 20, PATIENCE_MS);
  };
  await further();
  for (let times = 0; times < 2; times++) {
    const node = nodeOf(ann, nodes);
    await node.end("SIGKILL");
    await until(
      "ann is elsewhere",
      () => ann.link.protocol !== undefined && placeOf(ann) !== node.address,
      PATIENCE_MS,
    );
    await further();
    await node.start();
    await further();
  }
  const [byAnn, byBob] = await Promise.all(talks.map(({ stop }) => stop())) as [string[], string[]];
  await until("bob has all", () => textsOf(bob, "ann").length >= byAnn.length, PATIENCE_MS);
  await until("ann has all", () => textsOf(ann, "bob").length >= byBob.length, PATIENCE_MS);
  assertEquals(textsOf(bob, "ann"), byAnn);
  assertEquals(textsOf(ann, "bob"), byBob);
  for (const told of [ann, bob]) {
    assert(!told.events.some(({ type }) => type === "gap"), "somebody misses something");
    assert(
      !told.events.some((event) => event.type === "ready" && event.lost),
      "a session was lost",
    );
  }
});

testUnless(
  NO_NATS,
  "a pipe, tail and send go on while the node is killed that they are at",
  async () => {
    await using stack = new AsyncDisposableStack();
    const [one, two, three] = await threeNodes(stack);
    const env = { CHATROOM_SERVER: [one, two, three].map(({ address }) => address).join() };
    await using bob = linkTo([three], "bob");
    await bob.ready();
    const tail = spawnProgram(env, "tail", "--name", "ear", "--lines", "0", "--raw");
    const pipe = spawnProgram(env, "connect", "--name", "mouth");
    for (const child of [tail, pipe]) stack.defer(() => void end(child));
    let heard = "";
    const hearing = (async () => {
      for await (const text of tail.stdout.pipeThrough(new TextDecoderStream())) heard += text;
    })();
    const piped = new Response(pipe.stdout).arrayBuffer();
    const lines = pipe.stdin.getWriter();
    let n = 0;
    const say = async (): Promise<void> => {
      await lines.write(new TextEncoder().encode(`mouth-${++n}\n`));
    };
    const hears = async (count: number): Promise<void> => {
      for (const wanted = n + count; n < wanted;) await say();
      await until(`mouth-${n}`, () => heard.includes(`mouth-${n}\n`), PATIENCE_MS);
    };
    await until("tail listens", () => {
      say().catch(() => {});
      return heard.includes("mouth-");
    }, PATIENCE_MS);
    const first = /mouth-(\d+)/.exec(heard)?.[1];
    await hears(50);
    await Promise.all([one.end("SIGKILL"), hears(50)]);
    await hears(50);
    const sent = await runProgram(
      env,
      "send",
      "--name",
      "letter",
      "one was dead when this was sent",
    );
    assertEquals(sent, [0, ""]);
    await lines.close();
    assertEquals((await pipe.status).code, 0);
    await piped;
    await until("the letter", () => heard.includes("one was dead"), PATIENCE_MS);
    tail.kill("SIGTERM");
    await hearing;
    await tail.status;
    await tail.stdin.close();
    const all = Array.from({ length: n }, (_, at) => `mouth-${at + 1}`);
    assertEquals(textsOf(bob, "mouth"), all);
    const after = all.slice(Number(first) - 1);
    assertEquals(heard.split("\n").slice(0, -1), [...after, "one was dead when this was sent"]);
  },
);

testUnless(
  NO_NATS,
  "who has named one node finds another when node and leader of NATS are lost at once",
  async () => {
    await using stack = new AsyncDisposableStack();
    const servers = stack.use(await NatsServers.start(3));
    const [one, two, three] = await startNodes(3, await makeCluster(servers), stack) as Three;
    await until("the nodes know of each other", async () => {
      using probe = await joinEvent(one, "probe");
      return probe.ready.servers?.length === 3;
    }, PATIENCE_MS);
    await using ann = linkTo([one], "ann");
    await using bob = linkTo([three, two], "bob");
    await Promise.all([ann.ready(), bob.ready()]);
    const talk = talking(ann, "ann");
    await until("talk", () => textsOf(bob, "ann").length > 20, PATIENCE_MS);
    const [nats] = servers.all;
    await Promise.all([one.end("SIGKILL"), nats?.kill()]);
    const said = textsOf(bob, "ann").length;
    await until("ann is heard again", () => textsOf(bob, "ann").length > said + 20, PATIENCE_MS);
    const acked = await talk.stop();
    await until("bob has all", () => textsOf(bob, "ann").length >= acked.length, PATIENCE_MS);
    assertEquals(textsOf(bob, "ann"), acked);
    assert([two.address, three.address].includes(placeOf(ann) ?? ""), `ann is at ${placeOf(ann)}`);
  },
);

browserTest(
  "a page goes on at another node when the one is killed that it is from",
  async (people) => {
    await using stack = new AsyncDisposableStack();
    const [one, , three] = await threeNodes(stack);
    await using bob = linkTo([three], "bob");
    await bob.ready();
    const ann = await people.join({ addr: { port: one.webPort } }, "ann");
    const say = async (text: string): Promise<void> => {
      await bob.link.send({ type: "say", room: "lobby", text });
      await ann.sees(text);
    };
    await ann.say("before");
    await until("ann is heard", () => bob.texts.includes("before"), PATIENCE_MS);
    await say("so it begins");
    // What lets it go elsewhere comes from the node that is lost.
    await ann.until(
      "performance.getEntriesByType('resource').some((each) => /ways\\.js$/.test(each.name))",
    );
    await one.end("SIGKILL");
    await ann.say("meanwhile");
    await until("ann is heard again", () => bob.texts.includes("meanwhile"), PATIENCE_MS);
    await ann.online();
    await say("and goes on");
    await ann.say("after");
    await until("ann speaks", () => bob.texts.includes("after"), PATIENCE_MS);
    assertEquals(bob.texts, ["before", "meanwhile", "after"]);
    assertEquals(await ann.texts(), [
      ...["before", "so it begins", "meanwhile", "and goes on", "after"],
    ]);
  },
  NO_NATS,
);

function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}
