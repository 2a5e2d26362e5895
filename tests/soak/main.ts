/**
 * `deno task soak`: a server in a process of its own, all kinds of mischief, and a room beside it
 * that must not notice. Prints a table; exits with 1 when something was not as it should be.
 */

import { parseArgs } from "@std/cli/parse-args";
import { complain, print } from "../../lib/cli/output.ts";
import { joinEvent } from "../helpers.ts";
import { HealthyRoom } from "./healthy.ts";
import { type Deeds, doMischief } from "./mischief.ts";
import type { Holdings } from "./server.ts";
import { slopeOf } from "./slope.ts";
import { SoakedServer } from "./soaked.ts";

const DEFAULT_SECONDS = 600;
const MAX_SECONDS = 86_400;
/** The first part, in which caches fill, is left out of the slope. */
const WARM_PART = 0.3;
/** How long the server may take to let go of everybody, in ms. */
const LET_GO_MS = 15_000;
const SIGNALS: ReadonlyArray<[Deno.Signal, number]> = [["SIGINT", 130], ["SIGTERM", 143]];

interface Sample extends Holdings {
  readonly seconds: number;
}

interface Outcome {
  readonly room: HealthyRoom;
  readonly deeds: Deeds;
  readonly samples: readonly Sample[];
  readonly first: Holdings;
  readonly last: Holdings;
}

/** Samples what the server holds every so often until `stop`. */
async function watch(server: SoakedServer, everyMs: number, stop: AbortSignal): Promise<Sample[]> {
  const samples: Sample[] = [];
  const began = performance.now();
  while (!stop.aborted) {
    samples.push({
      seconds: (performance.now() - began) / 1_000,
      ...await server.holdings(),
    });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      stop.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
  return samples;
}

async function soak(server: SoakedServer, seconds: number, left: AbortSignal): Promise<Outcome> {
  // Somebody has been here once, so that what is made at the first use has been made.
  (await HealthyRoom.open(server))[Symbol.dispose]();
  await askTheDisk(server);
  const first = await lettingGo(server, Infinity);
  const failed = new AbortController();
  const stop = AbortSignal.any([AbortSignal.timeout(seconds * 1_000), left, failed.signal]);
  using room = await HealthyRoom.open(server);
  const all = [
    doMischief(server, stop),
    watch(server, Math.min(5_000, seconds * 50), stop),
    room.run(stop),
  ] as const;
  // When one fails the others end too, and its error is what is told.
  for (const each of all) each.catch(() => failed.abort());
  const settled = await Promise.allSettled(all);
  const error = settled.find((each) => each.status === "rejected");
  if (error !== undefined) throw error.reason;
  const [deeds, samples] = await Promise.all(all);
  room[Symbol.dispose]();
  return { room, deeds, samples, first, last: await lettingGo(server, first.descriptors) };
}

/** The thread that reads the disk begins with the first question, and its files stay open. */
async function askTheDisk(server: SoakedServer): Promise<void> {
  using peer = await joinEvent(server, "asker");
  await peer.ask({ type: "search", query: "anything" });
}

/** What the server holds when it has at most so many descriptors, or does not come to it. */
async function lettingGo(server: SoakedServer, descriptors: number): Promise<Holdings> {
  const deadline = performance.now() + LET_GO_MS;
  let before = Infinity;
  for (;;) {
    const now = await server.holdings();
    const isStill = now.descriptors === before;
    if (isStill && now.descriptors <= descriptors || performance.now() > deadline) return now;
    before = now.descriptors;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;

function growth(samples: readonly Sample[], of: "resident" | "heap"): string {
  const from = (samples.at(-1)?.seconds ?? 0) * WARM_PART;
  const points = samples.filter(({ seconds }) => seconds >= from)
    .map((sample) => [sample.seconds / 60, sample[of]] as const);
  const slope = slopeOf(points) / 1_024;
  const [low, high] = [Math.min, Math.max].map((f) => f(...points.map(([, y]) => y)));
  return `${slope.toFixed(0)} KiB/min (${mebibytes(low ?? 0)} to ${mebibytes(high ?? 0)})`;
}

/** Ten of the figures, evenly spread. */
function course(figures: readonly number[]): string {
  const step = Math.max(1, (figures.length - 1) / 9);
  const some = Array.from({ length: 10 }, (_, i) => figures[Math.round(i * step)]);
  return some.filter((figure) => figure !== undefined)
    .map((figure) => (figure / 1_048_576).toFixed(0)).join(" ") + " MiB";
}

function report(seconds: number, { room, deeds, samples, first, last }: Outcome): void {
  const ms = (part: number): string => `${(room.latencies.quantile(part) / 1_000).toFixed(1)} ms`;
  const rows = [
    ["length", `${seconds} s`],
    ["healthy room", `${room.said} said, ${room.heard} heard: ${room.wrong ?? "all, in order"}`],
    ["its latency", `p50 ${ms(0.5)}, p99 ${ms(0.99)}, max ${ms(1)}`],
    ["mischief", Object.entries(deeds).map(([kind, count]) => `${kind} ${count}`).join(", ")],
    ["descriptors", `${first.descriptors} before, ${last.descriptors} after`],
    ["resident, slope", growth(samples, "resident")],
    ["resident, course", course(samples.map(({ resident }) => resident))],
    ["resident", `${mebibytes(first.resident)} before, ${mebibytes(last.resident)} after`],
    ["heap, slope", growth(samples, "heap")],
    ["heap", `${mebibytes(first.heap)} before, ${mebibytes(last.heap)} after`],
  ];
  for (const [name = "", value] of rows) print(`${name.padEnd(18)}${value}`);
}

/** What was not as it should be. */
function complaints({ room, first, last }: Outcome, server: SoakedServer): string[] {
  const { code, complaints } = server.ended ?? { code: -1, complaints: "" };
  return [
    ...room.wrong === undefined ? [] : [room.wrong],
    ...room.heard === room.said * 3 ? [] : [`${room.heard} heard of ${room.said * 3}`],
    ...last.descriptors <= first.descriptors ? [] : ["the server did not close what it opened"],
    ...code === 0 ? [] : [`the server ended with ${code}`],
    ...complaints === "" ? [] : [`the server complained:\n${complaints}`],
  ];
}

async function main(): Promise<number> {
  const options = { string: ["seconds"], boolean: ["memory"] };
  const { seconds: given, memory } = parseArgs(Deno.args, options);
  const text = Deno.env.get("SOAK_SECONDS") ?? given ?? String(DEFAULT_SECONDS);
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= MAX_SECONDS)) {
    complain(`SOAK_SECONDS is a number from 1 to ${MAX_SECONDS}, not ${text}`);
    return 2;
  }
  const left = new AbortController();
  let code: number | undefined;
  for (const [signal, its] of SIGNALS) {
    Deno.addSignalListener(signal, () => {
      code ??= its;
      left.abort();
    });
  }
  const server = await SoakedServer.start(memory === true);
  print(`Soaking the server of process ${server.pid} for ${seconds} s.`);
  let outcome: Outcome;
  try {
    await using _ending = server;
    outcome = await soak(server, seconds, left.signal);
  } catch (error) {
    complain(`WRONG: ${(error as Error).message}`);
    complain(server.ended?.complaints ?? "");
    return code ?? 1;
  }
  report(seconds, outcome);
  const wrong = complaints(outcome, server);
  for (const each of wrong) complain(`WRONG: ${each}`);
  return code ?? (wrong.length === 0 ? 0 : 1);
}

if (import.meta.main) Deno.exit(await main());
