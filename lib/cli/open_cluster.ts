/** Opens a node of a cluster; loaded for no other server. */

import { COMMON_LIMITS } from "../cluster/config.ts";
import type { NatsPlace } from "../cluster/nats_place.ts";
import { openNatsStream } from "../cluster/nats_stream.ts";
import { ClusterNode } from "../cluster/node.ts";
import type { Limits } from "../server/limits.ts";
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
  /** Takes part from then on; calls `end` when the node can't go on. Rejects with a {@linkcode StartError}. */
  begin(end: () => void): Promise<void>;
}

/** Opens it. Rejects with a {@linkcode StartError}. */
export async function openCluster(
  place: NatsPlace,
  { node, address }: NodeWish,
  { dir }: StorePlace,
  limits: Limits,
  log: Logger,
): Promise<OpenedCluster> {
  const onProblem = (text: string): void => log({ level: "warning", kind: "cluster", text });
  let end = (): void => {};
  try {
    const stream = await openNatsStream({
      place,
      maxPayload: limits.payloadBytes,
      label: `chatroom ${node}`,
      onTrouble: onProblem,
    });
    const opened = await ClusterNode.open({
      stream,
      node,
      ...(address === undefined ? {} : { address }),
      store: {
        dir,
        messagesPerRoom: limits.historyMessages,
        maxBytes: limits.historyBytes,
        onUpgrade: (text) => log({ level: "warning", kind: "upgrade", text }),
      },
      onProblem,
      onStopped(why): void {
        log({ level: "error", kind: "cluster", text: `This node can't go on: ${why}` });
        end();
      },
    });
    return {
      factLog: opened.log,
      limits: inCommon(limits, opened, log),
      isOnDuty: () => opened.isOnDuty,
      get size() {
        return opened.size;
      },
      settled: () => opened.log.settled(),
      async begin(onEnd): Promise<void> {
        end = onEnd;
        try {
          await opened.start();
        } catch (error) {
          throw new StartError(`Can't take part in the cluster: ${(error as Error).message}`);
        }
      },
      async close(withinMs): Promise<number> {
        const undecided = await opened.close(withinMs);
        await stream.close();
        return undecided;
      },
    };
  } catch (error) {
    const isKnown = error instanceof StoreError ||
      error instanceof Error && ["NatsUnfit", "CannotGoOn"].includes(error.name);
    if (!isKnown) throw error;
    throw new StartError(`Can't take part in the cluster: ${(error as Error).message}`);
  }
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
