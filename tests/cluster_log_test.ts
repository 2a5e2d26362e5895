/** Nodes of a cluster agree, whatever the stream loses, doubles and delays. */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { makeCluster } from "./fixtures/cluster_world.ts";
import { agreeAfter, makeWorld, STEPS } from "./fixtures/three_houses.ts";

const FAULTS = { losesAnswers: 0.2, losesAppends: 0.1, doubles: 0.2, reorders: 0.3 };

Deno.test("three nodes over a stream agree in the end", async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      await using cluster = await makeCluster();
      await agreeAfter(await makeWorld(cluster.world), steps);
    }),
    { numRuns: 3 },
  );
});

Deno.test("three nodes agree over a stream that loses, doubles and delays", async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, fc.nat(), async (steps, seed) => {
      await using cluster = await makeCluster({ ...FAULTS, seed });
      await agreeAfter(await makeWorld(cluster.world), steps);
      assertEquals(cluster.stopped, []);
    }),
    { numRuns: 5 },
  );
});
