/** `chatroom cluster`: makes the log that the nodes of a cluster share, shows how it is, and begins anew. */

import {
  COMMON_LIMITS,
  type ConfigRecord,
  newConfig,
  UnreadableConfig,
} from "../cluster/config.ts";
import { askLine } from "../client/terminal/ask.ts";
import { denoTerminal } from "../client/terminal/tty.ts";
import { LIMITS, withDefaults } from "../server/limits.ts";
import type { LogKeeping } from "../cluster/nats_admin.ts";
import type { NatsPlace } from "../cluster/nats_place.ts";
import type { NatsStream } from "../cluster/nats_stream.ts";
import { inertLine } from "../words/inert.js";
import { NATS_FLAGS, natsPlaceFrom, REPLICAS_FLAG, replicasFrom } from "./cluster_flags.ts";
import {
  flagOf,
  type Invocation,
  parseFrom,
  readEnv,
  type Subcommand,
  UsageError,
} from "./flags.ts";
import { LIMIT_FLAGS, limitsFrom, maxTextBytesFrom, PAYLOAD_FLAG } from "./limit_flags.ts";
import { complain, printResult } from "./output.ts";
import { KEEP_FLAGS, keepRules } from "./store_flags.ts";
import { TITLES } from "./titles.ts";
import { counted, parseBytes, parseDuration } from "./values.ts";

const ACTIONS = ["init", "status", "reset"];
const DEFAULT_KEEP = "7d";
const DEFAULT_BYTES = "4GiB";

/** The limits that all nodes have in common: their rows. */
const SHARED = Object.fromEntries(COMMON_LIMITS.map((name) => [name, LIMITS[name]]));
const SHARED_FLAGS = new Set(COMMON_LIMITS.map((name) => LIMITS[name].flag as string));

