/**
 * One load of `deno task bench:irc`, in a process of its own. Prints one JSON object.
 *
 * Arguments: PROTOCOL (irc or event) PORT CLIENTS WINDOW SECONDS PID. PID is the server's, whose processor time is
 * told for each delivery, in µs. What comes in the first second is not counted, nor that the clients come and go;
 * but it is in the times from sending to reading.
 */

import { type Progress, runLoad } from "../../lib/load/run.ts";
import type { LoadProtocol } from "../../lib/load/stamp.ts";

/** How many of the clients speak, and how long a message is, in bytes. */
export const SPOKEN = { senders: 10, size: 64 } as const;

/** A server that has just been started is slower at first, in ms. */
const WARM_UP_MS = 1_000;

/** What a load has come to. */
export interface LoadFigures {
  readonly deliveredPerSecond: number;
  /** In ms. */
  readonly p50: number;
  readonly p99: number;
  /** The server's processor time for each delivery, in µs; `null` where the system does not tell. */
  readonly serverMicros: number | null;
  /** Deliveries that never came, and connections that the server ended. */
  readonly lost: number;
}

/** What is to be seen of a load that runs. */
interface Look extends Pick<Progress, "elapsedMs" | "delivered"> {
  readonly cpuMs: number;
}

if (import.meta.main) {
  const [protocol = "irc", ...numbers] = Deno.args;
  const [port = 0, clients = 0, window = 0, seconds = 0, pid = 0] = numbers.map(Number);
  const looks: Look[] = [];
  const onProgress = ({ phase, elapsedMs, delivered }: Progress): void => {
    if (phase !== "running" || elapsedMs < WARM_UP_MS) return;
    looks.push({ cpuMs: processorMs(pid), elapsedMs, delivered });
  };
  const result = await runLoad({
    ...{ hostname: "127.0.0.1", port, protocol: protocol as LoadProtocol, clients },
    ...{ ...SPOKEN, rooms: 1, stalled: 0, durationMs: WARM_UP_MS + seconds * 1_000 },
    pace: { kind: "window", messages: window },
  }, { onProgress });
  const figures: LoadFigures = {
    ...counted(looks),
    p50: result.latencyMs?.p50 ?? NaN,
    p99: result.latencyMs?.p99 ?? NaN,
    lost: (result.missing ?? 0) + result.closed,
  };
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(figures)}\n`));
  Deno.exit(0);
}

/** What came from the first look to the last, and what it took. */
function counted(looks: readonly Look[]): Pick<LoadFigures, "deliveredPerSecond" | "serverMicros"> {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || first === last) {
    throw new Error("The load did not run for long enough to be looked at");
  }
  const delivered = last.delivered - first.delivered;
  const micros = (last.cpuMs - first.cpuMs) * 1_000 / delivered;
  return {
    deliveredPerSecond: delivered * 1_000 / (last.elapsedMs - first.elapsedMs),
    serverMicros: Number.isFinite(micros) ? micros : null,
  };
}

/** Processor time that a process has had, in ms; `NaN` where the system does not tell. */
function processorMs(pid: number): number {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // What follows the name, which may hold anything; the clock of it ticks every 10 ms.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return NaN;
  }
}
