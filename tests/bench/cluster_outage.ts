/** How long there are no acks when what leads the stream is killed, and when a node is. */

import { delay } from "@std/async/delay";
import type { NatsStream } from "../../lib/cluster/nats_stream.ts";
import { makeStream, openNode } from "../fixtures/nats_world.ts";
import { eventually } from "../fixtures/stream_contract.ts";
import { BenchClient } from "./cluster_client.ts";
import { CLUSTER, type ClusterPlace, type Served } from "./cluster_place.ts";
import { median } from "./matrix.ts";

/** People at each node who say one thing after the other. */
const SPEAKERS = 4;
/** What each waits between an ack and what it says next, and before it tries again, in ms. */
const PAUSE_MS = 20;
const AGAIN_MS = 50;
/** How long it is looked before and after a kill, in ms. */
const BEFORE_MS = 2_000;
const AFTER_MS = 20_000;
/** Streams that are made until one has the leader that is wanted. */
const MOST_STREAMS = 60;

/** What one kill came to, in ms. */
export interface Outage {
  /** The longest time without an ack at the nodes that were not killed. */
  readonly acks: number;
  /** The same of plain appends to a stream with the same leader; nothing where a node was killed. */
  readonly appends?: number;
  /** From the kill to the next ack of those who were at the node that was killed, the median of them. */
  readonly moved?: number;
}

/** When there were acks, in ms of `performance.now()`. */
class Acks {
  readonly times: number[] = [];

  /** The longest time without one since `from`, up to now. */
  longestGap(from: number): number {
    const times = [from, ...this.times.filter((at) => at > from), performance.now()];
    return Math.max(...times.slice(1).map((at, i) => at - (times[i] as number)));
  }
}

/** Somebody who says one thing after the other, at another server if one is gone. */
class Speaker {
  readonly acks: Acks;
  readonly firstAfter = { since: Infinity, at: NaN };
  readonly #ports: () => number[];
  readonly #name: string;
  #client: BenchClient | undefined;
  #session: string | undefined;
  #turn: number;
  #answered: (isAck: boolean) => void = () => {};
  #isOver = false;

  constructor(name: string, home: number, ports: () => number[], acks: Acks) {
    this.#name = name;
    this.#turn = home;
    this.#ports = ports;
    this.acks = acks;
  }

  async run(): Promise<void> {
    for (let count = 0; !this.#isOver; count++) {
      while (!this.#isOver && !await this.#say(String(count))) await delay(AGAIN_MS);
      const now = performance.now();
      this.acks.times.push(now);
      if (now > this.firstAfter.since && Number.isNaN(this.firstAfter.at)) this.firstAfter.at = now;
      await delay(PAUSE_MS);
    }
    this.#client?.close();
  }

  stop(): void {
    this.#isOver = true;
    this.#answered(false);
  }

  /** Whether it was acked. */
  async #say(id: string): Promise<boolean> {
    if (this.#client === undefined && !await this.#come()) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#answered = resolve;
    this.#client?.say(`room-${this.#name}`, `message ${id}`, id);
    return await promise;
  }

  async #come(): Promise<boolean> {
    const ports = this.#ports();
    const port = ports[this.#turn++ % ports.length] ?? 0;
    try {
      const client = await BenchClient.come({
        ...{ port, name: this.#name, room: `room-${this.#name}` },
        ...(this.#session === undefined ? {} : { session: this.#session }),
      });
      this.#session = client.session;
      client.onAnswer = ({ type }) => this.#answered(type === "ack");
      client.onLost = () => {
        this.#client = undefined;
        this.#answered(false);
      };
      this.#client = client;
      return true;
    } catch {
      return false;
    }
  }
}

/** People at all nodes, by which node they were at in the beginning. */
class Speakers implements AsyncDisposable {
  readonly of: Speaker[][];
  readonly #running: Promise<unknown>;

  constructor(place: ClusterPlace) {
    const tag = crypto.randomUUID().slice(0, 6);
    const ports = (): number[] => place.nodes.map(({ port }) => port);
    this.of = place.nodes.map((_, node) => {
      const acks = new Acks();
      return Array.from(
        { length: SPEAKERS },
        (_, n) => new Speaker(`${tag}-${node}-${n}`, node, ports, acks),
      );
    });
    this.#running = Promise.all(this.of.flat().map((speaker) => speaker.run()));
  }

  /** Waits until all have acks. */
  async talking(): Promise<void> {
    const from = performance.now();
    const has = ({ acks }: Speaker): boolean => acks.times.some((at) => at > from);
    await eventually("acks at all nodes", () => this.of.flat().every(has));
  }

  /** The longest time without an ack since `from`, over all but those who were at one node. */
  longestGap(from: number, but?: number): number {
    return Math.max(
      ...this.of.filter((_, node) => node !== but)
        .map(([speaker]) => speaker?.acks.longestGap(from) ?? NaN),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const speaker of this.of.flat()) speaker.stop();
    await this.#running;
  }
}

/** Kills what leads the cluster's stream, with plain appends beside, and starts it again. */
export async function killLeader(place: ClusterPlace): Promise<Outage> {
  const admin = await openNode(place.servers.urls, CLUSTER);
  const leader = await leaderOf(admin);
  await admin.close();
  const bare = await bareStream(place, leader);
  const appends = new Acks();
  let isOver = false;
  const appending = (async () => {
    while (!isOver) {
      const isThere = await bare.append(new Uint8Array(300)).then(() => true, () => false);
      if (isThere) appends.times.push(performance.now());
      await delay(isThere ? PAUSE_MS : AGAIN_MS);
    }
  })();
  try {
    await using speakers = new Speakers(place);
    await speakers.talking();
    await delay(BEFORE_MS);
    const server = place.servers.named(leader);
    const from = performance.now();
    await server.kill();
    await delay(AFTER_MS);
    const outage = { acks: speakers.longestGap(from), appends: appends.longestGap(from) };
    await server.start();
    await speakers.talking();
    return outage;
  } finally {
    isOver = true;
    await appending;
    await bare.close();
  }
}

/** Kills a node, and starts it again on its data. */
export async function killNode(place: ClusterPlace, nth: number): Promise<Outage> {
  await using speakers = new Speakers(place);
  await speakers.talking();
  await delay(BEFORE_MS);
  const node = place.nodes[nth] as Served;
  const from = performance.now();
  for (const { firstAfter } of speakers.of[nth] ?? []) firstAfter.since = from;
  await node.kill();
  await delay(AFTER_MS);
  const acks = speakers.longestGap(from, nth);
  const moved = median((speakers.of[nth] ?? []).map(({ firstAfter: { at } }) => at - from));
  place.nodes[nth] = await place.startNode(`n${nth + 1}`, node.dir);
  return { acks, moved };
}

async function leaderOf({ api }: NatsStream): Promise<string> {
  let leader = "";
  await eventually("a leader", async () => {
    leader = (await api.streamInfo(2_000).catch(() => undefined))?.cluster?.leader ?? "";
    return leader !== "";
  });
  return leader;
}

/** A stream like the cluster's that has a leader. */
async function bareStream(place: ClusterPlace, leader: string): Promise<NatsStream> {
  for (let tries = 0; tries < MOST_STREAMS; tries++) {
    const name = `bare-${crypto.randomUUID().slice(0, 8)}`;
    const stream = await openNode(place.servers.urls, name);
    await makeStream(stream, name, place.servers.all.length);
    if (await leaderOf(stream) === leader) return stream;
    await stream.api.deleteStream(5_000);
    await stream.close();
  }
  throw new Error(`None of ${MOST_STREAMS} streams was led by ${leader}`);
}
