/**
 * Runs a load on a chat server: clients send and read, and their messages are timed. The load folder
 * knows the wire and one address. It does not know flags, terminals or the inside of a server, and
 * never connects to another address.
 */

import { LoadClient, type LoadRoom } from "./client.ts";
import { micros, sleep, Tally } from "./tally.ts";
import type { Histogram } from "./histogram.ts";
import { channelOf } from "./irc_talk.ts";
import { type ProcessMemory, residentMemory } from "./process.ts";
import { LoadError, openClients } from "./open.ts";
import type { LoadPlan } from "./plan.ts";
import { LoadSender } from "./sender.ts";
import { Template } from "./stamp.ts";

/** A delivery is late if it comes so many ms after the last message was sent. */
export const LATE_MS = 1_000;
const POLL_MS = 5;
const PROGRESS_MS = 200;

/** Options of {@linkcode runLoad}. */
export interface LoadOptions {
  /** Ends the load early; the result has the figures so far. */
  readonly signal?: AbortSignal;
  /** Called now and then with the progress. */
  readonly onProgress?: (progress: Progress) => void;
  /** The server's process, if it is known, to measure its memory. */
  readonly serverPid?: number;
  /** After how long a silence the owed deliveries count as missing, in ms; 5,000 by default. */
  readonly drainMs?: number;
  /** How long to wait for late messages while they still come, in ms; 60,000 by default. */
  readonly longestDrainMs?: number;
}

/** How far a load is. */
export interface Progress {
  readonly phase: "opening" | "running" | "draining";
  /** How many clients have joined. */
  readonly open: number;
  readonly elapsedMs: number;
  readonly sent: number;
  readonly delivered: number;
  /** Deliveries that are on their way. */
  readonly owed: number;
}

/** The figures of a load. */
export interface LoadResult {
  /** The time from the first connection until the last client had joined. */
  readonly openMs: number;
  /** How long messages were sent, or connections held. */
  readonly tookMs: number;
  /** Messages sent in that time. */
  readonly sent: number;
  /** Messages that reached a client in that time, once for each client. */
  readonly delivered: number;
  /** Quantiles of the time from sending to reading, in ms; missing if nothing was delivered. */
  readonly latencyMs?: Readonly<Record<"p50" | "p90" | "p99" | "max", number>>;
  /** Deliveries that were on their way when the last message had been sent. */
  readonly owed: number;
  /** Deliveries that came {@linkcode LATE_MS} after the last message was sent, or later. */
  readonly late: number;
  /** Deliveries that were owed when the time was over, though others still came. */
  readonly coming: number;
  /** Deliveries that never came; missing if the wait for them was cut short. */
  readonly missing?: number;
  /** Reading clients whose connection ended before we ended it. */
  readonly closed: number;
  /** What the server said besides messages, and what broke: a few different texts. */
  readonly problems: readonly string[];
  /** The server's memory before the first client and at the end, if it is known. */
  readonly memory?: { readonly before: ProcessMemory; readonly after: ProcessMemory };
  /** Whether the signal ended it. */
  readonly interrupted: boolean;
}

/**
 * Runs a load and resolves with its figures. Throws {@linkcode LoadError} when its clients can't be
 * opened. {@linkcode checkPlan} must have accepted the plan.
 */
export async function runLoad(plan: LoadPlan, options: LoadOptions = {}): Promise<LoadResult> {
  const signal = options.signal ?? new AbortController().signal;
  const tally = new Tally(plan.clients - plan.stalled);
  const { clients, tag } = makeClients(plan, tally);
  const before = residentMemory(options.serverPid);
  const began = micros();
  const stage: Stage = { phase: "opening", since: began };
  const reporter = setInterval(() => {
    options.onProgress?.({
      phase: stage.phase,
      open: clients.filter(({ joined }) => joined).length,
      elapsedMs: (micros() - stage.since) / 1_000,
      sent: tally.sent,
      delivered: tally.delivered,
      owed: tally.owed,
    });
  }, PROGRESS_MS);
  try {
    await openClients(plan, clients, tag, signal);
    const openMs = (micros() - began) / 1_000;
    tally.measuring = true;
    stage.phase = "running";
    stage.since = micros();
    const stop = AbortSignal.any([signal, tally.over]);
    const run = plan.pace.kind === "idle"
      ? await hold(plan, stage, stop)
      : await talk(plan, { clients, tally, tag, stage }, stop, options);
    const after = before === undefined ? undefined : residentMemory(options.serverPid);
    return {
      openMs,
      ...run,
      closed: tally.closed,
      problems: [...tally.problems],
      ...(before === undefined || after === undefined ? {} : { memory: { before, after } }),
      interrupted: signal.aborted,
    };
  } catch (error) {
    if (!signal.aborted || !(error instanceof LoadError)) throw error;
    return { ...NOTHING, openMs: (micros() - began) / 1_000, interrupted: true };
  } finally {
    clearInterval(reporter);
    tally.measuring = false;
    await Promise.all(clients.map((client) => client.close()));
  }
}

