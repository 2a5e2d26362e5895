/** Opens a node of a cluster; loaded for no other server. */

import { tellAll } from "../chat/tell_all.ts";
import { COMMON_LIMITS } from "../cluster/config.ts";
import type { NatsPlace } from "../cluster/nats_place.ts";
import { findStream } from "../cluster/nats_admin.ts";
import { largestAppend, type NatsStream, openNatsStream } from "../cluster/nats_stream.ts";
import { ClusterNode } from "../cluster/node.ts";
import { PeerFiles } from "../cluster/peer_files.ts";
import type { Reach } from "../cluster/reach.ts";
import type { Stream } from "../cluster/stream.ts";
import { streamFlaw } from "../cluster/stream_flaw.ts";
import type { BlobStorage } from "../files/blob_storage.ts";
import { LIMITS, type Limits } from "../server/limits.ts";
import type { Logger } from "../server/log.ts";
import type { KnownOfHouse } from "../server/make_house.ts";
import type { WatchedNode } from "../server/metrics.ts";
import type { Server } from "../server/serve.ts";
import { placeIn } from "../store/applied_notes.ts";
import { StoreError } from "../store/faults.ts";
import type { NodeWish } from "./cluster_flags.ts";
import { StartError } from "./flags.ts";
import type { KeptData } from "./store_flags.ts";

/** What a server has of its cluster. */
export interface OpenedCluster extends KeptData {
  /** The limits, with those of the cluster in the place of this node's own. */
  readonly limits: Limits;
  /** The same for others; of those that this node was told is told which differ. */
  inCommon(limits: Limits, said: readonly string[]): Limits;
  readonly isOnDuty: () => boolean;
  /** What time it is for all nodes, in ms since 1970. */
  readonly date: () => number;
  /** Where the nodes are that are there. */
  readonly nodes: Reach;
  readonly remembered: KnownOfHouse;
  readonly watched: WatchedNode;
  /** Where the bytes of files are kept, so that those are had from other nodes that are not there. */
  keeping(own: BlobStorage): BlobStorage;
  /**
   * Takes part from then on; calls `end` when the node can't go on, and tells everybody at its server what they
   * should know. Rejects with a {@linkcode StartError}.
   */
  begin(end: () => void, server: Pick<Server, "host">): Promise<void>;
}

/** What a node is opened with. */
export interface NodePlace {
  /** Where NATS is. */
  readonly place: NatsPlace;
  readonly wish: NodeWish;
  /** Where its data are. */
  readonly dir: string;
  readonly limits: Limits;
  /** The limits that whoever starts it has said. */
  readonly said: readonly string[];
  readonly log: Logger;
}

/** What is called once the doors are open. */
interface Outward {
  end: () => void;
  tell: (text: string) => void;
}

/** Opens it. Rejects with a {@linkcode StartError}. */
export async function openCluster(options: NodePlace): Promise<OpenedCluster> {
  const { place, wish, limits, log } = options;
  const onTrouble = (text: string): void => log({ level: "warning", kind: "cluster", text });
  const label = `chatroom ${wish.node}`;
  try {
    const maxPayload = limits.payloadBytes;
    const stream = await openNatsStream({ place, maxPayload, label, onTrouble });
    try {
      await checkStream(stream, options);
      return await openNode(stream, options);
    } catch (error) {
      await stream.close();
      throw error;
    }
  } catch (error) {
    throw asStartError(error);
  }
}

/** Throws a {@linkcode StartError} where the stream would lose what was said, or can't take it. */
async function checkStream(
  stream: NatsStream,
  { place: { name }, wish: { replicas }, limits: { payloadBytes }, dir }: NodePlace,
): Promise<void> {
  const info = await findStream(stream);
  const bytes = largestAppend(payloadBytes);
  const makes = placeIn(dir) === undefined
    ? "chatroom cluster init makes it"
    : `it was deleted: chatroom cluster reset --data ${dir} makes another, with what this node has`;
  const flaw = info === undefined
    ? `There is no log of a cluster ${name} in NATS; ${makes}`
    : streamFlaw(info, { name, replicas, bytes });
  if (flaw !== undefined) throw new StartError(`Can't take part in the cluster: ${flaw}`);
}

/** Opens a node over a stream that is there, which it closes in the end. Rejects as a `ClusterNode` does. */
export async function openNode(
  stream: Stream,
  { wish: { replicas: _, ...wish }, dir, limits, said, log }: Omit<NodePlace, "place">,
): Promise<OpenedCluster> {
  const onProblem = (text: string): void => log({ level: "warning", kind: "cluster", text });
  const outward: Outward = { end: () => {}, tell: () => {} };
  const watched: WatchedNode = {
    append: undefined,
    now: () => {
      const { log: { cluster }, figures, unready } = node;
      return { ...cluster, ...figures, unready, isReached: !cluster.isAway };
    },
  };
  const node = await ClusterNode.open({
    ...wish,
    stream,
    store: {
      dir,
      messagesPerRoom: limits.historyMessages,
      maxBytes: limits.historyBytes,
      onUpgrade: (text) => log({ level: "warning", kind: "upgrade", text }),
    },
    onProblem,
    onRound: (ms) => watched.append?.observe(ms / 1_000),
    onAway: (isAway) => outward.tell(isAway ? AWAY : BACK),
    onStopped(why): void {
      log({ level: "error", kind: "cluster", text: `This node can't go on: ${why}` });
      outward.end();
    },
  });
  const common = (limits: Limits, said: readonly string[]): Limits =>
    inCommon(limits, said, node, log);
  return asOpened({ node, stream, outward, watched, common }, common(limits, said));
}

/** What everybody at a node is told, once each time. */
const AWAY =
  "This server can't reach its cluster: what you say now is refused, and you can go on reading.";
const BACK = "This server can reach its cluster again.";

/** A node, and what is set later. */
interface OpenNode {
  readonly node: ClusterNode;
  readonly stream: Stream;
  readonly outward: Outward;
  readonly watched: WatchedNode;
  readonly common: OpenedCluster["inCommon"];
}

function asOpened(
  { node, stream, outward, watched, common }: OpenNode,
  limits: Limits,
): OpenedCluster {
  return {
    limits,
    inCommon: common,
    factLog: node.log,
    isOnDuty: () => node.isOnDuty,
    date: () => node.log.date,
    nodes: node.reach,
    remembered: node.log.memory,
    watched,
    keeping: (own) => new PeerFiles(own, stream),
    get size() {
      return node.size;
    },
    settled: () => node.log.settled(),
    async begin(end, { host: { shared: { house } } }): Promise<void> {
      outward.end = end;
      outward.tell = (text) => tellAll(house.state, text);
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
    error instanceof Error && ["NatsUnfit", "CannotGoOn", "ClusterProblem"].includes(error.name);
  return isKnown
    ? new StartError(`Can't take part in the cluster: ${(error as Error).message}`)
    : error;
}

/** The limits of the cluster in the place of those of this node; what was said here and differs is told. */
function inCommon(
  limits: Limits,
  said: readonly string[],
  { config }: ClusterNode,
  log: Logger,
): Limits {
  for (const name of COMMON_LIMITS) {
    const [here, cluster] = [limits[name], config.limits[name]];
    if (here === cluster || !said.includes(name)) continue;
    const text = "The cluster has another limit, which counts for all of its nodes";
    const fields = { limit: LIMITS[name].flag, here, cluster };
    log({ level: "warning", kind: "cluster", text, fields });
  }
  return { ...limits, ...config.limits };
}
