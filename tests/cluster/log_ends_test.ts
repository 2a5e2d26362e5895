/** What nodes do when the beginning of the log is gone, or all of it, or it is an older one. */

import { assertEquals, assertMatch } from "@std/assert";
import { joinEvent } from "../helpers.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { testUnless } from "../fixtures/tools.ts";
import { eventually } from "./eventually.ts";
import type { FaultNode } from "./fault_node.ts";
import { FaultWorld, type FaultWorldOptions } from "./fault_world.ts";
import { digestOf } from "./store_digest.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** A test on a server and with two nodes of its own. */
function logTest(
  name: string,
  options: FaultWorldOptions,
  run: (world: FaultWorld) => Promise<void>,
): void {
  testUnless(NO_NATS, name, async () => {
    await using servers = await NatsServers.start(1);
    await using world = await FaultWorld.start(servers, { nodes: ["n1", "n2"], ...options });
    await run(world);
  }, { sanitizeOps: false, sanitizeResources: false });
}

logTest("a node that comes late, or was away for too long, takes a copy", {
  logBytes: 200_000,
}, async (world) => {
  const away = world.node("n2");
  await world.underLoad(async () => {
    await away.end();
    const { place } = digestOf(away.dir);
    await eventually("the log has let go of it", async () => await world.first() > place.seq + 1);
    await world.start(away);
    assertMatch(away.said, /What this node had before is kept as .*chatroom\.db\.before-copy/);
    await world.add("n3");
    await world.load.more(50, "n2");
  });
  // The one that came late is a node like the others.
  await world.underLoad(() => world.load.more(50, "n3"));
});

logTest(
  "the log was made anew: nodes stop, and begin again without what they had",
  {},
  async (world) => {
    await world.underLoad(() => world.load.more(50));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-A", MAIN, "cluster", "reset", "--yes", "--cluster-replicas", "1"],
        ...["--cluster", world.servers.urls.join(), "--cluster-name", world.cluster],
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertEquals(code, 0, told);
    for (const node of world.nodes) {
      await stops(
        node,
        /the stream ends at|the stream was begun anew/,
      );
    }
    const [node] = world.nodes as [FaultNode];
    const again = await node.start();
    assertEquals(again?.code, 1);
    assertMatch(
      again?.said ?? "",
      /the stream (ends at \d+, and this node|was begun anew)|are of the cluster/,
    );
    const fresh = await world.add("n3");
    using ann = await joinEvent({ addr: fresh.addr as Deno.NetAddr }, "ann");
    assertEquals(ann.ready.seq, 0);
  },
);

logTest("an older log was put in its place: nodes stop and say so", {}, async (world) => {
  const [server] = world.servers.all as [typeof world.servers.all[0]];
  await world.underLoad(() => world.load.more(50));
  await server.kill("SIGTERM");
  await copy(server.data, `${server.data}.old`);
  await server.start();
  await world.underLoad(() => world.load.more(500));
  await server.kill("SIGTERM");
  await Deno.remove(server.data, { recursive: true });
  await Deno.rename(`${server.data}.old`, server.data);
  await server.start();
  for (const node of world.nodes) {
    await stops(node, /the stream ends at \d+, and this node has applied it up to \d+: .*put back/);
  }
  const [node] = world.nodes as [FaultNode];
  const again = await node.start();
  assertEquals(again?.code, 1);
  assertMatch(again?.said ?? "", /cluster reset` begins a new one/);
});

/** Waits until a node has stopped by itself, and looks at why. */
async function stops(node: FaultNode, why: RegExp): Promise<void> {
  await eventually(`${node.name} stops`, () => !node.isUp);
  const { code, said } = await node.ended;
  assertEquals(code, 1, said);
  assertMatch(said, why);
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copy(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
