/** `chatroom cluster status`. */

import type { Beat } from "../cluster/beats.ts";
import { findStream, firstConfig, hearNodes } from "../cluster/nats_admin.ts";
import type { NatsStreamInfo } from "../cluster/nats_api.ts";
import { NatsLink, NatsUnfit } from "../cluster/nats_link.ts";
import type { NatsPlace } from "../cluster/nats_place.ts";
import type { NatsStream } from "../cluster/nats_stream.ts";
import { streamFlaw } from "../cluster/stream_flaw.ts";
import { inertLine } from "../words/inert.js";
import { printResult } from "./output.ts";
import { counted, formatQuantity } from "./values.ts";

/** How long nodes are listened to, in ms; each says once a second that it is there. */
const LISTEN_MS = 2_000;
const NS_PER_MS = 1_000_000;
const LABEL_COLUMNS = 8;

/** Prints how a cluster is; resolves with 1 if it has no log, or not as it should be. */
export async function clusterStatus(node: NatsStream, place: NatsPlace): Promise<number> {
  const [servers, info, nodes] = await Promise.all([
    Promise.all(place.servers.map((server) => serverLine(place, server))),
    findStream(node),
    hearNodes(node, LISTEN_MS),
  ]);
  say("servers", servers);
  if (info === undefined) {
    say("log", ["there is none; chatroom cluster init makes it"]);
    return 1;
  }
  const config = await firstConfig(node);
  const which = config === undefined
    ? "its first message is kept no longer; the nodes have it"
    : `${config.cluster}, epoch ${config.epoch}`;
  const began = config?.fromStore ? ", which began with the data of a server" : "";
  say("cluster", [`${place.name}: ${which}${began}`]);
  say("log", logLines(info));
  say("replicas", replicaLines(info));
  say("nodes", nodeLines(nodes, info));
  say("level", levelLines(nodes, config?.level));
  // One replica is no mistake: whoever made it so had to say so.
  const flaw = streamFlaw(info, { name: place.name, replicas: 1 });
  if (flaw !== undefined) say("wrong", [flaw]);
  return flaw === undefined && info.cluster?.leader !== "" ? 0 : 1;
}

function nodeLines(nodes: readonly Beat[], { state }: NatsStreamInfo): string[] {
  if (nodes.length === 0) return [`none was heard in ${formatQuantity(LISTEN_MS, "ms")}`];
  // Some have said so after the log was asked.
  const last = Math.max(state.last_seq, ...nodes.map(({ applied }) => applied));
  return nodes.map(({ node, inc, applied, lag, isOnDuty, address }) =>
    `${node}: ${isOnDuty ? "on duty, " : ""}applied ${applied} of ${last}` +
    (lag === 0 ? "" : `, behind for ${formatQuantity(lag, "ms")}`) +
    `, incarnation ${inc}${address === undefined ? "" : `, at ${address}`}`
  );
}

/** What level of the log is written, and which nodes keep it from being raised. */
function levelLines(nodes: readonly Beat[], first: number | undefined): string[] {
  if (nodes.length === 0) return first === undefined ? [] : [`it began with ${first}`];
  const agreed = Math.max(...nodes.map((node) => node.agreed));
  const highest = Math.max(...nodes.map(({ level }) => level));
  if (highest === agreed) return [`${agreed}`];
  const older = nodes.filter(({ level }) => level < highest);
  const why = older.length === 0
    ? "is agreed on in a moment"
    : `needs an upgrade of ${older.map(({ node, level }) => `${node} (${level})`).join(", ")}`;
  return [`${agreed}; ${highest} ${why}`];
}

/** Lines behind a label, which the first of them has before it. */
function say(label: string, lines: readonly string[]): void {
  for (const [n, line] of lines.entries()) {
    printResult(inertLine(`${(n === 0 ? label : "").padEnd(LABEL_COLUMNS)}  ${line}`));
  }
}

async function serverLine(place: NatsPlace, server: string): Promise<string> {
  try {
    const wants = { needsBytes: 0, label: "chatroom cluster status", onTrouble: (): void => {} };
    const link = await NatsLink.open({ ...place, servers: [server] }, wants);
    const { name, version } = link.server;
    await link.close();
    return `${server}: ${name}, version ${version}`;
  } catch (error) {
    if (error instanceof NatsUnfit) return error.message;
    throw error;
  }
}

function logLines({ state, config }: NatsStreamInfo): string[] {
  const { messages, bytes, first_seq: first, last_seq: last, first_ts, last_ts } = state;
  const size = formatQuantity(bytes, "bytes");
  const most = formatQuantity(config.max_bytes, "bytes");
  const kept = `kept for ${formatQuantity(config.max_age / NS_PER_MS, "ms")}, up to ${most}`;
  if (messages === 0) return [`nothing is in it, the last was ${last}; ${kept}`];
  return [
    `${counted(messages, "message")}, ${first} to ${last}, ${size}; ${kept}`,
    `the first of ${shortTime(first_ts)}, the last of ${shortTime(last_ts)}`,
  ];
}

function shortTime(text: string): string {
  return `${text.slice(0, 19).replace("T", " ")} UTC`;
}

function replicaLines({ cluster, config }: NatsStreamInfo): string[] {
  if (cluster?.leader === undefined || cluster.leader === "") {
    return [
      `${config.num_replicas}, and none leads: ${
        cluster === undefined ? "one server alone keeps it" : "more than half of them are needed"
      }`,
    ];
  }
  const others = (cluster.replicas ?? []).map(({ name, current, offline, lag = 0 }) =>
    `${name}: ${offline === true ? "offline" : current ? "current" : "not current"}` +
    (lag === 0 ? "" : `, ${lag} behind`)
  );
  return [`${cluster.leader}: leads`, ...others];
}
