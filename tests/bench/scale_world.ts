/** The world of `deno task bench:scale`: nodes that apply all records, their clients, and a stream. */

import type { Costs } from "./scale_costs.ts";

/** A cluster. */
export interface Shape {
  readonly members: number;
  readonly nodes: number;
  /** People in each room, who are spread over all nodes. */
  readonly room: number;
  /** Messages a second, over all rooms. */
  readonly perSecond: number;
}

/** What can be used up, and what it is called. */
export const RESOURCES = {
  cpu: "the processor",
  memory: "memory",
  note: "the pause to note the house",
  text: "the length of that note",
  stream: "the stream",
  network: "the network",
  comeBack: "time to come back",
} as const;

/** The name of something that can be used up. */
export type Resource = keyof typeof RESOURCES;

/** What a shape comes to. */
export interface Outcome {
  /** How much of each is used; over 1: it does not do. */
  readonly parts: Readonly<Record<Resource, number>>;
  /** The heap of a node. */
  readonly memoryBytes: number;
  /** Until all are back who were at a node that is gone, and until all are who lost their connections at once. */
  readonly nodeLostMs: number;
  readonly allLostMs: number;
  /** What is used up first. */
  readonly first: Resource;
}

const [HUNDRED_THOUSAND, MILLION] = [100_000, 1_000_000];

/** Those of PERFORMANCE.md: one room of all, large rooms, and small ones whose people speak now and then. */
export const SHAPES: readonly Shape[] = [HUNDRED_THOUSAND, MILLION].flatMap((members) => {
  const nodes = members / 10_000;
  return [
    { members, nodes, room: members, perSecond: 10 },
    { members, nodes, room: 1_000, perSecond: members / 1_000 },
    // Each of them one message in 5 minutes, or in one.
    { members, nodes, room: 50, perSecond: members / 300 },
    { members, nodes, room: 50, perSecond: members / 60 },
  ];
});

const STEP_MS = 50;
const STEADY_MS = 20_000;
const LONGEST_MS = 600_000;
/** How long somebody stays, in ms. */
const STAY_MS = 3_600_000;
const MICROS = 1_000;
/** Batches of a node that are in flight at once, and the records in one. */
const IN_FLIGHT = 4;
const MOST_RECORDS = 256;

/** Who loses its connection. */
type Loss = "a node" | "all";

/** What a shape comes to with some costs. */
export function outcomeOf(shape: Shape, costs: Costs): Outcome {
  const { members, nodes, perSecond } = shape;
  const steady = new World(shape, costs).run(STEADY_MS);
  const losses = (["a node", "all"] as const).map((loss) => comeBackMs(shape, costs, loss));
  const [nodeLostMs = NaN, allLostMs = NaN] = losses;
  // Those of a node that is gone are spread over the others.
  const here = members / (nodes - 1);
  const memoryBytes = here * costs.hereBytes + (members - here) * costs.otherBytes;
  const records = perSecond + members * 2 * 1_000 / STAY_MS;
  const parts = {
    cpu: steady.busyMs / STEADY_MS,
    memory: memoryBytes / costs.heapBytes,
    note: members * costs.noteMicros / MICROS / costs.silentMs,
    text: members * costs.noteBytes / costs.textLength,
    stream: Math.max(
      records / costs.streamRecords,
      entriesOf(records, nodes, costs) / costs.streamEntries,
    ),
    network: perSecond * shape.room / nodes * costs.messageBytes / costs.networkBytes,
    comeBack: Math.max(nodeLostMs, allLostMs) / costs.keptMs,
  };
  const [first] = (Object.keys(parts) as Resource[]).sort((a, b) => parts[b] - parts[a]);
  return { parts, memoryBytes, nodeLostMs, allLostMs, first: first as Resource };
}

/** Entries a second for so many records: what a node has in flight bounds them, and the rest gathers. */
function entriesOf(records: number, nodes: number, { roundMs }: Costs): number {
  const most = nodes * IN_FLIGHT * 1_000 / roundMs;
  return Math.max(Math.min(records, most), records / MOST_RECORDS);
}