/** `chatroom cluster`. */
export const clusterCommand: Subcommand = {
  ...TITLES.cluster,
  positionals: ACTIONS.join("|"),
  choices: ACTIONS,
  notes: [
    "init makes the log in NATS, once; every node runs serve with the same --cluster after that.",
    "status shows the NATS servers, the log, and the nodes that run. reset deletes the log and all that",
    "is in it, and makes another: nodes then need an empty --data, and clients begin anew.",
    "",
    "The limits here decide alike on all nodes, so they are set here, and serve does not change them.",
    "chatroom help machines shows how to set up three machines.",
  ],
  flags: [
    ...NATS_FLAGS,
    REPLICAS_FLAG,
    flagOf(
      "--log-keep TIME",
      "how long the log is kept; a node that was away for less catches up",
      {
        default: DEFAULT_KEEP,
      },
    ),
    flagOf("--log-bytes BYTES", "how large the log may become before its beginning is let go", {
      default: DEFAULT_BYTES,
    }),
    ...KEEP_FLAGS,
    flagOf("--yes", "with reset: do not ask"),
    PAYLOAD_FLAG,
    ...LIMIT_FLAGS.filter(({ name }) => SHARED_FLAGS.has(name)),
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const [action = ""] = invocation.positionals;
  if (!ACTIONS.includes(action)) {
    throw new UsageError(`cluster takes ${ACTIONS.join(", ")}, not ${action || "nothing"}`);
  }
  const { ClusterProblem } = await import("../cluster/nats_admin.ts");
  const { NatsUnfit } = await import("../cluster/nats_link.ts");
  try {
    // What is said wrongly is told without asking anybody.
    const place = await natsPlaceFrom(invocation);
    const wanted = wantedBy(invocation);
    if (action === "status") {
      const { clusterStatus } = await import("./cluster_status.ts");
      return await withStream(place, invocation, (node) => clusterStatus(node, place));
    }
    const make = action === "init" ? init : reset;
    return await withStream(place, invocation, (node, name) => make(node, name, wanted));
  } catch (error) {
    const isTold = [ClusterProblem, NatsUnfit, UnreadableConfig]
      .some((known) => error instanceof known);
    if (!isTold) throw error;
    complain(inertLine((error as Error).message));
    return 1;
  }
}

async function withStream(
  place: NatsPlace,
  invocation: Invocation,
  work: (node: NatsStream, name: string) => Promise<number>,
): Promise<number> {
  const { openNatsStream } = await import("../cluster/nats_stream.ts");
  const troubles = new Set<string>();
  const node = await openNatsStream({
    place,
    maxPayload: maxTextBytesFrom(invocation),
    label: "chatroom cluster",
    onTrouble: (text) => {
      if (!troubles.has(text)) complain(inertLine(text));
      troubles.add(text);
    },
  });
  try {
    return await work(node, place.name);
  } finally {
    await node.close();
  }
}

/** What a cluster is to be made with. */
interface Wanted {
  readonly keeping: LogKeeping;
  readonly config: ConfigRecord;
  /** Nobody is to be asked whether what there was may be deleted. */
  readonly isSure: boolean;
}

function wantedBy(invocation: Invocation): Wanted {
  return {
    keeping: keepingFrom(invocation),
    config: configFrom(invocation),
    isSure: invocation.has("yes"),
  };
}

async function init(
  node: NatsStream,
  name: string,
  { keeping, config }: Wanted,
): Promise<number> {
  const { findStream, firstConfig, makeStream } = await import("../cluster/nats_admin.ts");
  const found = await findStream(node);
  if (found !== undefined && found.state.last_seq > 0) {
    const old = await firstConfig(node);
    const whose = old === undefined ? "" : ` of the cluster ${old.cluster}`;
    const { last_seq: last } = found.state;
    complain(inertLine(
      `There is a log${whose} under the name ${name} already, with ${counted(last, "message")}. ` +
        "chatroom cluster status shows it; reset would delete it.",
    ));
    return 1;
  }
  return tellMade(name, await makeStream(node, name, keeping, config), keeping);
}

async function reset(node: NatsStream, name: string, wanted: Wanted): Promise<number> {
  const { keeping, config } = wanted;
  const { deleteStream, findStream, makeStream } = await import("../cluster/nats_admin.ts");
  const found = await findStream(node);
  if (found !== undefined) {
    const { last_seq: last, messages } = found.state;
    const what = `the log of ${name}, which has ${counted(messages, "message")} up to ${last}`;
    if (!wanted.isSure && !await isSure(name, what)) return 1;
    await deleteStream(node);
  }
  return tellMade(name, await makeStream(node, name, keeping, config), keeping);
}

/** Asks whether to delete. Throws a {@linkcode UsageError} where nobody can answer. */
async function isSure(name: string, what: string): Promise<boolean> {
  if (!Deno.stdin.isTerminal()) {
    throw new UsageError(`reset would delete ${what}; say --yes, since nobody can be asked here`);
  }
  complain(inertLine(`This deletes ${what}, for good.`));
  const plain = readEnv("TERM") === "dumb";
  const answer = await askLine(denoTerminal(), "The name of the cluster, to go on: ", { plain });
  if (answer === name) return true;
  complain("Nothing was deleted.");
  return false;
}

function tellMade(name: string, config: ConfigRecord, { replicas }: LogKeeping): number {
  printResult(inertLine(
    `The log of the cluster ${name} is there, on ${counted(replicas, "server")}: ` +
      `cluster ${config.cluster}, epoch ${config.epoch}.`,
  ));
  return 0;
}

function keepingFrom(invocation: Invocation): LogKeeping {
  return {
    replicas: replicasFrom(invocation),
    maxAgeMs: parseFrom("--log-keep", invocation.get("log-keep") ?? DEFAULT_KEEP, parseDuration),
    maxBytes: parseFrom("--log-bytes", invocation.get("log-bytes") ?? DEFAULT_BYTES, parseBytes),
  };
}

function configFrom(invocation: Invocation): ConfigRecord {
  const all = withDefaults(limitsFrom(SHARED, invocation));
  const limits = Object.fromEntries(COMMON_LIMITS.map((name) => [name, all[name]]));
  return newConfig(limits as ConfigRecord["limits"], keepRules(invocation));
}
