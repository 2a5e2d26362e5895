/** A node whose server of the engine is cut off from the others: it is connected, and nothing comes back. */

import { assertEquals } from "@std/assert";
import { encodeBatch } from "../lib/cluster/batch.ts";
import { ClusterLog } from "../lib/cluster/cluster_log.ts";
import { openNode } from "./fixtures/cluster_world.ts";
import { say } from "./fixtures/facts.ts";
import { MemoryOrder, type MemoryStream } from "./fixtures/memory_stream.ts";
import { makeDir } from "./fixtures/stored_server.ts";
import { until } from "./helpers.ts";

/** More than an election takes, in ms. */
const LONG_MS = 9_001;

/** A log of one node that has begun; `after` lets time pass, and gives how often another way was taken. */
async function begun(stack: AsyncDisposableStack): Promise<{
  readonly log: ClusterLog;
  readonly order: MemoryOrder;
  readonly stream: MemoryStream;
  readonly after: (ms: number) => number;
}> {
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
  const after = (ms: number): number => {
    now += ms;
    log.look();
    return moves;
  };
  return { log, order, stream, after };
}

/** Says something that the engine takes and nobody reads. */
async function saidInVain(log: ClusterLog, stream: MemoryStream): Promise<void> {
  let appends = 0;
  stream.append = () => {
    appends++;
    return new Promise(() => {});
  };
  log.put(say("lobby", "hello"));
  await until("it was sent", () => appends > 0);
}

Deno.test("a node that is connected and reads nothing for long takes another way to the engine", async () => {
  await using stack = new AsyncDisposableStack();
  const { log, order, stream, after } = await begun(stack);
  assertEquals(after(LONG_MS), 0, "nothing was sent that could come back");
  await saidInVain(log, stream);
  assertEquals(after(LONG_MS), 1);
  assertEquals(after(1_000), 1, "the other way gets its time");
  assertEquals(after(LONG_MS), 2);
  // What others say comes: then nothing is wrong with the way.
  assertEquals(after(LONG_MS - 1_000), 2);
  const { applied } = log.cluster;
  const batch = { level: 1, cluster: "a cluster", inc: "other", b: 1, seen: 0, hash: "" };
  order.take(encodeBatch(batch, ['{"kind":"nothing"}']), () => {});
  await until("it was read", () => log.cluster.applied > applied);
  assertEquals(after(LONG_MS - 1_000), 2);
});

Deno.test("a connection that was just made again is not given up for what came before", async () => {
  await using stack = new AsyncDisposableStack();
  const { log, stream, after } = await begun(stack);
  await saidInVain(log, stream);
  after(1_000);
  stream.cut();
  after(LONG_MS);
  stream.mend();
  assertEquals(after(1_000), 0);
  assertEquals(after(LONG_MS), 1);
});
