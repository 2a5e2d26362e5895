/** The parts of `deno task bench:cluster`: each measures and prints a table, and resolves with what was lost. */

import { decodeBatch } from "../../lib/cluster/batch.ts";
import { newConfig } from "../../lib/cluster/config.ts";
import { type LogKeeping, makeStream } from "../../lib/cluster/nats_admin.ts";
import { withDefaults } from "../../lib/server/limits.ts";
import { openNode } from "../fixtures/nats_world.ts";
import type { AppendPlan } from "./cluster_append.ts";
import type { Times } from "./cluster_client.ts";
import type { ClusterFigures, ClusterPlan } from "./cluster_load.ts";
import { killLeader, killNode, type Outage } from "./cluster_outage.ts";
import { noteMicros, peopleCost } from "./cluster_people.ts";
import { CLUSTER, type ClusterPlace, cpuMs, NODES } from "./cluster_place.ts";
import { rate, replay } from "./cluster_replay.ts";
import { median, print } from "./matrix.ts";

const SPEAKERS = 48;
/** In a room of which others only read; they are members of one server, too. */
const SPEAKERS_OF_ROOM = 9;
const SIZE = 64;
/** A stream like the cluster's. */
const BARE = "bare";
const KEEPING: LogKeeping = { replicas: 3, maxAgeMs: 604_800_000, maxBytes: 4 * 1_073_741_824 };
const KIB = 1_024;
const MIB = 1_048_576;

/** How much is measured. */
export interface Settings {
  readonly seconds: number;
  readonly runs: number;
  /** Members at each server. */
  readonly members: number;
  /** Messages a second. */
  readonly rate: number;
  /** People who come in. */
  readonly people: number;
}

/** A room with as many members at each node as the server by itself has in all. Resolves with what was lost. */
export async function deliveries(place: ClusterPlace, settings: Settings): Promise<number> {
  const { seconds, runs, members } = settings;
  const plan = { members, apart: false, perSecond: settings.rate / 10, size: SIZE, seconds };
  const of: { nodes: ClusterFigures[]; alone: ClusterFigures[] } = { nodes: [], alone: [] };
  await inPairs(runs, {
    nodes: async () => {
      of.nodes.push(await runLoad({ ...plan, servers: place.nodes, speakers: SPEAKERS_OF_ROOM }));
    },
    alone: async () => {
      of.alone.push(await runLoad({ ...plan, servers: [place.alone], speakers: SPEAKERS_OF_ROOM }));
    },
  });
  print(`\n${members} members at each server, ${plan.perSecond} messages a second.\n`);
  print("| server | delivered/s | CPU, µs a delivery | ratio to one alone | CPU, ms a second |");
  print("| ------ | ----------: | -----------------: | -----------------: | ---------------: |");
  const row = (name: string, all: readonly ClusterFigures[], nth: number): void => {
    const of_ = (get: (each: ClusterFigures["servers"][number]) => number): number[] =>
      all.map(({ servers }) => get(servers[nth] as ClusterFigures["servers"][number]));
    const cpu = of_(({ cpuMicros }) => cpuMicros);
    const alone = of.alone.map(({ servers: [only] }) => only?.cpuMicros ?? NaN);
    const columns = [
      name,
      median(of_(({ deliveredPerSecond }) => deliveredPerSecond)).toFixed(0),
      median(cpu).toFixed(2),
      median(cpu.map((value, i) => value / (alone[i] as number))).toFixed(2),
      median(of_(({ cpuPerSecond }) => cpuPerSecond)).toFixed(0),
    ];
    print(`| ${columns.join(" | ")} |`);
  };
  place.nodes.forEach((_, nth) => row(`node ${nth + 1}`, of.nodes, nth));
  row("alone", of.alone, 0);
  return [...of.nodes, ...of.alone].reduce((sum, { missing }) => sum + missing, 0);
}

/** What is compared with a plain append, which is the first, and what it is called. */
const ACK_ROWS = {
  bare: "append to a stream",
  nodes: "ack of a node",
  alone: "ack of a server by itself",
} as const;

/** What a run of one of them came to: times, and processor time in ms a second. */
interface AckRun extends Times {
  readonly serverCpu: number;
  readonly natsCpu: number;
}