/** The time until all are back, in ms; Infinity: they never are. */
function comeBackMs(shape: Shape, costs: Costs, loss: Loss): number {
  const world = new World(shape, costs);
  world.run(STEADY_MS);
  return world.lose(loss);
}

/** One node for all of them, since they do the same; it has its part of the clients. */
class World {
  readonly #shape: Shape;
  readonly #costs: Costs;
  readonly #random = randomFrom(1);
  #nodes: number;
  /** Work that waits, in ms. */
  #waitingMs = 0;
  #busyMs = 0;
  #records = 0;

  constructor(shape: Shape, costs: Costs) {
    this.#shape = shape;
    this.#costs = costs;
    this.#nodes = shape.nodes;
  }

  /** Goes on for so long. */
  run(ms: number): { readonly busyMs: number } {
    for (let at = 0; at < ms; at += STEP_MS) this.#step(0);
    return { busyMs: this.#busyMs };
  }

  /** Connections are lost; resolves with the time until all are back, in ms. */
  lose(loss: Loss): number {
    const { members, nodes } = this.#shape;
    if (loss === "a node") this.#nodes--;
    let coming = loss === "a node" ? members / nodes : members;
    const perStep = coming * STEP_MS / this.#costs.backMs;
    for (let at = STEP_MS; at < LONGEST_MS; at += STEP_MS) {
      const come = Math.min(coming, perStep);
      coming -= come;
      this.#step(come);
      if (coming < 1) return at + this.#waitingMs;
    }
    return Infinity;
  }

  /** A step, in which so many more come back. */
  #step(back: number): void {
    const { members, perSecond } = this.#shape;
    const messages = this.#chance(perSecond * STEP_MS / 1_000);
    const changes = this.#chance(members * STEP_MS / STAY_MS);
    this.#waitingMs += (this.#messagesMicros(messages) + this.#comingMicros(changes + back)) /
      MICROS;
    const done = Math.min(STEP_MS, this.#waitingMs);
    this.#waitingMs -= done;
    this.#busyMs += done;
  }

  #messagesMicros(messages: number): number {
    const { requestMicros, recordMicros, entryMicros } = this.#costs;
    const perSecond = messages * 1_000 / STEP_MS;
    const entries = entriesOf(perSecond, this.#nodes, this.#costs) * STEP_MS / 1_000;
    return messages / this.#nodes * requestMicros + messages * recordMicros +
      entries * entryMicros + this.#tellMicros(messages) + this.#noteMicros(messages);
  }

  /** Of so many who come, each comes to one of the nodes; who goes costs no more. */
  #comingMicros(coming: number): number {
    const { comeMicros, otherMicros, presence } = this.#costs;
    const isTold = this.#shape.room <= presence;
    return coming * (comeMicros + (this.#nodes - 1) * otherMicros) / this.#nodes +
      (isTold ? this.#tellMicros(coming) : 0) + this.#noteMicros(coming);
  }

  /** Tells so many events to those in their rooms who are here, gathered while a round goes out. */
  #tellMicros(events: number): number {
    const { writeMicros, deliveryMicros } = this.#costs;
    const { members, room } = this.#shape;
    const listening = room / this.#nodes;
    const perRoom = events * 1_000 / STEP_MS / (members / room);
    // In the time of a round, so many more come; both depend on each other.
    const open = 1 - perRoom * listening * deliveryMicros / 1_000_000;
    const together = open <= 0
      ? perRoom
      : Math.max(1, perRoom * listening * writeMicros / 1_000_000 / open);
    return events * listening * (writeMicros / together + deliveryMicros);
  }

  #noteMicros(records: number): number {
    const { noteMicros, noteEvery } = this.#costs;
    this.#records += records;
    if (this.#records < noteEvery) return 0;
    this.#records -= noteEvery;
    return this.#shape.members * noteMicros;
  }

  /** A number with this mean, as of things that happen independently of each other. */
  #chance(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#normal()));
    const least = Math.exp(-mean);
    let [count, product] = [0, this.#random()];
    for (; product > least; count++) product *= this.#random();
    return count;
  }

  #normal(): number {
    const [a, b] = [1 - this.#random(), this.#random()];
    return Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b);
  }
}

/** Numbers from 0 to 1, always the same ones (the generator mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
