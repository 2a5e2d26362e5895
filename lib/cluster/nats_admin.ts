/** Makes, shows and deletes the stream of a cluster. */

import { type Beat, BEAT_TOPIC, decodeBeat } from "./beats.ts";
import { type ConfigRecord, decodeConfig, encodeConfig } from "./config.ts";
import { firstMessage } from "./first_message.ts";
import {
  nanoseconds,
  NatsCodes,
  NatsRefusal,
  type NatsStreamConfig,
  type NatsStreamInfo,
} from "./nats_api.ts";
import { type NatsNames, natsNames } from "./nats_place.ts";
import type { NatsStream } from "./nats_stream.ts";

/** How long servers that have just begun may take to find each other, in ms. */
const PATIENCE_MS = 30_000;
const ANSWER_MS = 3_000;
const PAUSE_MS = 500;

/** Fewer would lose what was acknowledged, or stand still, when one server is lost. */
export const LEAST_REPLICAS = 3;

/** How the stream of a cluster is kept. */
export interface LogKeeping {
  /** 3 or 5; 1 where nothing has to survive a server. */
  readonly replicas: number;
  /** For how long, in ms: nodes that were away for longer take a copy from another. */
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

/** Why the stream can't be made or used, in a sentence for whoever runs it. */
export class ClusterProblem extends Error {
  override readonly name = "ClusterProblem";
}

/** What JetStream is told when the stream is made. */
function streamConfig({ stream, log }: NatsNames, keeping: LogKeeping): NatsStreamConfig {
  return {
    name: stream,
    subjects: [log],
    num_replicas: keeping.replicas,
    max_age: nanoseconds(keeping.maxAgeMs),
    max_bytes: keeping.maxBytes,
    retention: "limits",
    storage: "file",
    discard: "old",
    deny_delete: true,
    deny_purge: true,
  };
}

/** What is wrong with the stream of a cluster that is there; `undefined`: nothing. */
export function streamFlaw(
  { config }: NatsStreamInfo,
  name: string,
  leastReplicas: number = LEAST_REPLICAS,
): string | undefined {
  const { stream, log } = natsNames(name);
  if (config.num_replicas < leastReplicas) {
    return `The stream ${stream} has ${config.num_replicas} replicas, and ${leastReplicas} are needed ` +
      "to lose a server without losing messages; --cluster-replicas 1 goes without";
  }
  if (config.storage !== "file") return `The stream ${stream} is not kept in files`;
  if (config.subjects.length !== 1 || config.subjects[0] !== log) {
    return `The stream ${stream} is of ${config.subjects.join(", ")} and not of ${log}`;
  }
  if (config.retention !== "limits" || config.discard !== "old") {
    return `The stream ${stream} was not made by chatroom cluster init: it would forget what was read`;
  }
  return undefined;
}

/** The stream of a cluster; `undefined`: there is none. Rejects with a {@linkcode ClusterProblem}. */
export async function findStream(node: NatsStream): Promise<NatsStreamInfo | undefined> {
  return await persist(async () => {
    try {
      return await node.api.streamInfo(ANSWER_MS);
    } catch (error) {
      if (error instanceof NatsRefusal && error.code === NatsCodes.streamNotFound) return undefined;
      throw error;
    }
  });
}

/**
 * Makes the stream of the cluster `name`, and puts its config there as the first message. Resolves with
 * the config that is there: another's, if two did this at once.
 */
export async function makeStream(
  node: NatsStream,
  name: string,
  keeping: LogKeeping,
  config: ConfigRecord,
): Promise<ConfigRecord> {
  const names = natsNames(name);
  await persist(() => node.api.createStream(streamConfig(names, keeping), ANSWER_MS));
  await persist(async () => {
    const { state } = await node.api.streamInfo(ANSWER_MS);
    // Sent once more it would do no harm: of one incarnation's first batches the first counts.
    if (state.last_seq === 0) await node.append(encodeConfig(config));
  });
  const written = await firstConfig(node);
  if (written === undefined) {
    throw new ClusterProblem(
      `The stream ${names.stream} was made, and its first message can't be read`,
    );
  }
  return written;
}

/** Deletes the stream, and all that is in it. */
export async function deleteStream(node: NatsStream): Promise<void> {
  await persist(async () => {
    try {
      await node.api.deleteStream(ANSWER_MS);
    } catch (error) {
      if (!(error instanceof NatsRefusal && error.code === NatsCodes.streamNotFound)) throw error;
    }
  });
}

/**
 * The config of a cluster; `undefined`: its first message is kept no longer, or is not there. Rejects with
 * an `UnreadableConfig`.
 */
export async function firstConfig(node: NatsStream): Promise<ConfigRecord | undefined> {
  const data = await firstMessage(node, 2 * ANSWER_MS);
  return typeof data === "string" ? undefined : decodeConfig(data);
}

/** The nodes that say that they are there within a time, by their names. */
export async function hearNodes(node: NatsStream, withinMs: number): Promise<readonly Beat[]> {
  const heard = new Map<string, Beat>();
  const stop = node.onTold(BEAT_TOPIC, (data) => {
    const beat = decodeBeat(data);
    if (beat !== undefined) heard.set(beat.inc, beat);
  });
  await new Promise((resolve) => setTimeout(resolve, withinMs));
  stop();
  return [...heard.values()].sort((a, b) => a.node < b.node ? -1 : 1);
}

/** Tries until it works: servers that have just begun refuse for a while, or do not answer. */
async function persist<T>(act: () => Promise<T>): Promise<T> {
  for (const began = performance.now();;) {
    try {
      return await act();
    } catch (error) {
      const lasting = lastingProblem(error as Error);
      if (lasting !== undefined) throw new ClusterProblem(lasting, { cause: error });
      if (performance.now() - began > PATIENCE_MS) {
        throw new ClusterProblem(
          `JetStream did not do it within ${PATIENCE_MS / 1_000} s: ${(error as Error).message}. ` +
            "Its servers may not have found each other: look at their logs, or restart them one " +
            "after the other",
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** What another try would not change. */
function lastingProblem(error: Error): string | undefined {
  if (!(error instanceof NatsRefusal)) return undefined;
  switch (error.code) {
    case NatsCodes.noCluster:
      return "These NATS servers are no cluster, so that a stream has one replica at most; make them " +
        "one, or go without: --cluster-replicas 1";
    case NatsCodes.noStorage:
      return `The NATS servers have too little storage left for the stream (${error.message}); ` +
        "give them more (max_file_store), or say less with --log-bytes";
    case NatsCodes.notEnabled:
      return "JetStream is off for this account of the NATS servers; turn it on";
    case NatsCodes.nameInUse:
      return "There is a stream of this name already that is kept differently; chatroom cluster status " +
        "shows it";
    default:
      return undefined;
  }
}
