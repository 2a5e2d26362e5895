/**
 * What can happen to a cluster, a row for each: the suite goes through them one after the other, and the soak
 * takes them by chance. What holds in the end is checked by whoever runs them, see fault_world.ts.
 */

import { assert, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { eventually } from "./eventually.ts";
import type { FaultNode } from "./fault_node.ts";
import type { FaultWorld } from "./fault_world.ts";
import { aliveIn } from "./store_digest.ts";

/** Something that happens while clients talk. */
export interface ClusterFault {
  readonly name: string;
  /** To what it happens. */
  readonly to: "servers" | "a node" | "all nodes";
  /** Does it, waits until what should go on goes on, and makes it good again. */
  happen(world: FaultWorld, chance: Chance): Promise<void>;
}

/** Chooses for a fault. */
export interface Chance {
  of<T>(all: readonly T[]): T;
  /** A number from `least` to `most`. */
  between(least: number, most: number): number;
}

/** What goes on without any of it being lost, whatever is done. */
export const FAULTS: readonly ClusterFault[] = [
  {
    name: "kill -9 of the NATS server that leads the log",
    to: "servers",
    async happen(world): Promise<void> {
      const leader = await world.leader();
      await leader.kill();
      await world.load.more(100);
      await leader.start();
      await world.load.more(50);
    },
  },
  {
    name: "the NATS server that leads the log is held up",
    to: "servers",
    async happen(world): Promise<void> {
      const leader = await world.leader();
      leader.signal("SIGSTOP");
      try {
        await world.load.more(100);
        assert((await world.leader()).name !== leader.name);
      } finally {
        leader.signal("SIGCONT");
      }
      await world.load.more(100);
    },
  },
  {
    name: "kill -9 of all NATS servers at once",
    to: "servers",
    async happen(world): Promise<void> {
      await Promise.all(world.servers.all.map((server) => server.kill()));
      await world.load.refused();
      await Promise.all(world.servers.all.map((server) => server.start()));
      await world.load.more(100);
    },
  },
  {
    name: "all NATS servers are held up for a moment",
    to: "servers",
    async happen(world, chance): Promise<void> {
      for (const server of world.servers.all) server.signal("SIGSTOP");
      try {
        await delay(chance.between(200, 4_000));
      } finally {
        for (const server of world.servers.all) server.signal("SIGCONT");
      }
      await world.load.more(100);
    },
  },
  {
    name: "NATS servers are restarted one after the other",
    to: "servers",
    async happen(world): Promise<void> {
      for (const server of world.servers.all) {
        await server.kill("SIGTERM");
        await world.load.more(20);
        await server.start();
        await world.load.more(20);
      }
    },
  },
  {
    name: "the NATS server that leads the log is cut off from the others",
    to: "servers",
    async happen(world): Promise<void> {
      const leader = await world.leader();
      world.servers.isolate(leader);
      try {
        // Also for those who were connected with that one.
        for (const { name } of world.nodes) await world.load.more(20, name);
      } finally {
        world.servers.join();
      }
      await world.load.more(100);
    },
  },
  {
    name: "kill -9 of a node",
    to: "a node",
    async happen(world, chance): Promise<void> {
      const node = chance.of(world.nodes);
      await node.end();
      await world.load.more(50, otherThan(world, node).name);
      await world.start(node);
      await world.load.more(50, node.name);
    },
  },
  {
    name: "nodes are restarted one after the other",
    to: "all nodes",
    async happen(world): Promise<void> {
      for (const node of world.nodes) {
        const { code, said } = await node.end("SIGTERM");
        assert(code === 0, `${node.name} ended with ${code}: ${said}`);
        await world.load.more(20, otherThan(world, node).name);
        await world.start(node);
        await world.load.more(20, node.name);
      }
    },
  },
  {
    name: "kill -9 of all nodes at once",
    to: "all nodes",
    async happen(world): Promise<void> {
      await Promise.all(world.nodes.map((node) => node.end()));
      await Promise.all(world.nodes.map((node) => world.start(node)));
      for (const { name } of world.nodes) await world.load.more(20, name);
    },
  },
  {
    name: "a node is held up for a moment",
    to: "a node",
    async happen(world, chance): Promise<void> {
      const node = chance.of(world.nodes);
      node.pause();
      try {
        await delay(chance.between(500, 5_000));
        await world.load.more(20, otherThan(world, node).name);
      } finally {
        node.resume();
      }
      await world.load.more(50, node.name);
    },
  },
  {
    name: "a node is slow",
    to: "a node",
    async happen(world, chance): Promise<void> {
      const node = chance.of(world.nodes);
      for (const way of node.ways) way.delayMs = 20;
      try {
        for (let times = 0; times < 15; times++) {
          node.pause();
          await delay(200);
          node.resume();
          await delay(100);
        }
        await world.load.more(50, otherThan(world, node).name);
      } finally {
        node.resume();
        for (const way of node.ways) way.delayMs = 0;
      }
      await world.load.more(50, node.name);
    },
  },
  {
    name: "the way of a node to NATS is a black hole for a moment",
    to: "a node",
    async happen(world, chance): Promise<void> {
      await cutOff(world, chance.of(world.nodes), () => delay(chance.between(500, 4_000)));
    },
  },
  {
    name: "the way of a node to NATS is a black hole until the others hold it for dead",
    to: "a node",
    async happen(world, chance): Promise<void> {
      const node = chance.of(world.nodes);
      await cutOff(world, node, async () => {
        await world.load.refused();
        await countedAsDead(node, otherThan(world, node));
      });
      await heldForDead(node);
      await world.load.more(50, node.name);
    },
  },
];

/** Cuts a node off from NATS meanwhile; others go on. */
async function cutOff(
  world: FaultWorld,
  node: FaultNode,
  meanwhile: () => Promise<void>,
): Promise<void> {
  node.cut();
  try {
    await Promise.all([meanwhile(), world.load.more(50, otherThan(world, node).name)]);
  } finally {
    node.mend();
  }
  await world.load.more(50, node.name);
}

/** Waits until a node has read in the log that another one is dead. */
export async function countedAsDead(dead: FaultNode, by: FaultNode): Promise<void> {
  await eventually(`${dead.name} counts as dead`, () => !aliveIn(by.dir).includes(dead.name));
}

/** Waits until a node has read that the others hold it for dead. */
export async function heldForDead(node: FaultNode): Promise<void> {
  await eventually(
    `${node.name} reads that it is dead`,
    () => node.said.includes("held this one for dead"),
  );
  assertMatch(node.said, /held this one for dead; its clients have to come back/);
}

/** A node that goes on while something is done to this one. */
export function otherThan(world: FaultWorld, node: FaultNode): FaultNode {
  const other = world.nodes.find((each) => each !== node && each.isUp);
  assert(other !== undefined, "no other node runs");
  return other;
}

/** Chooses as numbers from 0 to 1 say. */
export function chanceOf(random: () => number): Chance {
  const between = (least: number, most: number): number => least + random() * (most - least);
  return {
    between,
    of<T>(all: readonly T[]): T {
      return all[Math.floor(random() * all.length)] as T;
    },
  };
}

/** Numbers from 0 to 1 that follow from a seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // A step of Weyl's, and the finisher of MurmurHash3.
    state = (state + 0x9e37_79b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
