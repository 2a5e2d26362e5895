/**
 * A load on a chat server: clients that talk and clients that listen, and how long the messages took.
 * The load folder knows the wire and one address. It knows no flags, no terminal, nothing of what the
 * server is made of, and never connects to anything but that address.
 */

import { LoadClient, type LoadRoom } from "./client.ts";
import { micros, sleep } from "./clock.ts";
import type { Histogram } from "./histogram.ts";
import { drain, type Drained, type Patience } from "./drain.ts";
import { type ProcessMemory, residentMemory } from "./process_memory.ts";
import { LoadError, openClients } from "./open.ts";
import type { LoadPlan } from "./plan.ts";
import { LoadSender } from "./sender.ts";
import { Template } from "./stamp.ts";
import { Tally } from "./tally.ts";

const SILENCE_MS = 5_000;
const LONGEST_DRAIN_MS = 60_000;
const PROGRESS_MS = 200;

/** What a load is run with besides its plan. */
export interface LoadOptions {
  /** Ends the load with the figures so far. */
  readonly signal?: AbortSignal;
  /** Told now and then how far it is. */
  readonly onProgress?: (progress: Progress) => void;
  /** The server's process, where it is known: its memory is looked at. */
  readonly serverPid?: number;
  /** How long nothing may come until what is owed counts as missing, in ms; 5,000 unless told. */
  readonly drainMs?: number;
  /** How long late messages are waited for while they still come, in ms; 60,000 unless told. */
  readonly longestDrainMs?: number;
}

/** How far a load is. */
export interface Progress {
  readonly phase: "opening" | "running" | "draining";
  /** Clients that have joined. */
  readonly open: number;
  readonly elapsedMs: number;
  readonly sent: number;
  readonly delivered: number;
  /** Deliveries that are on their way. */
  readonly owed: number;
}

/** What came of a load. */
export interface LoadResult extends Drained {
  /** From the first connection to the last client that had joined. */
  readonly openMs: number;
  /** For how long messages were sent, or connections held. */
  readonly tookMs: number;
  /** Messages sent in that time. */
  readonly sent: number;
  /** Messages that reached a client in that time, once for each client. */
  readonly delivered: number;
  /** From sending to reading, in ms; not there when nothing was delivered. */
  readonly latencyMs?: Latency;
  /** Deliveries that were on their way when the last message had been sent. */
  readonly owed: number;
  /** Deliveries that were owed and no longer came; not there when waiting was cut short. */
  readonly missing?: number;
  /** Reading clients whose connection ended before we ended it. */
  readonly closed: number;
  /** What the server said that was no message, and what broke: a few different ones. */
  readonly problems: readonly string[];
  /** The server's memory before the first client and at the end, where it can be seen. */
  readonly memory?: { readonly before: ProcessMemory; readonly after: ProcessMemory };
  /** Whether it was ended by the signal. */
  readonly interrupted: boolean;
}

/** Quantiles of the latency, in ms. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Runs a load and resolves with its figures. Throws {@linkcode LoadError} when its clients can't be
 * opened. `plan` is to be one that {@linkcode checkPlan} has nothing against.
 */
export async function runLoad(plan: LoadPlan, options: LoadOptions = {}): Promise<LoadResult> {
  const signal = options.signal ?? new AbortController().signal;
  const tally = new Tally(plan.clients - plan.stalled);
  const { clients, tag } = makeClients(plan, tally);
  const before = await residentMemory(options.serverPid);
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
      : await talk(plan, { clients, tally, tag, stage }, stop, {
        silenceMs: options.drainMs ?? SILENCE_MS,
        longestMs: options.longestDrainMs ?? LONGEST_DRAIN_MS,
      });
    const after = before === undefined ? undefined : await residentMemory(options.serverPid);
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

type Figures =
  & Drained
  & Pick<LoadResult, "tookMs" | "sent" | "delivered" | "owed" | "latencyMs" | "missing">;

interface Stage {
  phase: Progress["phase"];
  /** When it began, in µs. */
  since: number;
}

interface Crew {
  readonly clients: readonly LoadClient[];
  readonly tally: Tally;
  /** What tells this run's messages from others'. */
  readonly tag: string;
  readonly stage: Stage;
}

/** The clients of a plan, spread over its rooms; those that never read come last. */
function makeClients(plan: LoadPlan, tally: Tally): { clients: LoadClient[]; tag: string } {
  const tag = Math.floor(Math.random() * 0x10000).toString(16).padStart(4, "0");
  const rooms: LoadRoom[] = Array.from({ length: plan.rooms }, (_, index) => ({
    // One room is the one that everybody is in to begin with, so that any server has it.
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
  patience: Patience,
): Promise<Figures> {
  const sender = new LoadSender(
    plan,
    clients.slice(0, plan.senders),
    tally,
    (room) => new Template(plan.protocol, plan.size, `T${tag}`, room),
  );
  sender.start();
  await sleep(plan.durationMs, stop);
  sender.stop();
  const tookMs = (micros() - stage.since) / 1_000;
  const { sent, delivered, owed } = tally;
  stage.phase = "draining";
  const drained = await drain(tally, patience, stop);
  const missing = clients.reduce((sum, client) => sum + client.missing, 0) - drained.coming;
  // Cut short by somebody who did not wait, it is not known what would still have come.
  const known = tally.over.aborted || !stop.aborted;
  const figures = { tookMs, sent, delivered, owed, ...drained, ...latency(tally.histogram) };
  return known ? { ...figures, missing } : figures;
}

function latency(histogram: Histogram): { latencyMs?: Latency } {
  if (histogram.count === 0) return {};
  const ms = (part: number): number => histogram.quantile(part) / 1_000;
  return { latencyMs: { p50: ms(0.5), p90: ms(0.9), p99: ms(0.99), max: ms(1) } };
}