/** Acks of people who speak in rooms of their own, beside appends to a stream like the cluster's. */
export async function acks(place: ClusterPlace, settings: Settings): Promise<number> {
  const { seconds, runs } = settings;
  const perSecond = settings.rate;
  const node = await openNode(place.servers.urls, BARE);
  await makeStream(node, BARE, KEEPING, newConfig(withDefaults({}), {}));
  await node.close();
  const base = { apart: true, perSecond, size: SIZE, seconds, speakers: SPEAKERS };
  const onNodes = { ...base, servers: place.nodes, members: SPEAKERS / NODES };
  const onAlone = { ...base, servers: [place.alone], members: SPEAKERS };
  let lost = (await runLoad({ ...onNodes, seconds: 1 })).missing;
  const size = await lengthOfEntry(place);
  const of: Record<keyof typeof ACK_ROWS, AckRun[]> = { nodes: [], bare: [], alone: [] };
  const measure = async (to: AckRun[], run: () => Promise<[Times, number]>): Promise<void> => {
    const nats = place.servers.all.map(({ pid = 0 }) => pid);
    const before = nats.map(cpuMs);
    const began = performance.now();
    const [times, serverCpu] = await run();
    const used = nats.reduce((sum, pid, i) => sum + cpuMs(pid) - (before[i] as number), 0);
    to.push({ ...times, serverCpu, natsCpu: rate(used / NODES, performance.now() - began) });
  };
  const byLoad = async (plan: ClusterPlan): Promise<[Times, number]> => {
    const { missing, acks, servers } = await runLoad(plan);
    lost += missing;
    return [acks, median(servers.map(({ cpuPerSecond }) => cpuPerSecond))];
  };
  const plain = { urls: place.servers.urls, name: BARE, perSecond, size, seconds };
  await inPairs(runs, {
    nodes: () => measure(of.nodes, () => byLoad(onNodes)),
    bare: () => measure(of.bare, async () => [await runAppends(plain), NaN]),
    alone: () => measure(of.alone, () => byLoad(onAlone)),
  });
  print(
    `\n${perSecond} messages a second from ${SPEAKERS} people in rooms of their own, in entries`,
  );
  print(`of ${size} bytes if they go alone. Ratios are to plain appends of as many bytes.\n`);
  print("| what | p50 ms | ratio | p99 ms | ratio | CPU of a server, ms/s | of a NATS server |");
  print("| ---- | -----: | ----: | -----: | ----: | --------------------: | ---------------: |");
  for (const [kind, name] of Object.entries(ACK_ROWS) as Array<[keyof typeof of, string]>) {
    const columns = (["p50", "p99"] as const).flatMap((part) => {
      const values = of[kind].map((times) => times[part]);
      const ratios = values.map((value, i) => value / (of.bare[i]?.[part] ?? NaN));
      return [median(values).toFixed(2), median(ratios).toFixed(2)];
    });
    const cpu = [({ serverCpu }: AckRun) => serverCpu, ({ natsCpu }: AckRun) => natsCpu]
      .map((get) => median(of[kind].map(get)))
      .map((value) => Number.isNaN(value) ? "-" : value.toFixed(0));
    print(`| ${[name, ...columns, ...cpu].join(" | ")} |`);
  }
  return lost;
}

/** The time without acks when something is killed. */
export async function outages(place: ClusterPlace, { runs }: Settings): Promise<number> {
  const kills: Record<string, Outage[]> = { "the leader of the stream": [], "a node": [] };
  const [leaders = [], nodes = []] = Object.values(kills);
  await inPairs(runs, {
    leader: async () => void leaders.push(await killLeader(place)),
    node: async () => void nodes.push(await killNode(place, nodes.length % NODES)),
  });
  print(
    "\n| kill -9 of | no ack for ms, each run | of plain appends | until acks at another node |",
  );
  print("| ---------- | ----------------------- | ---------------- | -------------------------- |");
  const list = (values: ReadonlyArray<number | undefined>): string =>
    values.map((value) => value?.toFixed(0) ?? "-").join(", ");
  for (const [what, all] of Object.entries(kills)) {
    const columns = [
      list(all.map(({ acks }) => acks)),
      list(all.map(({ appends }) => appends)),
      list(all.map(({ moved }) => moved)),
    ];
    print(`| ${[what, ...columns].join(" | ")} |`);
  }
  return 0;
}

