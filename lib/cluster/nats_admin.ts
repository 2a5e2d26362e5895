/** Makes, shows and deletes the stream of a cluster. */

import { type Beat, BEAT_TOPIC, decodeBeat } from "./beats.ts";
import { type ConfigRecord, decodeConfig, encodeConfig } from "./config.ts";
import { firstMessage } from "./first_message.ts";
import {
  lastingProblem,
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
