/** The metrics of a node of a cluster; loaded for no other server. */

import type { NodeNow, Timing, WatchedNode } from "../server/metrics.ts";

const APPEND_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Takes what a metric is called and is, and how it is read. */
interface MetricsTable {
  gauge(name: string, help: string, read: () => number): void;
  counter(
    name: string,
    help: string,
    read: () => number | ReadonlyMap<unknown, number>,
    label?: string,
  ): void;
  times(name: string, help: string, buckets: number[]): Timing;
}

/** Adds them to those of the server. */
export function describeNode(metrics: MetricsTable, node: WatchedNode): void {
  const gauge = (name: string, help: string, read: (now: NodeNow) => number): void =>
    metrics.gauge(`chatroom_cluster_${name}`, help, () => read(node.now()));
  gauge(
    "connected",
    "1 where what the node sends into the log comes back.",
    ({ isReached }) => isReached ? 1 : 0,
  );
  gauge(
    "applied_seq",
    "The last message of the log that it has applied.",
    ({ applied }) => applied,
  );
  gauge(
    "lag_seconds",
    "For how long it has been behind another node; 0: it is not.",
    ({ lagMs }) => lagMs / 1_000,
  );
  gauge("nodes", "Nodes that live, as the log has it.", ({ nodes }) => nodes);
  gauge("level", "The level of the log that all nodes write.", ({ level }) => level);
  gauge(
    "on_duty",
    "1 where the node does what one does for all.",
    ({ isOnDuty }) => isOnDuty ? 1 : 0,
  );
  gauge(
    "diverged",
    "1 where it has come apart from another node; it ends then.",
    ({ hasDiverged }) => hasDiverged ? 1 : 0,
  );
  describeCounts(metrics, node);
}

function describeCounts(metrics: MetricsTable, node: WatchedNode): void {
  metrics.counter(
    "chatroom_cluster_failed_applies_total",
    "Messages of the log that could not be applied; it ends with the first.",
    () => node.now().failures,
  );
  metrics.counter(
    "chatroom_cluster_batches_repeated_total",
    "Batches that the node has sent another time.",
    () => node.now().repeats,
  );
  metrics.counter(
    "chatroom_cluster_batches_ignored_total",
    "Batches that were read and did not count: read before, too early, of a dead node, or of none.",
    () => new Map(Object.entries(node.now().ignored)),
    "why",
  );
  node.append = metrics.times(
    "chatroom_cluster_append_seconds",
    "Time from putting something into the log until it is read back; of each batch.",
    APPEND_SECONDS,
  );
}
