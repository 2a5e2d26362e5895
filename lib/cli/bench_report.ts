/** What `chatroom bench` prints: a line of progress, a table, or one JSON object; and why a load was slow. */

import { costOf } from "../chat/limits/rate.ts";
import { inertJson } from "../client/printer.ts";
import type { LoadPlan } from "../load/plan.ts";
import type { ProcessMemory } from "../load/process.ts";
import { LATE_MS, type LoadResult, type Progress } from "../load/run.ts";
import { LIMITS } from "../server/limits.ts";
import { inertLine } from "../words/inert.js";

const encoder = new TextEncoder();

/** A line of progress that is redrawn on stderr, if that is a terminal. */
export function progressLine(
  plan: LoadPlan,
): { show: (progress: Progress) => void; clear: () => void } {
  const shown = Deno.stderr.isTerminal();
  let width = 0;
  const write = (text: string): void => {
    if (!shown) return;
    try {
      Deno.stderr.writeSync(encoder.encode(`\r${text.padEnd(width)}${text === "" ? "\r" : ""}`));
    } catch {
      // The terminal is closed; something may still read the figures.
    }
    width = text.length;
  };
  return { show: (progress) => write(progressText(plan, progress)), clear: () => write("") };
}

function progressText({ clients, durationMs }: LoadPlan, progress: Progress): string {
  const { phase, open, elapsedMs, sent, delivered } = progress;
  if (phase === "opening") return `opening: ${open} of ${clients} clients`;
  if (phase === "draining") return `waiting for ${whole(progress.owed)} deliveries on their way`;
  const perSecond = (count: number): string => `${whole(count * 1_000 / elapsedMs)}/s`;
  const time = `${(elapsedMs / 1_000).toFixed(1)} of ${durationMs / 1_000} s`;
  return `${time}   sent ${perSecond(sent)}   delivered ${perSecond(delivered)}`;
}

/** The figures as a table of two columns. `server`: the server's name, if it is not bench's own. */
export function resultTable(plan: LoadPlan, result: LoadResult, server?: string): string {
  const { pace, stalled, rooms } = plan;
  const rows: Array<readonly [string, string]> = [
    [
      "server",
      `${server ?? "its own"}, ${plan.protocol} protocol${
        plan.secure === undefined ? "" : " over TLS"
      }`,
    ],
    [
      "clients",
      `${whole(plan.clients)} in ${rooms === 1 ? "one room" : `${whole(rooms)} rooms`}` +
      (stalled === 0 ? "" : `, ${whole(stalled)} of them stalled`),
    ],
    ["opened in", `${(result.openMs / 1_000).toFixed(2)} s`],
  ];
  if (pace.kind === "idle") rows.push(["held for", `${(result.tookMs / 1_000).toFixed(1)} s`]);
  else rows.push(...loadRows(plan, result));
  rows.push(["server memory", memoryText(plan, result)]);
  if (result.closed > 0) rows.push(["closed early", `${whole(result.closed)} connections`]);
  for (const [index, line] of paceLines(plan, result, server === undefined).entries()) {
    rows.push([index === 0 ? "held up" : "", line]);
  }
  for (const problem of result.problems) rows.push(["", inertLine(problem)]);
  if (result.interrupted) rows.push(["", "interrupted: the figures are those until then"]);
  return rows.map(([name, value]) => `${name.padEnd(14)} ${value}`.trimEnd()).join("\n");
}

function loadRows(plan: LoadPlan, result: LoadResult): Array<readonly [string, string]> {
  const { pace, senders, size, durationMs } = plan;
  const { latencyMs, missing } = result;
  const way = pace.kind === "rate"
    ? `${whole(pace.perSecond)} messages/s`
    : `${pace.kind === "window" ? whole(pace.messages) : 0} messages in flight`;
  const ms = (value: number): string => `${value.toFixed(value < 10 ? 3 : 1)} ms`;
  return [
    [
      "load",
      `${way} of ${whole(size)} bytes from ${whole(senders)} sender${senders === 1 ? "" : "s"} ` +
      `for ${durationMs / 1_000} s`,
    ],
    ["sent", `${whole(perSecond(result.sent, result))}/s`],
    ["delivered", `${whole(perSecond(result.delivered, result))}/s`],
    [
      "latency",
      latencyMs === undefined
        ? "n/a"
        : `p50 ${ms(latencyMs.p50)}, p90 ${ms(latencyMs.p90)}, p99 ${ms(latencyMs.p99)}, ` +
          `max ${ms(latencyMs.max)}`,
    ],
    ["missing", missing === undefined ? "n/a" : `${whole(missing)} deliveries`],
    ...lateRows(result),
  ];
}

/** Late messages are shown apart from lost ones. */
function lateRows({ late, coming }: LoadResult): Array<readonly [string, string]> {
  if (late + coming === 0) return [];
  const text = `${whole(late)} deliveries, ${LATE_MS / 1_000} s or more after the last was sent`;
  return [[
    "late",
    coming === 0 ? text : `${text}; ${whole(coming)} more were still coming, and not waited for`,
  ]];
}

