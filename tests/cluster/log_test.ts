/** The logs of three nodes over three real servers that are killed and held up, and nodes that crash. */

import { assert, assertEquals } from "@std/assert";
import { ClusterLoad, type LoadNode } from "../fixtures/cluster_load.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { eventually } from "../fixtures/stream_contract.ts";
import { testUnless } from "../fixtures/tools.ts";

const WRITERS = 8;
let clusters = 0;

/** A test with nodes under load on servers of its own, which are checked in the end. */
function loadTest(name: string, run: (load: ClusterLoad) => Promise<void>): void {
  testUnless(NO_NATS, name, async () => {
    await using servers = await NatsServers.start(3);
    await using load = await ClusterLoad.start(servers, `load${++clusters}`, WRITERS);
    await load.more(200);
    await run(load);
    await load.more(200);
    await load.check();
  });
}

loadTest("nodes hold the same, whoever writes", async (load) => {
  await load.more(1_000);
});

loadTest("kill -9 of the leader loses no ack and doubles none", async (load) => {
  for (let times = 0; times < 2; times++) {
    const leader = load.servers.named(await load.leader());
    await leader.kill();
    await load.more(300);
    await leader.start();
    await load.more(100);
  }
});

loadTest("a leader that is held up and goes on loses no ack", async (load) => {
  const leader = load.servers.named(await load.leader());
  leader.signal("SIGSTOP");
  await load.more(300);
  leader.signal("SIGCONT");
  await load.more(300);
});

loadTest("all servers killed at once lose no ack", async (load) => {
  await Promise.all(load.servers.all.map((server) => server.kill()));
  await eventually("it is noticed", () => load.nodes.every(({ log }) => log.cluster.isAway));
  await Promise.all(load.servers.all.map((server) => server.start()));
  await load.more(300);
});

loadTest("a node that crashes comes back, and has all that was said meanwhile", async (load) => {
  const node = load.nodes[1] as LoadNode;
  for (let times = 0; times < 3; times++) {
    await load.down(node);
    await load.more(200, "n1");
    await load.up(node);
    await load.more(50, "n2");
  }
  assertEquals(load.nodes[0]?.log.nodes.map(({ node }) => node).sort(), ["n1", "n2", "n3"]);
});

loadTest("a node that comes late reads all from the beginning", async (load) => {
  await load.add("n4");
});

loadTest("a node that others hold for dead goes on as another", async (load) => {
  const [one, two] = load.nodes as [LoadNode, LoadNode];
  const { incarnation } = two.log.cluster;
  one.log.declareDead(incarnation);
  await eventually("it noticed", () => two.log.cluster.incarnation !== incarnation);
  await load.more(50, "n2");
  assert(!one.log.nodes.some(({ inc }) => inc === incarnation));
});
