/**
 * The load of `deno task bench:hostile`: the same a few times over, and what it costs the server. Prints
 * what each came to as JSON.
 */

import { complain } from "../../lib/cli/output.ts";
import type { LoadPlan } from "../../lib/load/plan.ts";
import { runLoad } from "../../lib/load/run.ts";

/** What one of the loads came to. */
export interface Part {
  readonly deliveredPerSecond: number;
  /** Latencies in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly missing: number;
  /** Processor time that the server took, in ms a second; NaN where it can't be read. */
  readonly serverCpu: number;
}

/** Of the clock in which Linux counts processor time. */
const TICK_MS = 10;

if (import.meta.main) await main(Deno.args);

/** `HOST PORT PID CLIENTS RATE SECONDS,SECONDS…` */
async function main(args: readonly string[]): Promise<void> {
  const [hostname = "", port, pid, clients, rate, lengths = ""] = args;
  const plan: Omit<LoadPlan, "durationMs"> = {
    hostname,
    port: Number(port),
    protocol: "event",
    clients: Number(clients),
    senders: 10,
    rooms: 1,
    stalled: 0,
    size: 64,
    pace: { kind: "rate", perSecond: Number(rate) },
  };
  const parts: Part[] = [];
  for (const seconds of lengths.split(",").map(Number)) {
    parts.push(await run({ ...plan, durationMs: seconds * 1_000 }, Number(pid)));
  }
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(parts)));
}

async function run(plan: LoadPlan, pid: number): Promise<Part> {
  // While clients open, and wait for the last words, is not what is measured.
  const samples: Array<readonly [atMs: number, cpuMs: number]> = [];
  const result = await runLoad(plan, {
    onProgress: ({ phase }) => {
      if (phase === "running") samples.push([performance.now(), cpuMs(pid)]);
    },
  });
  for (const problem of result.problems) complain(problem);
  const [from, cpuFrom] = samples[0] ?? [NaN, NaN];
  const [to, cpuTo] = samples.at(-1) ?? [NaN, NaN];
  return {
    deliveredPerSecond: result.delivered / result.tookMs * 1_000,
    p50: result.latencyMs?.p50 ?? NaN,
    p99: result.latencyMs?.p99 ?? NaN,
    missing: result.missing ?? 0,
    serverCpu: (cpuTo - cpuFrom) / (to - from) * 1_000,
  };
}

/** Processor time that a process of this machine has taken so far, in ms. */
function cpuMs(pid: number): number {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // After the name, which may hold anything, utime and stime are the 12th and the 13th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return NaN;
  }
}
