/** How many nodes say of one that it is dead, and how often. */

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { decodeBatch } from "../lib/cluster/batch.ts";
import { MemoryNodes } from "./fixtures/memory_nodes.ts";

/** How far the clock of the nodes goes at a step, in ms: less than it takes a node to count itself as cut off. */
const STEP_MS = 500;

/** Of which incarnations the stream says that they are dead. */
function deadIn({ order }: MemoryNodes): string[] {
  const [, ...batches] = order.messages;
  return batches.flatMap(({ data }) => decodeBatch(data).records)
    .flatMap((record) => record.kind === "node-dead" ? record.inc : []);
}

Deno.test("of several nodes one says that another is dead, and says it once", async () => {
  await using nodes = await MemoryNodes.make();
  let now = 0;
  const passed = (): number => performance.now() + now;
  const start = async (name: string) =>
    await nodes.start(name, await nodes.directory(), { passed });
  const [one, two, three] = [await start("n1"), await start("n2"), await start("n3")];
  const { incarnation } = three.node.log.cluster;
  const pass = async (): Promise<void> => {
    now += STEP_MS;
    await delay(100);
  };
  const alive = (): number[] => [one, two].map(({ node }) => node.log.nodes.length);
  while (nodes.beats.size < 3) await pass();
  three.stream.cut();
  while (alive().some((count) => count > 2)) await pass();
  // For longer than the others wait for the one on duty.
  for (let more = 0; more < 5_000; more += STEP_MS) await pass();
  assertEquals(deadIn(nodes), [incarnation]);
});

Deno.test("a node says of a death once, until it reads that", async () => {
  await using nodes = await MemoryNodes.make();
  const one = await nodes.start("n1", await nodes.directory());
  const two = await nodes.start("n2", await nodes.directory());
  const { incarnation } = two.node.log.cluster;
  await two.end();
  for (let time = 0; time < 5; time++) one.node.log.declareDead(incarnation);
  while (one.node.log.nodes.length > 1) await delay(10);
  await one.node.log.settled();
  assertEquals(deadIn(nodes), [incarnation]);
});
