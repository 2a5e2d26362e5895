/** What clients send at once with their names is answered, though it takes a while until they are in. */

import { assertEquals } from "@std/assert";
import { ClusterLog } from "../lib/cluster/cluster_log.ts";
import type { FactLog } from "../lib/chat/log/fact_log.ts";
import { openNode } from "./fixtures/cluster_world.ts";
import { MemoryOrder } from "./fixtures/memory_stream.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { classicFrame, eventFrame, joinClassic, RawPeer, startServer } from "./helpers.ts";

/** The log of a cluster of one node. */
async function clusterLog(stack: AsyncDisposableStack): Promise<FactLog> {
  const dir = stack.use(await makeDir());
  const store = stack.use(await openNode(dir.path));
  const stream = new MemoryOrder().node();
  stack.defer(() => stream.close());
  const log = stack.use(
    new ClusterLog({
      ...{ stream, store, cluster: "a cluster", node: "n1" },
      onStopped: (why) => reportError(new Error(why)),
      onAway: () => {},
      onReborn: () => {},
    }),
  );
  await log.start();
  return log;
}

Deno.test("what a client sends at once with its name is said and answered on a node of a cluster", async () => {
  await using stack = new AsyncDisposableStack();
  const factLog = await clusterLog(stack);
  const server = stack.use(startServer({ factLog }));
  using ann = await joinClassic(server, "ann");
  using bob = await RawPeer.connect(server);
  await bob.send(classicFrame("bob"), classicFrame("at once"));
  assertEquals(await ann.takePair(), ["bob", "at once"]);
  using carl = await RawPeer.connect(server);
  await carl.send(
    eventFrame("carl"),
    eventFrame({ type: "hello", id: "1" }),
    eventFrame({ type: "say", id: "2", room: "lobby", text: "me too" }),
  );
  assertEquals(await ann.takePair(), ["carl", "me too"]);
});