const NO_MESSAGES = { sent: 0, delivered: 0, owed: 0, late: 0, coming: 0 };
const NOTHING = { ...NO_MESSAGES, tookMs: 0, closed: 0, problems: [] };

type Figures = Omit<LoadResult, "openMs" | "closed" | "problems" | "memory" | "interrupted">;

interface Stage {
  phase: Progress["phase"];
  /** When it began, in µs. */
  since: number;
}

interface Crew {
  readonly clients: readonly LoadClient[];
  readonly tally: Tally;
  /** Marks the messages of this run. */
  readonly tag: string;
  readonly stage: Stage;
}

/** The clients of a plan, spread over its rooms; those that never read come last. */
function makeClients(plan: LoadPlan, tally: Tally): { clients: LoadClient[]; tag: string } {
  const tag = Math.floor(Math.random() * 0x10000).toString(16).padStart(4, "0");
  const rooms: LoadRoom[] = Array.from({ length: plan.rooms }, (_, index) => ({
    // Every server has the room that clients begin in, so a single room is that one; but for one of IRC.
    name: plan.rooms === 1 ? undefined : `bench-${tag}-${index + 1}`,
    readers: 0,
    sent: 0,
  }));
  const clients = Array.from({ length: plan.clients }, (_, index) => {
    const stalled = index >= plan.clients - plan.stalled;
    const room = rooms[index % plan.rooms] as LoadRoom;
    if (!stalled) room.readers++;
    return new LoadClient({ plan, tally, tag, room, stalled, name: `u${tag}-${index + 1}` });
  });
  return { clients, tag };
}

/** Holds the connections and sends nothing. */
async function hold(plan: LoadPlan, { since }: Stage, stop: AbortSignal): Promise<Figures> {
  await sleep(plan.durationMs, stop);
  return { ...NO_MESSAGES, tookMs: (micros() - since) / 1_000 };
}

/** Sends for as long as the plan says, then waits for what is still on its way. */
async function talk(
  plan: LoadPlan,
  { clients, tally, tag, stage }: Crew,
  stop: AbortSignal,
  options: LoadOptions,
): Promise<Figures> {
  const sender = new LoadSender(
    plan,
    clients.slice(0, plan.senders),
    tally,
    (room) => {
      const place = plan.protocol === "irc" ? channelOf(tag, room) : room;
      return new Template(plan.protocol, plan.size, `T${tag}`, place);
    },
  );
  sender.start();
  await sleep(plan.durationMs, stop);
  sender.stop();
  const tookMs = (micros() - stage.since) / 1_000;
  const { sent, delivered, owed } = tally;
  stage.phase = "draining";
  const drained = await drain(tally, options, stop);
  const missing = clients.reduce((sum, client) => sum + client.missing, 0) - drained.coming;
  // If the signal cut the wait short, we don't know what would still have come.
  const known = tally.over.aborted || !stop.aborted;
  const figures = { tookMs, sent, delivered, owed, ...drained, ...latency(tally.histogram) };
  return known ? { ...figures, missing } : figures;
}

function latency(histogram: Histogram): Pick<LoadResult, "latencyMs"> {
  if (histogram.count === 0) return {};
  const ms = (part: number): number => histogram.quantile(part) / 1_000;
  return { latencyMs: { p50: ms(0.5), p90: ms(0.9), p99: ms(0.99), max: ms(1) } };
}

/** Waits until nothing is owed, nothing comes any more, the time is over, or the signal aborts. */
async function drain(
  tally: Tally,
  { drainMs = 5_000, longestDrainMs = 60_000 }: LoadOptions,
  stop: AbortSignal,
): Promise<Pick<LoadResult, "late" | "coming">> {
  const began = micros();
  let heard = began;
  let { delivered } = tally;
  let inTime = delivered;
  let coming = 0;
  while (tally.owed > 0 && !stop.aborted) {
    await sleep(POLL_MS, stop);
    const now = micros();
    if (tally.delivered > delivered) heard = now;
    delivered = tally.delivered;
    if (now - began < LATE_MS * 1_000) inTime = delivered;
    if (now - heard >= drainMs * 1_000) break;
    if (now - began < longestDrainMs * 1_000) continue;
    coming = tally.owed;
    break;
  }
  return { late: tally.delivered - inTime, coming };
}
