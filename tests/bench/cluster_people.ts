/** What it costs that people come in: where they do, at another node, and at a server by itself. */

import { delay } from "@std/async/delay";
import { comes, makeRoomHouse } from "../fixtures/room_house.ts";
import { openLimits } from "../../lib/server/limits.ts";
import { BenchClient } from "./cluster_client.ts";
import { type ClusterPlace, cpuMs, type Served } from "./cluster_place.ts";
import { median } from "./matrix.ts";

const COME_AT_ONCE = 20;
const PEOPLE_PER_ROOM = 20;
/** How long a server has until it has done all that follows from it, in ms. */
const SETTLE_MS = 1_500;
/** How often a house is noted to learn what that takes. */
const NOTES = 5;

/** What each who came in has cost a server. */
export interface Comings {
  /** Processor time, in microseconds. */
  readonly cpuMicros: number;
  /** Memory after a collection, in bytes. */
  readonly heapBytes: number;
}

/** So many people come in at one server, and leave. Resolves with what that has cost each that was `watched`. */
export async function comings(
  at: Served,
  watched: readonly Served[],
  count: number,
): Promise<Comings[]> {
  const look = () =>
    Promise.all(watched.map(async (served) => ({
      cpu: cpuMs(served.pid),
      heap: (await served.holdings()).heap,
    })));
  // What it did before is over, and what code it needs has run.
  await here(at, COME_AT_ONCE * 10, () => delay(SETTLE_MS));
  await delay(SETTLE_MS);
  const before = await look();
  const cpuBefore = watched.map(({ pid }) => cpuMs(pid));
  return await here(at, count, async () => {
    const cpu = watched.map(({ pid }, nth) => cpuMs(pid) - (cpuBefore[nth] as number));
    await delay(SETTLE_MS);
    const after = await look();
    return after.map(({ heap }, nth) => ({
      cpuMicros: (cpu[nth] as number) * 1_000 / count,
      heapBytes: (heap - (before[nth]?.heap ?? NaN)) / count,
    }));
  });
}

/** Does something while so many people are here. */
async function here<T>({ port }: Served, count: number, work: () => Promise<T>): Promise<T> {
  const tag = crypto.randomUUID().slice(0, 6);
  const clients: BenchClient[] = [];
  try {
    for (let first = 0; first < count; first += COME_AT_ONCE) {
      const coming = Array.from({ length: Math.min(COME_AT_ONCE, count - first) }, async (_, i) => {
        const nth = first + i;
        const room = `room-${tag}-${Math.floor(nth / PEOPLE_PER_ROOM)}`;
        clients.push(await BenchClient.come({ port, name: `${tag}-${nth}`, room }));
      });
      await Promise.all(coming);
    }
    return await work();
  } finally {
    for (const client of clients) client.close();
  }
}

/** The people of all servers: a node, another one, and the server by itself. */
export async function peopleCost(
  { nodes, alone }: ClusterPlace,
  count: number,
): Promise<{ readonly home: Comings; readonly other: Comings; readonly alone: Comings }> {
  const [first, second] = nodes as [Served, Served];
  const [home, other] = await comings(first, [first, second], count) as [Comings, Comings];
  const [single] = await comings(alone, [alone], count) as [Comings];
  return { home, other, alone: single };
}

/** How long it takes to note a house with so many people in it as a whole, in microseconds for each of them. */
export async function noteMicros(people: number): Promise<number> {
  const house = makeRoomHouse({ limits: openLimits() });
  for (let nth = 0; nth < people; nth++) {
    await comes(house, `p${nth}`, { room: `room-${Math.floor(nth / PEOPLE_PER_ROOM)}` });
  }
  const took = Array.from({ length: NOTES }, () => {
    const began = performance.now();
    JSON.stringify({ seq: 1, house: house.dump() });
    return performance.now() - began;
  });
  return median(took) * 1_000 / people;
}