/** A node that comes late. */
export async function late(place: ClusterPlace, settings: Settings): Promise<number> {
  const { rate: perSecond, seconds } = settings;
  const speakers = SPEAKERS;
  const fill = { servers: place.nodes, members: speakers / NODES, speakers, apart: true };
  // What was said in the parts before is in the stream as well.
  const { missing } = await runLoad({ ...fill, perSecond: perSecond * 3, size: SIZE, seconds });
  print(
    "\n| a node that comes late | messages/s, reads | of plain reading | µs of CPU a message |" +
      " by a copy | MiB/s |",
  );
  print(
    "| ---------------------- | ----------------: | ---------------: | ------------------: |" +
      " --------: | ----: |",
  );
  for (let run = 0; run < settings.runs; run++) {
    const { said, entries, ...took } = await replay(place);
    const columns = [
      `${said} messages in ${entries} entries`,
      rate(said, took.replayMs).toFixed(0),
      (took.readMs / took.replayMs).toFixed(2),
      (took.replayCpuMs * 1_000 / said).toFixed(1),
      rate(said, took.copyMs).toFixed(0),
      rate(took.copyBytes / MIB, took.copyMs).toFixed(0),
    ];
    print(`| ${columns.join(" | ")} |`);
  }
  return missing;
}

/** What it costs that people come in. */
export async function people(place: ClusterPlace, settings: Settings): Promise<number> {
  const runs = [];
  for (let run = 0; run < settings.runs; run++) {
    runs.push(await peopleCost(place, settings.people));
  }
  print(`\n${settings.people} people come in, 20 in a room.\n`);
  print("| server | CPU of each, µs | to one alone | heap of each, KiB |");
  print("| ------ | --------------: | -----------: | ----------------: |");
  const rows = { home: "where they come in", other: "another node", alone: "alone" } as const;
  for (const [kind, name] of Object.entries(rows) as Array<[keyof typeof rows, string]>) {
    const columns = [
      name,
      median(runs.map((run) => run[kind].cpuMicros)).toFixed(0),
      median(runs.map((run) => run[kind].cpuMicros / run.alone.cpuMicros)).toFixed(2),
      median(runs.map((run) => run[kind].heapBytes / KIB)).toFixed(1),
    ];
    print(`| ${columns.join(" | ")} |`);
  }
  const note = await noteMicros(settings.people);
  print(`\nA house with them in it is noted as a whole in ${note.toFixed(2)} µs for each.`);
  return 0;
}

/** Runs each of them so many times, in turns of which each begins with another one. */
async function inPairs(
  runs: number,
  each: Readonly<Record<string, () => Promise<void>>>,
): Promise<void> {
  const all = Object.values(each);
  for (let run = 0; run < runs; run++) {
    for (let i = 0; i < all.length; i++) await all[(run + i) % all.length]?.();
  }
}

/** The length of an entry of one message that a node has appended, in bytes: the median of some. */
async function lengthOfEntry(place: ClusterPlace): Promise<number> {
  const node = await openNode(place.servers.urls, CLUSTER);
  const { last } = await node.bounds();
  const lengths: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const reading = node.read(Math.max(1, last - 200), {
    onMessage({ seq, data }): void {
      const { records } = decodeBatch(data);
      const others = JSON.stringify(records.slice(1)).length - "[]".length;
      if (records[0]?.kind === "say") lengths.push(data.length - others);
      if (seq >= last) resolve();
    },
    onLost: () => resolve(),
  });
  await promise;
  reading.stop();
  await node.close();
  return median(lengths);
}

async function runLoad({ servers, ...plan }: ClusterPlan): Promise<ClusterFigures> {
  const places = servers.map(({ port, pid }) => ({ port, pid }));
  const figures: ClusterFigures = await runProgram("cluster_load.ts", { ...plan, servers: places });
  for (const error of figures.errors) complain(`The load was told: ${error}`);
  return figures;
}

async function runAppends(plan: AppendPlan): Promise<Times> {
  return await runProgram("cluster_append.ts", plan);
}

/** Runs one of the programs beside this one, which take a plan and print figures. */
async function runProgram<T>(name: string, plan: unknown): Promise<T> {
  const program = new URL(name, import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", program, JSON.stringify(plan)],
    stdin: "null",
    stderr: "inherit",
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(`${name} failed; see above`);
  return JSON.parse(text);
}

/** Says what went wrong. */
export function complain(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
