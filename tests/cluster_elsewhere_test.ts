/** A node whose server of the engine is cut off from the others: it is connected, and nothing comes back. */

import { assertEquals } from "@std/assert";
import { encodeBatch } from "../lib/cluster/batch.ts";
import { ClusterLog } from "../lib/cluster/cluster_log.ts";
import { openNode } from "./fixtures/cluster_world.ts";
import { say } from "./fixtures/facts.ts";
import { MemoryOrder } from "./fixtures/memory_stream.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { until } from "./helpers.ts";

/** More than an election takes, in ms. */
const LONG_MS = 9_001;

Deno.test("a node that is connected and reads nothing for long takes another way to the engine", async () => {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openNode(stack.use(await makeDir()).path));
  const order = new MemoryOrder();
  const stream = order.node();
  stack.defer(() => stream.close());
  let [now, moves] = [0, 0];
  stream.elsewhere = () => void moves++;
  const log = stack.use(
    new ClusterLog({
      ...{ stream, store, cluster: "a cluster", node: "n1", passed: () => now },
      onStopped: (why) => reportError(new Error(why)),
      onAway: () => {},
      onReborn: () => {},
    }),
  );
  await log.start();
  now += LONG_MS;
  log.look();
  assertEquals(moves, 0, "nothing was sent that could come back");
  let appends = 0;
  stream.append = () => {
    appends++;
    return new Promise(() => {});
  };
  log.put(say("lobby", "hello"));
  await until("it was sent", () => appends > 0);
  const after = (ms: number): number => {
    now += ms;
    log.look();
    return moves;
  };
  assertEquals(after(LONG_MS), 1);
  assertEquals(after(1_000), 1, "the other way gets its time");
  assertEquals(after(LONG_MS), 2);
  // What others say comes: then nothing is wrong with the way.
  now += LONG_MS - 1_000;
  const { applied } = log.cluster;
  const batch = { cluster: "a cluster", inc: "other", b: 1, seen: 0, hash: "" };
  order.take(encodeBatch(batch, ['{"kind":"nothing"}']), () => {});
  await until("it was read", () => log.cluster.applied > applied);
  assertEquals(after(LONG_MS - 1_000), 2);
});
