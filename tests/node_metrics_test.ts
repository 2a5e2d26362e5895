/** The metrics of a node of a cluster: there for nodes alone, documented, and read when somebody looks. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { KNOWN_LEVEL } from "../lib/cluster/batch.ts";
import type { NodeNow, WatchedNode } from "../lib/server/metrics.ts";
import { tableOf } from "./docs.ts";
import { MemoryNodes } from "./fixtures/memory_nodes.ts";
import { asTable, metricRows } from "./fixtures/metric_rows.ts";
import { saidByPromtool } from "./fixtures/promtool.ts";
import { serveNode } from "./fixtures/served_node.ts";
import { toolTest } from "./fixtures/tools.ts";
import { joinEvent } from "./helpers.ts";
import { request, startWeb } from "./web_peer.ts";

/** A node that is as a test says. */
function nodeOf(more: Partial<NodeNow> = {}): WatchedNode {
  const now: NodeNow = {
    ...{ unready: undefined, isReached: true, applied: 12, lagMs: 1_500, nodes: 3, level: 1 },
    ...{ isOnDuty: true, repeats: 4, ignored: { again: 1, early: 2, dead: 3, strange: 4 } },
    ...{ hasDiverged: false, failures: 0 },
    ...more,
  };
  return { append: undefined, now: () => now };
}

async function readMetrics(node?: WatchedNode): Promise<string> {
  await using web = await startWeb({}, node === undefined ? {} : { node });
  node?.append?.observe(0.003);
  await request(web.door, "GET /metrics");
  node?.append?.observe(0.2);
  return (await request(web.door, "GET /metrics")).body;
}

Deno.test("a node has more metrics than others, each of which is in the manual", async () => {
  const plain = await readMetrics();
  assert(!plain.includes("chatroom_cluster_"));
  const known = new Set(metricRows(plain).map(([name]) => name));
  const own = metricRows(await readMetrics(nodeOf())).filter(([name]) => !known.has(name));
  assertEquals(own.length, 11);
  assertEquals(tableOf("Metrics of a node"), own, asTable(own));
});

Deno.test("the metrics of a node are as it is", async () => {
  const body = await readMetrics(nodeOf());
  for (
    const line of [
      ...["connected 1", "applied_seq 12", "lag_seconds 1.5", "nodes 3", "level 1", "on_duty 1"],
      ...["diverged 0", "failed_applies_total 0", "batches_repeated_total 4"],
      ...[
        'batches_ignored_total{why="early"} 2',
        'batches_ignored_total{why="strange"} 4',
        'append_seconds_bucket{le="0.25"} 2',
      ],
    ]
  ) assert(body.includes(`\nchatroom_cluster_${line}\n`), `${line} is not in:\n${body}`);
  const other = await readMetrics(
    nodeOf({ isReached: false, isOnDuty: false, hasDiverged: true, failures: 1, unready: "so" }),
  );
  for (const line of ["connected 0", "on_duty 0", "diverged 1", "failed_applies_total 1"]) {
    assert(other.includes(`\nchatroom_cluster_${line}\n`), line);
  }
  assertMatch(other, /^chatroom_ready 0$/m);
});

toolTest("promtool finds nothing to say about the metrics of a node", ["promtool"], async () => {
  assertEquals(await saidByPromtool(await readMetrics(nodeOf())), [0, ""]);
});

Deno.test("a node that runs tells its place, the others, and how long its batches take", async () => {
  await using stack = new AsyncDisposableStack();
  const nodes = stack.use(await MemoryNodes.make());
  const { server, door } = await serveNode(stack, nodes, "n1", await nodes.directory());
  const read = async (): Promise<Map<string, number>> => {
    const { body } = await request(door, "GET /metrics");
    return new Map(
      [...body.matchAll(/^chatroom_cluster_(\S+) (\S+)$/gm)].map(([, name = "", value]) => [
        name,
        Number(value),
      ]),
    );
  };
  const before = await read();
  assertEquals([before.get("connected"), before.get("nodes"), before.get("level")], [
    1,
    1,
    KNOWN_LEVEL,
  ]);
  using ann = await joinEvent(server, "ann");
  assertEquals((await ann.ask({ type: "say", room: "lobby", text: "one" })).type, "ack");
  const after = await read();
  const more = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  assert(more("applied_seq") >= 2, "what came in and what was said are messages of the log");
  assert(more("append_seconds_count") >= 2);
});
