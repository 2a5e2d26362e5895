/** `chatroom cluster`: makes the log that the nodes of a cluster share, shows how it is, and begins anew. */

import {
  COMMON_LIMITS,
  type ConfigMore,
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
  StartError,
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
/** A node asks three times in 3 s before it counts the log as gone, and may be slow. */
const NOTICE_MS = 15_000;

/** The limits that all nodes have in common: their rows. */
const SHARED = Object.fromEntries(COMMON_LIMITS.map((name) => [name, LIMITS[name]]));
const SHARED_FLAGS = new Set(COMMON_LIMITS.map((name) => LIMITS[name].flag as string));

/** `chatroom cluster`. */
export const clusterCommand: Subcommand = {
  ...TITLES.cluster,
  positionals: ACTIONS.join("|"),
  choices: ACTIONS,
  notes: [
    "init makes the log in NATS, once; every node runs serve with the same --cluster after that. With",
    "--data it begins with what a server has kept there, which has to be stopped; that directory is the",
    "first node's then.",
    "status shows the NATS servers, the log, and the nodes that run. reset deletes the log and all that",
    "is in it, and makes another: nodes then need an empty --data, and clients begin anew. With --data it",
    "begins with what a node has kept there, which has to be stopped.",
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
    flagOf(
      "--data DIR",
      "begin with what is kept there: with init by a server, with reset by a node",
    ),
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
  if (action === "status" && invocation.isSaid("data")) {
    throw new UsageError(
      "--data goes with cluster init and cluster reset, and not with cluster status",
    );
  }
  const { StoreError } = await import("../store/faults.ts");
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
    const isTold = [ClusterProblem, NatsUnfit, StartError, StoreError, UnreadableConfig]
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
  readonly config: (more?: ConfigMore) => ConfigRecord;
  /** The data to begin with. */
  readonly dir: string | undefined;
  /** Nobody is to be asked whether what there was may be deleted. */
  readonly isSure: boolean;
}

function wantedBy(invocation: Invocation): Wanted {
  const all = withDefaults(limitsFrom(SHARED, invocation));
  const limits = Object.fromEntries(COMMON_LIMITS.map((name) => [name, all[name]]));
  const rules = keepRules(invocation);
  return {
    keeping: keepingFrom(invocation),
    config: (more = {}) => newConfig(limits as ConfigRecord["limits"], { ...rules, ...more }),
    dir: invocation.get("data"),
    isSure: invocation.has("yes"),
  };
}

async function init(
  node: NatsStream,
  name: string,
  { keeping, config, dir }: Wanted,
): Promise<number> {
  const { findStream, firstConfig, makeStream } = await import("../cluster/nats_admin.ts");
  const onThere = (old: ConfigRecord | undefined, last: number): number => {
    const whose = old === undefined ? "" : ` of the cluster ${old.cluster}`;
    complain(inertLine(
      `There is a log${whose} under the name ${name} already, with ${counted(last, "message")}. ` +
        "chatroom cluster status shows it; reset would delete it.",
    ));
    return 1;
  };
  if (dir !== undefined) {
    const { beginWith } = await import("./cluster_begin.ts");
    const made = await beginWith(dir, node, { name, keeping, config, onThere });
    return typeof made === "number" ? made : tellMade(name, made, keeping);
  }
  const found = await findStream(node);
  if (found !== undefined && found.state.last_seq > 0) {
    return onThere(await firstConfig(node), found.state.last_seq);
  }
  return tellMade(name, await makeStream(node, name, keeping, config()), keeping);
}

async function reset(node: NatsStream, name: string, wanted: Wanted): Promise<number> {
  const { keeping, config, dir } = wanted;
  const { deleteStream, findStream, makeStream } = await import("../cluster/nats_admin.ts");
  const clear = async (): Promise<boolean> => {
    const found = await findStream(node);
    if (found === undefined) return true;
    const { last_seq: last, messages } = found.state;
    const what = `the log of ${name}, which has ${counted(messages, "message")} up to ${last}`;
    if (last > 0 && !wanted.isSure && !await isSure(name, what)) return false;
    await deleteStream(node);
    if (messages > 1) await noticed();
    return true;
  };
  if (dir === undefined) {
    if (!await clear()) return 1;
    return tellMade(name, await makeStream(node, name, keeping, config()), keeping);
  }
  const { beginAgain } = await import("./cluster_begin.ts");
  const made = await beginAgain(dir, node, { name, keeping, config }, clear);
  return made === undefined ? 1 : tellMade(name, made, keeping);
}

/**
 * Lets nodes that run notice that the log is gone: what they send would come into the next one, which they
 * are not of, and whose nodes would stop at that.
 */
async function noticed(): Promise<void> {
  complain(`Nodes that run have ${NOTICE_MS / 1_000} s to notice that the log is gone, and stop.`);
  await new Promise((resolve) => setTimeout(resolve, NOTICE_MS));
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
