/** Whether the stream of a cluster is kept so that nothing of it is lost that nodes need. */

import type { NatsStreamConfig, NatsStreamInfo } from "./nats_api.ts";
import { natsNames } from "./nats_place.ts";

/** Fewer would lose what was acknowledged, or stand still, when one server is lost. */
export const LEAST_REPLICAS = 3;

/** What a stream is compared with. */
export interface StreamNeeds {
  /** The name of the cluster. */
  readonly name: string;
  /** The fewest replicas that will do; {@linkcode LEAST_REPLICAS} by default. */
  readonly replicas?: number;
  /** The largest message that nodes append, in bytes; 0 by default, for who appends none. */
  readonly bytes?: number;
}

/** How each setting has to be, by its name in JetStream, and what another value does. */
const SETTINGS: readonly (readonly [name: string, wanted: unknown, does: string])[] = [
  ["storage", "file", "a restart of its servers would lose all"],
  ["retention", "limits", "what one node has read would be gone for the others"],
  ["discard", "old", "nothing could be said once it is full"],
  ["max_msgs", -1, "its beginning would be gone before --log-keep and --log-bytes say so"],
  [
    "max_msgs_per_subject",
    -1,
    "its beginning would be gone before --log-keep and --log-bytes say so",
  ],
  ["no_ack", false, "nobody would know what it has taken"],
  ["deny_delete", true, "messages could be taken out of it"],
  ["deny_purge", true, "it could be emptied"],
];

/**
 * What is wrong with a stream, with the value and what to do, in a sentence; `undefined`: nothing. Whether its
 * servers wait for their disks (`sync_interval`) they tell nobody but their own administrators.
 */
export function streamFlaw(
  { config }: Pick<NatsStreamInfo, "config">,
  { name, replicas = LEAST_REPLICAS, bytes = 0 }: StreamNeeds,
): string | undefined {
  const { stream, log } = natsNames(name);
  const remedy =
    `; set that right by nats stream edit ${stream}, or have chatroom cluster reset make another ` +
    "one, which begins anew";
  if (config.num_replicas < replicas) {
    const { num_replicas: count } = config;
    const counted = count === 1 ? "1 replica" : `${count} replicas`;
    return `The stream ${stream} has ${counted}, and it takes ${replicas} to lose a server without losing ` +
      `messages: nats stream edit ${stream} --replicas=${replicas} makes more; --cluster-replicas 1 goes on as it is`;
  }
  if (config.subjects.length !== 1 || config.subjects[0] !== log) {
    return `The stream ${stream} is of ${config.subjects.join(", ")} and not of ${log}${remedy}`;
  }
  const other = SETTINGS.find(([setting, wanted]) => valueOf(config, setting, wanted) !== wanted);
  if (other !== undefined) {
    const [setting, wanted, does] = other;
    return `The stream ${stream} has ${setting} ${
      config[setting]
    } and not ${wanted}: ${does}${remedy}`;
  }
  const most = Number(config["max_msg_size"] ?? -1);
  if (most >= 0 && most < bytes) {
    return `The stream ${stream} takes messages of ${most} bytes (max_msg_size), and it takes ${bytes} for this ` +
      `--max-payload${remedy}`;
  }
  return undefined;
}

/** The value of a setting; servers leave out some that are as nobody has said. */
function valueOf(config: NatsStreamConfig, setting: string, wanted: unknown): unknown {
  return config[setting] ?? (typeof wanted === "boolean" ? false : wanted);
}
