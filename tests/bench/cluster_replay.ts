/** How fast a node that has nothing comes to know all: by reading the stream, or by a copy of another's data. */

import { fetchCopy } from "../../lib/cluster/copies.ts";
import { hearNodes } from "../../lib/cluster/nats_admin.ts";
import { openNode } from "../fixtures/nats_world.ts";
import { CLUSTER, type ClusterPlace } from "./cluster_place.ts";

/** Nodes say once a second that they are there. */
const LISTEN_MS = 2_500;
const MS_PER_SECOND = 1_000;

/** What coming late takes. */
export interface Replay {
  /** Messages that were said. */
  readonly said: number;
  /** Messages of the stream, each of which holds one record or several. */
  readonly entries: number;
  /** Until a node without data takes part, more than until one that has all of it, in ms; and of its CPU. */
  readonly replayMs: number;
  readonly replayCpuMs: number;
  /** Until the stream was read and nothing was made of it, in ms. */
  readonly readMs: number;
  /** Until a copy was here, in ms, and its bytes. */
  readonly copyMs: number;
  readonly copyBytes: number;
}

/** Messages a second. */
export function rate(count: number, ms: number): number {
  return count / ms * MS_PER_SECOND;
}

/** Has a node come late, and start again. */
export async function replay(place: ClusterPlace): Promise<Replay> {
  const dir = await place.directory();
  const late = await place.startNode("late", dir);
  await late.kill();
  const again = await place.startNode("late", dir);
  await again.kill();
  const node = await openNode(place.servers.urls, CLUSTER);
  try {
    const { last: entries } = await node.bounds();
    const readMs = await readAll(node, entries);
    const to = `${dir}/copied.db`;
    const copyMs = await copy(node, to);
    const { size: copyBytes } = await Deno.stat(to);
    return {
      ...{ said: again.messages, entries, readMs, copyMs, copyBytes },
      replayMs: late.readyMs - again.readyMs,
      replayCpuMs: late.readyCpuMs - again.readyCpuMs,
    };
  } finally {
    await node.close();
  }
}

type Stream = Awaited<ReturnType<typeof openNode>>;

async function readAll(node: Stream, last: number): Promise<number> {
  const began = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const reading = node.read(1, {
    onMessage: ({ seq }) => seq >= last && resolve(),
    onLost: () => reject(new Error("The beginning of the stream is gone")),
  });
  await promise;
  reading.stop();
  return performance.now() - began;
}

async function copy(node: Stream, to: string): Promise<number> {
  const [first] = await hearNodes(node, LISTEN_MS);
  if (first === undefined) throw new Error("No node was heard");
  const began = performance.now();
  await fetchCopy(node, first.inc, to);
  return performance.now() - began;
}
