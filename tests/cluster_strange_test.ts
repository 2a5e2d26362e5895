/** What nodes make of messages in the log that none of them has written. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { encodeBatch, KNOWN_LEVEL } from "../lib/cluster/batch.ts";
import { CannotGoOn } from "../lib/cluster/replica.ts";
import { roomLog } from "../lib/chat/messages/log_key.ts";
import { say } from "./fixtures/facts.ts";
import { type MemoryNode, MemoryNodes } from "./fixtures/memory_nodes.ts";
import { eventually } from "./fixtures/stream_contract.ts";

const encoder = new TextEncoder();

/** What somebody may write who is no node of the cluster, and why it is none. */
function strangeTo(cluster: string): readonly (readonly [data: Uint8Array, why: RegExp])[] {
  const head = { level: KNOWN_LEVEL, cluster: "another", inc: "x", b: 1, seen: 0, hash: "" };
  const json = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));
  return [
    [encoder.encode("hello"), /it is no JSON/],
    [new Uint8Array(), /it is no JSON/],
    [new Uint8Array([0xff, 0xfe]), /it is no JSON/],
    [json(null), /it is no object/],
    [json([]), /it is of no level/],
    [json({ v: 1e9, c: "another" }), /it is of level 1000000000/],
    [json({ v: 1e9 }), /it is of level 1000000000/],
    [json({ v: 0.5, c: cluster }), /it is of no level/],
    [json({ v: 1, c: cluster, recs: "none" }), /its fields are not those of a batch/],
    [
      json({ v: 1, c: cluster, inc: "x", b: 1, cur: 0, hash: "", recs: [{ kind: "toString" }] }),
      /fields/,
    ],
    [encodeBatch(head, ['{"kind":"here","node":"n1"}']), /it is of the cluster another/],
  ];
}

async function said({ node }: MemoryNode): Promise<string[]> {
  const { entries } = await node.log.index.page(roomLog("lobby"), { limit: 99 });
  return entries.map(({ message }) => message.text);
}

Deno.test("what no node has written into the log is left out by all nodes, and told", async () => {
  await using nodes = await MemoryNodes.make();
  const dirs = [await nodes.directory(), await nodes.directory()] as const;
  let one = await nodes.start("n1", dirs[0]);
  const two = await nodes.start("n2", dirs[1]);
  const strange = strangeTo(nodes.config.cluster);
  one.node.log.put(say("lobby", "before"));
  await one.node.log.settled();
  for (const [data] of strange) nodes.order.take(data, () => {});
  await eventually(
    "they have been read",
    () => [one, two].every(({ node }) => node.log.cluster.ignored.strange === strange.length),
  );
  two.node.log.put(say("lobby", "after"));
  await two.node.log.settled();
  await one.end();
  one = await nodes.start("n1", dirs[0]);
  const late = await nodes.start("n3", await nodes.directory());
  late.node.log.put(say("lobby", "late"));
  await late.node.log.settled();
  for (const each of [one, two, late]) {
    await eventually("it has all", () => each.node.log.index.last(roomLog("lobby")) === 3);
    assertEquals(await said(each), ["before", "after", "late"]);
    assertEquals(each.stopped, []);
  }
  for (const each of [two, late]) {
    const told = each.problems.filter((text) => text.includes("is none of a node"));
    assertEquals(told.length, strange.length);
    for (const [i, [, why]] of strange.entries()) assertMatch(told[i] ?? "", why);
  }
});

/** A message of a node of another cluster, as it would be right there. */
function ofAnother(b: number): Uint8Array {
  const head = { level: KNOWN_LEVEL, cluster: "another", inc: "x", b, seen: 0, hash: "" };
  return encodeBatch(head, ['{"kind":"nothing"}']);
}

for (const isTrimmed of [false, true]) {
  const name = isTrimmed ? ", though the beginning of the log is gone" : "";
  Deno.test(`what a stranger has written is left out where it is all that a node reads first${name}`, async () => {
    await using nodes = await MemoryNodes.make();
    const dir = await nodes.directory();
    let one = await nodes.start("n1", dir);
    const two = await nodes.start("n2", await nodes.directory());
    one.node.log.put(say("lobby", "before"));
    await one.node.log.settled();
    await eventually("both have it", () => two.node.log.index.last(roomLog("lobby")) === 1);
    await one.end();
    await two.end();
    // Nobody is there who could write in between.
    const { last } = nodes.order.bounds;
    for (const b of [1, 2]) nodes.order.take(ofAnother(b), () => {});
    await eventually("it is there", () => nodes.order.bounds.last === last + 2);
    if (isTrimmed) nodes.order.trim(last - 1);
    one = await nodes.start("n1", dir);
    const again = await nodes.start("n2", two.dir);
    again.node.log.put(say("lobby", "after"));
    await again.node.log.settled();
    for (const each of [one, again]) {
      await eventually("it has all", () => each.node.log.index.last(roomLog("lobby")) === 2);
      assertEquals(await said(each), ["before", "after"]);
      assertEquals([each.stopped, each.node.log.cluster.ignored.strange], [[], 2]);
      assertMatch(each.problems.join("\n"), /is none of a node, .*it is of the cluster another/);
    }
  });

  Deno.test(`a node that finds another cluster's log where its own was does not start${name}`, async () => {
    await using nodes = await MemoryNodes.make();
    const dir = await nodes.directory();
    const one = await nodes.start("n1", dir);
    const { applied } = one.node.log.cluster;
    await one.end();
    nodes.order.wipe();
    for (let b = 1; b <= applied + 2; b++) nodes.order.take(ofAnother(b), () => {});
    await eventually("it is there", () => nodes.order.bounds.last === applied + 2);
    if (isTrimmed) nodes.order.trim(applied - 1);
    const again = await nodes.open("n1", dir);
    await assertRejects(
      () => again.node.start(),
      CannotGoOn,
      `of the stream is of the cluster another, and this node of ${nodes.config.cluster}: the stream was begun anew`,
    );
    assertEquals(again.node.log.cluster.applied, applied);
  });
}
