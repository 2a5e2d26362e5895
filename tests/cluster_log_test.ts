/** Nodes of a cluster agree, whatever the stream loses, doubles and delays. */

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import fc from "fast-check";
import type { House } from "../lib/chat/house.ts";
import { known } from "./fixtures/evolving.ts";
import { ClusterWorld } from "./fixtures/cluster_world.ts";
import {
  agreeAfter,
  knowTheSame,
  makeWorld,
  type Somebody,
  STEPS,
} from "./fixtures/three_houses.ts";

/** In the gate the runs are always the same: they judge a change. */
const SAME = { seed: 1, endOnFailure: true };

const FAULTS = { losesAnswers: 0.2, losesAppends: 0.1, doubles: 0.2, reorders: 0.3 };

Deno.test("three nodes over a stream agree in the end", async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      await using cluster = await ClusterWorld.make();
      await agreeAfter(await makeWorld(cluster.world), steps);
    }),
    { ...SAME, numRuns: 3 },
  );
});

Deno.test("three nodes agree over a stream that loses, doubles and delays", async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, fc.nat(), async (steps, seed) => {
      await using cluster = await ClusterWorld.make({ ...FAULTS, seed });
      await agreeAfter(await makeWorld(cluster.world), steps);
      assertEquals(cluster.stopped, []);
    }),
    { ...SAME, numRuns: 5 },
  );
});

Deno.test("a node that crashes knows again what the others know, of its own data or of a copy", async () => {
  const node = fc.nat({ max: 2 });
  await fc.assert(
    fc.asyncProperty(STEPS, fc.nat(), node, node, async (steps, seed, crashes, from) => {
      await using cluster = await ClusterWorld.make({ ...FAULTS, seed });
      const { world } = cluster;
      await makeWorld(world);
      const half = Math.floor(steps.length / 2);
      for (const step of steps.slice(0, half)) await world.take(step);
      await cluster.crash(crashes, from);
      await knowTheSame(world);
      await agreeAfter(world, steps.slice(half));
    }),
    { ...SAME, numRuns: 4 },
  );
});

Deno.test("a ban that a node could not send holds nowhere", async () => {
  await using cluster = await ClusterWorld.make();
  const world = await makeWorld(cluster.world);
  const [olga] = world.people as [Somebody];
  cluster.reach(0, false);
  world.ask(olga, { type: "mod", action: "ban", target: "bob" });
  await delay(0);
  const told = olga.peer.told.at(-1);
  assertEquals([told?.type, told?.type === "error" && told.code], ["error", "try-later"]);
  cluster.reach(0, true);
  await knowTheSame(world);
  assertEquals(known((world.houses[0] as House).state), known((world.houses[1] as House).state));
});
