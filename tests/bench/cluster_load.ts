/**
 * The load of `deno task bench:cluster`: members of one or several servers who read, and some of them who
 * speak at a pace. Prints one JSON object, a {@linkcode ClusterFigures}. Its argument is a plan as JSON.
 */

import { delay } from "@std/async/delay";
import { BenchClient, paced, type Times, timesOf } from "./cluster_client.ts";
import { cpuMs } from "./cluster_place.ts";

/** What load there is to be. */
export interface ClusterPlan {
  /** The servers: where they listen, and their processes. */
  readonly servers: readonly { readonly port: number; readonly pid: number }[];
  /** Members at each server. */
  readonly members: number;
  /** Those of them who speak, in turn over all servers. */
  readonly speakers: number;
  /** Whether each member is in a room of its own, and not all in one. */
  readonly apart: boolean;
  /** Messages a second, over all speakers. */
  readonly perSecond: number;
  /** The length of a text, in bytes. */
  readonly size: number;
  readonly seconds: number;
}

/** What it came to. */
export interface ClusterFigures {
  /** From sending to the ack. */
  readonly acks: Times;
  readonly servers: readonly {
    readonly deliveredPerSecond: number;
    /** Processor time for each delivery, in microseconds, and in all, in ms a second. */
    readonly cpuMicros: number;
    readonly cpuPerSecond: number;
  }[];
  /** Acks and deliveries that never came, and answers that were errors. */
  readonly missing: number;
  readonly errors: readonly string[];
}

/** Code that has not run before is slow, so the first seconds are not counted. */
const WARM_UP_SECONDS = 2;
/** How long the last acks and deliveries may take, in ms. */
const DRAIN_MS = 15_000;
const COME_AT_ONCE = 20;
const SETTLE_MS = 500;

if (import.meta.main) {
  const figures = await run(JSON.parse(Deno.args[0] ?? ""));
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(figures)}\n`));
  Deno.exit(0);
}

/** A member, and which server it is at. */
interface Member {
  readonly client: BenchClient;
  readonly server: number;
  readonly room: string;
}

async function run(plan: ClusterPlan): Promise<ClusterFigures> {
  const { servers, speakers, perSecond, seconds } = plan;
  const members = await comeIn(plan);
  const [delivered, began] = [servers.map(() => 0), new Map<string, number>()];
  const [took, errors]: [number[], Set<string>] = [[], new Set()];
  let [arrived, isMeasuring] = [0, false];
  for (const { client, server } of members) {
    client.onMessage = () => {
      arrived++;
      if (isMeasuring) (delivered[server] as number)++;
    };
    client.onAnswer = ({ type, id, text }) => {
      if (type === "error") errors.add(text);
      const since = began.get(id);
      if (since === undefined) return;
      began.delete(id);
      // What was said before counts is not in it.
      if (since > 0) took.push(performance.now() - since);
    };
    client.onLost = () => errors.add("a connection was lost");
  }
  const speaking = Array.from({ length: speakers }, (_, nth) => members[nth] as Member);
  const text = "x".repeat(plan.size);
  const speak = (id: string, nth: number, since: number): void => {
    const { client, room } = speaking[nth % speakers] as Member;
    began.set(id, since);
    client.say(room, text, id);
  };
  await delay(SETTLE_MS);
  await paced(perSecond, WARM_UP_SECONDS, (nth) => speak(`w${nth}`, nth, 0));
  const before = servers.map(({ pid }) => cpuMs(pid));
  const from = performance.now();
  isMeasuring = true;
  await paced(perSecond, seconds, (nth, since) => speak(`m${nth}`, nth, since));
  isMeasuring = false;
  const measured = performance.now() - from;
  const cpu = servers.map(({ pid }, nth) => cpuMs(pid) - (before[nth] as number));
  const said = Math.round(perSecond * (WARM_UP_SECONDS + seconds));
  const expected = plan.apart ? 0 : said * (members.length - 1);
  const missing = (): number => began.size + expected - arrived;
  for (const end = performance.now() + DRAIN_MS; missing() > 0 && performance.now() < end;) {
    await delay(10);
  }
  return {
    acks: timesOf(took),
    servers: servers.map((_, nth) => ({
      deliveredPerSecond: (delivered[nth] as number) / measured * 1_000,
      cpuMicros: (cpu[nth] as number) * 1_000 / (delivered[nth] as number),
      cpuPerSecond: (cpu[nth] as number) / measured * 1_000,
    })),
    missing: missing(),
    errors: [...errors],
  };
}

/** All come in: those of all servers in turn, so that those who speak are spread over them. */
async function comeIn({ servers, members, apart }: ClusterPlan): Promise<Member[]> {
  const all: Member[] = [];
  const tag = crypto.randomUUID().slice(0, 6);
  const count = members * servers.length;
  for (let first = 0; first < count; first += COME_AT_ONCE) {
    const coming = Array.from({ length: Math.min(COME_AT_ONCE, count - first) }, async (_, i) => {
      const [nth, server] = [first + i, (first + i) % servers.length];
      const room = apart ? `room-${tag}-${nth}` : `room-${tag}`;
      const { port } = servers[server] as ClusterPlan["servers"][number];
      return {
        client: await BenchClient.come({ port, name: `${tag}-${nth}`, room }),
        server,
        room,
      };
    });
    all.push(...await Promise.all(coming));
  }
  return all;
}
