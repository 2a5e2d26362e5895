/** Blocks of memory that are used again. */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { SpareBlocks } from "../lib/wire/spare_blocks.ts";

const none = { permissions: "none" } as const;

Deno.test("a block is had by one at a time, and again when it was given back", none, () => {
  const blocks = new SpareBlocks(100_000);
  const [one, other] = [blocks.take(), blocks.take()];
  assertEquals(one.length, 100_000);
  assert(one !== other);
  blocks.give(one);
  assertStrictEquals(blocks.take(), one);
});

Deno.test("no more blocks are kept than eight mebibytes", none, () => {
  const blocks = new SpareBlocks(262_144);
  const all = new Set(Array.from({ length: 40 }, () => blocks.take()));
  for (const block of all) blocks.give(block);
  const again = Array.from({ length: 40 }, () => blocks.take());
  assertEquals(again.filter((block) => all.has(block)).length, 32);
});
