/** Nodes of different versions: what they write, and how all go on to what is new. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { decodeBatch, KNOWN_LEVEL, type LogBatch } from "../lib/cluster/batch.ts";
import { CannotGoOn } from "../lib/cluster/replica.ts";
import { say } from "./fixtures/facts.ts";
import { type MemoryNode, MemoryNodes } from "./fixtures/memory_nodes.ts";
import { eventually } from "./fixtures/stream_contract.ts";

const OLD = KNOWN_LEVEL;
/** A level that is made up: nothing in it is new but its number. */
const NEW = KNOWN_LEVEL + 1;

/** All that is in the stream. */
function batches({ order }: MemoryNodes): LogBatch[] {
  return order.messages.map(({ data }) => decodeBatch(data, NEW));
}

/** Where in the stream somebody is told to write at another level; -1: nowhere. */
function raisedAt(nodes: MemoryNodes): number {
  return batches(nodes).findIndex(({ records }) => records.some(({ kind }) => kind === "level"));
}

async function says(nodes: readonly MemoryNode[], text: string): Promise<void> {
  for (const { node, name } of nodes) {
    node.log.put(say("lobby", `${text} ${name}`));
    await node.log.settled();
  }
}

/** All nodes have heard that a node knows a level. */
async function heard(nodes: MemoryNodes, { node }: MemoryNode, level: number): Promise<void> {
  const { incarnation } = node.log.cluster;
  await eventually("it was heard", () => nodes.beats.get(incarnation)?.level === level);
}

Deno.test("nodes that are upgraded one after the other write what is new when the last one knows it", async () => {
  await using nodes = await MemoryNodes.make();
  const running: MemoryNode[] = [];
  for (const name of ["n1", "n2", "n3"]) {
    running.push(await nodes.start(name, await nodes.directory()));
  }
  await says(running, "before");
  for (const [n, { name, dir, end }] of [...running.entries()]) {
    assertEquals(raisedAt(nodes), -1, `raised with ${n} of 3 nodes upgraded`);
    await end();
    running[n] = await nodes.start(name, dir, { knows: NEW });
    await heard(nodes, running[n], NEW);
    await says(running, `with ${n + 1}`);
  }
  await eventually("all write at the new level", () => {
    return running.every(({ node }) => node.log.cluster.level === NEW);
  });
  await says(running, "after");
  const all = batches(nodes);
  const at = raisedAt(nodes);
  assertEquals(new Set(all.slice(0, at + 1).map(({ level }) => level)), new Set([OLD]));
  const last = all.at(-1);
  assertEquals(last?.level, NEW);
  const begun = all.slice(0, at).flatMap(({ records }) => records.flatMap(({ kind }) => kind))
    .filter((kind) => kind === "here");
  // On a busy machine one may be held for dead, and begins once more.
  assert(begun.length >= 6, `${begun.length} before all were upgraded`);
  assertEquals(running.flatMap(({ stopped }) => stopped), []);
});

Deno.test("an older node stops at what is new, and goes on when it is upgraded", async () => {
  await using nodes = await MemoryNodes.make();
  const one = await nodes.start("n1", await nodes.directory(), { knows: NEW });
  await eventually("the level is raised", () => one.node.log.cluster.level === NEW);
  await says([one], "new");
  const says2 = new RegExp(
    `what comes next in the stream is of level ${NEW}, and this program knows ${OLD}: upgrade this node`,
  );
  const dir = await nodes.directory();
  const error = await assertRejects(() => nodes.start("n2", dir), CannotGoOn);
  assertMatch(error.message, says2);
  const two = await nodes.start("n2", dir, { knows: NEW });
  await says([two], "newer");
  await two.end();
  // Its data are of the new level now.
  const back = await assertRejects(() => nodes.start("n2", dir), CannotGoOn);
  assertMatch(back.message, new RegExp(`the data of this node are of level ${NEW}`));
});

Deno.test("a node that runs stops, unready, when the others go on without it", async () => {
  await using nodes = await MemoryNodes.make();
  const one = await nodes.start("n1", await nodes.directory(), { knows: NEW });
  const two = await nodes.start("n2", await nodes.directory());
  // No node does that by itself while two lives.
  one.node.log.raise(NEW);
  await eventually("it stops", () => two.stopped.length > 0);
  assertMatch(two.stopped.join(), /of level \d+, and this program knows \d+: upgrade this node/);
  assertMatch(two.node.unready ?? "", /this node can't go on: what comes next/);
  await says([one], "alone");
  assertEquals(one.stopped, []);
});

Deno.test("a message of a level that a node does not know stops it", async () => {
  await using nodes = await MemoryNodes.make();
  const one = await nodes.start("n1", await nodes.directory());
  const newer = { v: NEW, c: nodes.config.cluster, anything: "new" };
  nodes.order.take(new TextEncoder().encode(JSON.stringify(newer)), () => {});
  await eventually("it stops", () => one.stopped.length > 0);
  assertMatch(one.stopped.join(), new RegExp(`can't be read: it is of level ${NEW}, and`));
});
