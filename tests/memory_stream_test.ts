/** The stream in memory does what a stream must, also where all goes wrong that may go wrong. */

import { assert, assertEquals } from "@std/assert";
import { type MemoryOptions, MemoryOrder, type MemoryStream } from "./fixtures/memory_stream.ts";
import {
  appendSurely,
  assertAgree,
  keepReading,
  readUntil,
  streamContract,
  type StreamWorld,
} from "./fixtures/stream_contract.ts";

const FAULTS = { losesAnswers: 0.2, losesAppends: 0.2, doubles: 0.2, reorders: 0.5 };

function memoryWorld(options: MemoryOptions = {}): Promise<StreamWorld> {
  const order = new MemoryOrder(options);
  return Promise.resolve({
    node: () => Promise.resolve(order.node()),
    cut: (node) => (node as MemoryStream).cut(),
    mend: (node) => (node as MemoryStream).mend(),
    trim: (seq) => Promise.resolve(order.trim(seq)),
    wipe: () => Promise.resolve(order.wipe()),
    async [Symbol.asyncDispose](): Promise<void> {
      for (const node of order.nodes) await node.close();
    },
  });
}

streamContract("a stream in memory", () => memoryWorld());
streamContract("a stream in memory with faults", () => memoryWorld({ ...FAULTS, seed: 7 }));

/** What becomes of a hundred appends of three nodes, by the seed alone. */
async function orderOf(seed: number): Promise<string[]> {
  const order = new MemoryOrder({ ...FAULTS, seed, now: () => 0 });
  const nodes = [order.node(), order.node(), order.node()];
  const readings = nodes.map((node) => keepReading(node, 1));
  await Promise.allSettled(
    nodes.flatMap((node, n) =>
      Array.from(
        { length: 33 },
        (_, count) => node.append(new TextEncoder().encode(`${n} ${count}`)),
      )
    ),
  );
  await readUntil(readings, order.bounds.last);
  assertAgree(readings, new Map());
  return readings[0]?.texts ?? [];
}

Deno.test("a stream in memory does all that its faults say, and the same for the same seed", async () => {
  const texts = await orderOf(3);
  assertEquals(await orderOf(3), texts);
  assert((await orderOf(4)).join() !== texts.join());
  assert(new Set(texts).size < texts.length, "nothing came twice");
  assert(new Set(texts).size < 99, "nothing got lost");
  assert(texts.join() !== [...texts].sort().join(), "nothing overtook");
});

Deno.test("an append in memory whose answer gets lost is there all the same", async () => {
  const order = new MemoryOrder({ losesAnswers: 0.5, seed: 5 });
  const node = order.node();
  const { tries } = await appendSurely(node, "a");
  let all = tries;
  for (let n = 0; n < 10; n++) all += (await appendSurely(node, "a")).tries;
  assertEquals(order.bounds.last, all);
  assert(all > 11);
});
