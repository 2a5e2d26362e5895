/** Opens a node of a cluster; loaded for no other server. */

import { COMMON_LIMITS } from "../cluster/config.ts";
import type { NatsPlace } from "../cluster/nats_place.ts";
import { type NatsStream, openNatsStream } from "../cluster/nats_stream.ts";
import { ClusterNode } from "../cluster/node.ts";
import { PeerFiles } from "../cluster/peer_files.ts";
import type { Reach } from "../cluster/reach.ts";
import type { BlobStorage } from "../files/blob_storage.ts";
import type { Limits } from "../server/limits.ts";
import type { KnownOfHouse } from "../server/make_house.ts";
import type { Logger } from "../server/log.ts";
import { StoreError } from "../store/faults.ts";
import type { NodeWish } from "./cluster_flags.ts";
import { StartError } from "./flags.ts";
import type { KeptData, StorePlace } from "./store_flags.ts";

/** What a server has of its cluster. */
export interface OpenedCluster extends KeptData {
  /** The limits, with those of the cluster in the place of this node's own. */
  readonly limits: Limits;
  readonly isOnDuty: () => boolean;
  /** Where the nodes are that are there. */
  readonly nodes: Reach;
  readonly remembered: KnownOfHouse;
  /** Where the bytes of files are kept, so that those are had from other nodes that are not there. */
  keeping(own: BlobStorage): BlobStorage;
  /** Takes part from then on; calls `end` when the node can't go on. Rejects with a {@linkcode StartError}. */
  begin(end: () => void): Promise<void>;
}

/** Opens it. Rejects with a {@linkcode StartError}. */
export async function openCluster(
  place: NatsPlace,
  wish: NodeWish,
  { dir }: StorePlace,
  limits: Limits,
  log: Logger,
): Promise<OpenedCluster> {
  const onTrouble = (text: string): void => log({ level: "warning", kind: "cluster", text });
  const ending = { end: (): void => {} };
  const label = `chatroom ${wish.node}`;
  try {
    const maxPayload = limits.payloadBytes;
    const stream = await openNatsStream({ place, maxPayload, label, onTrouble });
    try {
      const node = await ClusterNode.open({
        ...wish,
        stream,
        store: {
          dir,
          messagesPerRoom: limits.historyMessages,
          maxBytes: limits.historyBytes,
          onUpgrade: (text) => log({ level: "warning", kind: "upgrade", text }),
        },
        onProblem: onTrouble,
        onStopped(why): void {
          log({ level: "error", kind: "cluster", text: `This node can't go on: ${why}` });
          ending.end();
        },
      });
      return asOpened(node, stream, inCommon(limits, node, log), ending);
    } catch (error) {
      await stream.close();
      throw error;
    }
  } catch (error) {
    throw asStartError(error);
  }
}

function asOpened(
  node: ClusterNode,
  stream: NatsStream,
  limits: Limits,
  ending: { end: () => void },
): OpenedCluster {
  return {
    limits,
    factLog: node.log,
    isOnDuty: () => node.isOnDuty,
    nodes: node.reach,
    remembered: node.log.memory,
    keeping: (own) => new PeerFiles(own, stream),
    get size() {
      return node.size;
    },
    settled: () => node.log.settled(),
    async begin(end): Promise<void> {
      ending.end = end;
      await node.start().catch((error) => {
        throw asStartError(error);
      });
    },
    async close(withinMs): Promise<number> {
      const undecided = await node.close(withinMs);
      await stream.close();
      return undecided;
    },
  };
}

/** What a person can do something about, as such an error; any other as it is. */
function asStartError(error: unknown): unknown {
  const isKnown = error instanceof StoreError ||
    error instanceof Error && ["NatsUnfit", "CannotGoOn"].includes(error.name);
  return isKnown
    ? new StartError(`Can't take part in the cluster: ${(error as Error).message}`)
    : error;
}

/** The limits of the cluster in the place of what this node would have, which is told where it differs. */
function inCommon(limits: Limits, { config }: ClusterNode, log: Logger): Limits {
  const differ = COMMON_LIMITS.filter((name) => limits[name] !== config.limits[name]);
  for (const name of differ) {
    const text = "The cluster has another limit, which counts for all of its nodes";
    const fields = { limit: name, here: limits[name], cluster: config.limits[name] };
    log({ level: "warning", kind: "cluster", text, fields });
  }
  return { ...limits, ...config.limits };
}
