/** Tells the clients of a node which nodes have come since. Loaded by a node alone. */

import { Batch } from "../chat/sessions/batch.ts";
import type { ListenerHost } from "./host.ts";
import { type ClusterNodes, toldOf } from "./nodes.ts";

/** Has a node tell its clients of nodes that come later. */
export function tellOfNodes({ sweep, live }: ListenerHost, nodes: ClusterNodes): void {
  sweep.add(
    new NodeNews(nodes, (servers) => {
      const batch = new Batch([{ type: "servers", servers }]);
      for (const connection of live) connection.tellServers(batch);
    }),
  );
}

/** A node that was away for longer than this is news when it is back, in ms. */
const NEWS_AFTER_MS = 30_000;

/** Notices nodes that were not there before. */
export class NodeNews {
  readonly #nodes: ClusterNodes;
  readonly #tell: (servers: readonly string[]) => void;
  /** When each was there last, by the clock of `sweep`. */
  readonly #seen = new Map<string, number>();

  /** `tell` is called with all that are there, when there is another among them. */
  constructor(nodes: ClusterNodes, tell: (servers: readonly string[]) => void) {
    this.#nodes = nodes;
    this.#tell = tell;
  }

  /** Looks; `now` is in ms of a clock that never goes back. */
  sweep(now: number): void {
    const { addresses } = this.#nodes;
    for (const [address, at] of this.#seen) {
      if (now - at > NEWS_AFTER_MS) this.#seen.delete(address);
    }
    const isNews = addresses.some((address) => !this.#seen.has(address));
    for (const address of addresses) this.#seen.set(address, now);
    if (isNews) this.#tell(toldOf(addresses));
  }
}
