/** A cluster withstands what can happen to it, as its clients see it: see faults.ts. */

import { assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { joinEvent } from "../helpers.ts";
import { NatsServers, NO_NATS } from "../fixtures/nats_servers.ts";
import { onSmallDisk } from "../fixtures/small_disk.ts";
import { testUnless } from "../fixtures/tools.ts";
import { Proxy } from "../proxy.ts";
import { eventually } from "./eventually.ts";
import { FaultNode } from "./fault_node.ts";
import { FaultWorld } from "./fault_world.ts";
import { chanceOf, FAULTS, heldForDead, randomFrom } from "./faults.ts";

/** Servers and nodes that the tests share as long as they are well: to start them takes longer than most. */
let servers: NatsServers | undefined;
let shared: FaultWorld | undefined;

async function end(): Promise<void> {
  await shared?.[Symbol.asyncDispose]();
  await servers?.[Symbol.asyncDispose]();
  servers = shared = undefined;
}

// Outside of the tests, which each of them use.
Deno.test.afterAll(end);

function faultTest(
  name: string,
  run: (world: FaultWorld, t: Deno.TestContext) => Promise<void>,
): void {
  testUnless(NO_NATS, name, async (t) => {
    servers ??= await NatsServers.start(3, { isSplittable: true });
    const world = shared ??= await FaultWorld.start(servers);
    try {
      await run(world, t);
    } catch (error) {
      await end();
      throw error;
    }
  }, { sanitizeOps: false, sanitizeResources: false });
}

const chance = chanceOf(randomFrom(1));

for (const { name, happen } of FAULTS) {
  faultTest(name, (world) => world.underLoad(() => happen(world, chance)));
}

faultTest(
  "the disk of a node is full: it stops and says so, and the others go on",
  (world, t) =>
    onSmallDisk(t, async (disk) => {
      const node = await world.add("n4", `${disk.path}/data`);
      await world.underLoad(async () => {
        disk.fill();
        const { code, said } = await node.ended;
        assertEquals(code, 1, said);
        assertMatch(said, /This node can't go on: .*(disk is full|no space)/i);
        await world.load.more(50, "n1");
        disk.clear();
        await world.start(node);
        await world.load.more(50, "n4");
      });
      await world.remove(node);
    }, 48),
);

faultTest(
  "people of a node that counts as dead get their names back, and it comes back",
  (world) =>
    world.underLoad(async () => {
      const [one, node] = [world.node("n1"), world.node("n3")];
      using ann = await joinEvent(placeOf(node), "ann");
      using _carl = await joinEvent(placeOf(node), "carl");
      node.pause();
      try {
        // Whoever has the session has the name, whatever becomes of the node.
        using back = await joinEvent(placeOf(one), "ann", { session: ann.ready.session });
        assertEquals([back.ready.type, back.ready.name], ["ready", "ann"]);
        let refused = 0;
        await eventually("somebody else gets the name of one who does not come back", async () => {
          using other = await joinEvent(placeOf(one), "carl", { exact: true });
          if (other.ready.type === "ready") return true;
          assertEquals(other.ready.code, "name-taken");
          refused++;
          await delay(1_000);
          return false;
        });
        // Until the node counts as dead, and for 30 s more.
        assertEquals(refused > 5, true);
      } finally {
        node.resume();
      }
      await heldForDead(node);
      await world.load.more(50, node.name);
    }),
);

faultTest("two nodes behind one address: whoever loses one goes on at the other", async (world) => {
  const nodes = [world.node("n1"), world.node("n2")];
  let turn = 0;
  await using front = new Proxy({
    get addr() {
      const up = nodes.filter(({ isUp }) => isUp);
      return placeOf(up[turn++ % up.length]).addr;
    },
  });
  await world.underLoad(async () => {
    for (const node of nodes) {
      await node.end();
      await world.load.more(50, "front");
      await world.start(node);
      front.cut();
      await world.load.more(50, "front");
    }
  }, [{ name: "front", addr: front.addr }, world.node("n3")]);
});

faultTest(
  "a second node of the same name: the first one stops and says so",
  (world) =>
    world.underLoad(async () => {
      const first = world.node("n1");
      const dir = await Deno.makeTempDir({ prefix: "chatroom_node_" });
      {
        await using second = new FaultNode("n1", dir, world.servers, world.cluster);
        assertEquals(await second.start(), undefined);
        const { code, said } = await first.ended;
        assertEquals(code, 1, said);
        assertMatch(said, /another node has come that is called n1, too/);
      }
      await Deno.remove(dir, { recursive: true });
      await world.start(first);
      await world.load.more(50, "n1");
    }),
);

function placeOf(node: FaultNode | undefined): { readonly addr: Deno.NetAddr } {
  if (node?.addr === undefined) throw new Error(`${node?.name ?? "A node"} does not run`);
  return { addr: node.addr };
}
