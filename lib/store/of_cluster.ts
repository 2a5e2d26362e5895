/** Which cluster a store is of, if it is a node's: it says so in its table `meta`. */

import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "./faults.ts";
import { metaOf, setMeta } from "./meta.ts";

const CLUSTER = "cluster";

/** The id of the cluster that a store is of; `undefined`: none. */
export function clusterOf(db: DatabaseSync): string | undefined {
  return metaOf(db, CLUSTER);
}

/** What all stores of a cluster have alike. */
export interface Shared {
  /** Names the cluster: a store that was applied to from another one is not opened. */
  readonly cluster: string;
  readonly epoch: string;
  /** The key that addresses are hashed with. */
  readonly salt: string;
}

/** Makes a store one of a cluster's. Its epoch is theirs, and is compared with no file beside it. */
export function joinCluster(db: DatabaseSync, { cluster, epoch, salt }: Shared): void {
  for (const [key, value] of Object.entries({ epoch, salt, boot: 0 })) setMeta(db, key, value);
  setMeta(db, CLUSTER, cluster);
}

/**
 * Throws a `StoreError` for a node's store. Only what all nodes agree on may change it: a server by itself, or a
 * command, would make another one of it than the others have.
 */
export function checkAlone(db: DatabaseSync): void {
  const cluster = clusterOf(db);
  if (cluster === undefined) return;
  throw new StoreError(
    `its data are of a node of the cluster ${cluster}: start that node (serve --cluster), through which they ` +
      "can be changed, or name another directory with --data",
  );
}