function memoryText({ pace, clients }: LoadPlan, { memory }: LoadResult): string {
  if (memory === undefined) return "n/a";
  const { before, after } = memory;
  const text = `${mebibytes(after.resident)} resident (${mebibytes(before.resident)} before, ` +
    `${mebibytes(after.peak)} at most)`;
  return pace.kind === "idle"
    ? `${text}: ${(perClient(before, after, clients) / 1_024).toFixed(1)} KiB a connection`
    : text;
}

/** The figures as one line of JSON; `null` for what is not known. `own`: of bench's own server. */
export function resultJson(plan: LoadPlan, result: LoadResult, own: boolean): string {
  const { pace, clients, senders, rooms, stalled, size, protocol } = plan;
  const { memory } = result;
  const idle = pace.kind === "idle";
  return inertJson(JSON.stringify({
    protocol,
    tls: plan.secure !== undefined,
    clients,
    rooms,
    ...(idle ? { idle } : { senders, stalled, size }),
    ...(pace.kind === "window" ? { window: pace.messages } : {}),
    ...(pace.kind === "rate" ? { rate: pace.perSecond } : {}),
    openSeconds: result.openMs / 1_000,
    seconds: result.tookMs / 1_000,
    ...(idle ? {} : {
      sent: result.sent,
      delivered: result.delivered,
      sentPerSecond: perSecond(result.sent, result),
      deliveredPerSecond: perSecond(result.delivered, result),
      latencyMs: result.latencyMs ?? null,
      missing: result.missing ?? null,
      late: result.late,
      coming: result.coming,
      heldUp: paceLines(plan, result, own).join(" ") || null,
    }),
    serverMemory: memory === undefined ? null : {
      beforeBytes: memory.before.resident,
      residentBytes: memory.after.resident,
      peakBytes: memory.after.peak,
      ...(idle ? { bytesPerClient: perClient(memory.before, memory.after, clients) } : {}),
    },
    closed: result.closed,
    problems: result.problems,
    interrupted: result.interrupted,
  }));
}

function perSecond(count: number, { tookMs }: LoadResult): number {
  return tookMs === 0 ? 0 : Math.round(count * 1_000 / tookMs);
}

function perClient(before: ProcessMemory, after: ProcessMemory, clients: number): number {
  return Math.round((after.resident - before.resident) / clients);
}

function whole(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

/** A rate was not kept if less than this part of it was reached. */
const KEPT = 0.9;
/** The default limits may be the cause if a load got at most so many times what they allow. */
const NEAR = 1.25;
/** A shorter load says nothing about rates; in ms. */
const LEAST_MS = 1_000;

/**
 * Says why the load was slower than asked for, and which flags help; no lines if it was not. `own`: on
 * bench's own server.
 */
export function paceLines(plan: LoadPlan, result: LoadResult, own: boolean): string[] {
  const { pace } = plan;
  const seconds = result.tookMs / 1_000;
  if (pace.kind === "idle" || seconds === 0) return [];
  const passed = passedOn(result);
  const reached = `Reached: ${whole(passed / seconds)} messages/s`;
  if (pace.kind === "rate") {
    const isKept = result.late + result.coming === 0 &&
      result.sent >= pace.perSecond * seconds * KEPT;
    if (isKept) return [];
    const line = `Asked: ${whole(pace.perSecond)} messages/s. ${reached}`;
    return own ? [`${line}, which is what this machine can do.`] : [`${line}.`, ...limitLines()];
  }
  if (own || result.tookMs < LEAST_MS || passed > defaultShare(plan, seconds) * NEAR) return [];
  return [`Asked: ${whole(pace.messages)} messages in flight. ${reached}.`, ...limitLines()];
}

/** How many messages had been delivered to all when the last one was sent. */
function passedOn({ sent, delivered, owed }: LoadResult): number {
  return delivered === 0 ? 0 : sent * delivered / (delivered + Math.max(0, owed));
}

/** How many messages a server with the default limits takes in that time. */
function defaultShare({ senders, rooms, size }: LoadPlan, seconds: number): number {
  const { requestsPerSecond, requestBurst, roomMessagesPerSecond } = LIMITS;
  const fromClients = senders * (requestBurst.default + requestsPerSecond.default * seconds);
  const inRooms = rooms * roomMessagesPerSecond.default * (2 + seconds);
  return Math.min(fromClients, inRooms) / costOf(size);
}

function limitLines(): string[] {
  const { requestsPerSecond, requestBurst, roomMessagesPerSecond } = LIMITS;
  return [
    `A server takes ${requestsPerSecond.default} messages/s from a client (--${requestsPerSecond.flag}) after ` +
    `${requestBurst.default} at once`,
    `(--${requestBurst.flag}), and ${roomMessagesPerSecond.default}/s in a room (--${roomMessagesPerSecond.flag}), ` +
    "unless it is told otherwise;",
    "for a load test raise these limits of serve.",
  ];
}
