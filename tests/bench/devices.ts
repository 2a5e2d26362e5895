/**
 * `deno task bench:devices`: what people with three devices cost beside people with one, on a store of
 * 10,000 accounts. Each kind of process is on a core of its own.
 */

import { parseArgs } from "@std/cli/parse-args";
import { TextLineStream } from "@std/streams/text-line-stream";
import type { Compared, DevicesFigures } from "./devices_load.ts";
import {
  accountsHere,
  accountsPerPair,
  DEVICES,
  fillStore,
  PEOPLE_PER_ROOM,
} from "./devices_store.ts";
import { findPins, machine, print } from "./matrix.ts";
import { type ProbedServer, startProbed } from "./probed_server.ts";

const LOAD = new URL("devices_load.ts", import.meta.url).pathname;

const USAGE = `Usage: deno task bench:devices [--accounts N] [--connected N] [--runs N]

Makes a store of accounts with ${DEVICES.length} remembered devices each, starts a server on it, and has people come
in by their sessions, each from an address of its own. Prints how long it takes until somebody with
all devices here is in, has a message and has a read mark on all of them, beside somebody with one;
and the server's memory for each of them. What protects from floods is as it is by default, and nobody
is told who comes and goes. Linux only: there alone are all of 127.0.0.0/8 addresses of every machine.

  --accounts N   accounts in the store (default 10,000)
  --connected N  those of them whose devices are all connected (default 1,000); a multiple of ${PEOPLE_PER_ROOM}
  --runs N       runs of each kind, in turns (default 15, at most 100)
  -h, --help     show this
`;

/** Longest that the load may take, in ms: for all, for each run and for each person. */
const LOAD_MS = 60_000;
const RUN_MS = 30_000;
const PERSON_MS = 100;

interface Settings {
  readonly accounts: number;
  readonly connected: number;
  readonly runs: number;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line; resolves with the exit code: 0 done, 1 failed, 2 usage. */
async function main(args: readonly string[]): Promise<number> {
  const settings = settingsFrom(args);
  if (typeof settings === "number") return settings;
  if (Deno.build.os !== "linux") {
    print("This needs the addresses of 127.0.0.0/8, which only Linux has without being told.");
    return 1;
  }
  const { accounts, connected } = settings;
  const pins = await findPins();
  const [onServer = [], onLoad = []] = pins;
  const dir = await Deno.makeTempDir();
  await using _removing = {
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
  await fillStore(dir, accounts, connected / PEOPLE_PER_ROOM);
  const { size } = await Deno.stat(`${dir}/chatroom.db`);
  await using server = await startProbed(onServer, serveFlags(dir, settings));
  print(machine(pins.length > 0));
  print(
    `${accounts} accounts in ${(size / 1_048_576).toFixed(1)} MiB; a server listens on them ` +
      `after ${Math.round(server.listeningMs)} ms.`,
  );
  const figures = await load(onLoad, server, settings);
  if (figures !== undefined) report(figures, settings);
  return figures === undefined ? 1 : 0;
}

function settingsFrom(args: readonly string[]): Settings | number {
  let wrong: string | undefined;
  const flags = parseArgs(args, {
    boolean: ["help"],
    string: ["accounts", "connected", "runs"],
    alias: { help: "h" },
    unknown: (arg) => {
      wrong = arg;
    },
  });
  if (flags["help"] === true) {
    print(USAGE);
    return 0;
  }
  const [accounts = 0, connected = 0, runs = 0] = [
    flags["accounts"] ?? 10_000,
    flags["connected"] ?? 1_000,
    flags["runs"] ?? 15,
  ].map(Number);
  if (!isBetween(runs, 1, 100)) wrong ??= `--runs ${runs}`;
  if (!isBetween(connected / PEOPLE_PER_ROOM, 1, 1_000)) wrong ??= `--connected ${connected}`;
  const least = accountsHere(connected) + accountsPerPair(runs);
  if (!isBetween(accounts, least, 1_000_000)) {
    wrong ??= `--accounts ${accounts} (from ${least} to 1000000 here)`;
  }
  if (wrong === undefined) return { accounts, connected, runs };
  const text = `bench:devices: ${wrong} is not understood\n\n${USAGE}`;
  Deno.stderr.writeSync(new TextEncoder().encode(text));
  return 2;
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/**
 * What protects from floods is left as it is. Nobody is told who comes and goes: a person's first device
 * would be news to all in its rooms and the third one would not, which would hide what devices cost.
 */
function serveFlags(dir: string, { accounts, connected }: Settings): string[] {
  return [
    ...["--port", "0", "--data", dir, "--log-level", "error"],
    ...["--max-accounts", String(accounts), "--max-presence", "1"],
    ...["--max-connections", String(connected * DEVICES.length + 1_000)],
  ];
}

/** Puts the load on the server; resolves with what came of it, `undefined` when it has failed. */
async function load(
  pin: readonly string[],
  server: ProbedServer,
  { accounts, connected, runs }: Settings,
): Promise<DevicesFigures | undefined> {
  const args = [server.port, server.pid, accounts, connected, runs].map(String);
  const [program = "", ...rest] = [...pin, Deno.execPath(), "run", "--quiet", "-A", LOAD, ...args];
  const child = new Deno.Command(program, {
    args: rest,
    stdin: "piped",
    stdout: "piped",
    signal: AbortSignal.timeout(LOAD_MS + runs * RUN_MS + connected * PERSON_MS),
  }).spawn();
  const stdin = child.stdin.getWriter();
  let figures: DevicesFigures | undefined;
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    if (line !== "memory") figures = JSON.parse(line);
    else {
      const answer = `${JSON.stringify(await server.holdings())}\n`;
      await stdin.write(new TextEncoder().encode(answer));
    }
  }
  await child.status;
  await stdin.close().catch(() => {});
  return figures;
}

function report(figures: DevicesFigures, { connected, runs }: Settings): void {
  const { compared, times, cameMs, held } = figures;
  const devices = connected * DEVICES.length;
  const perSecond = Math.round(devices / cameMs * 1_000);
  print(`${devices} devices of ${connected} people came in by session, ${perSecond} a second.`);
  print(`Medians of ${runs} runs, ${times} of each kind in all.\n`);
  print(
    `| | one device | ${DEVICES.length} devices | ratio | CPU, one | CPU, ${DEVICES.length} | ratio |`,
  );
  print("| - | -: | -: | -: | -: | -: | -: |");
  for (const each of compared) print(row(each));
  print(memoryRow("heap for each person", held.map(({ heap }) => heap), connected));
  print(memoryRow("memory for each person", held.map(({ resident }) => resident), connected));
  print(`\nThe server had ${(held[0].resident / 1_048_576).toFixed(0)} MiB before they came.`);
}

/** What each person has added to what was there before, with one device and with all. */
function memoryRow(what: string, bytes: readonly number[], people: number): string {
  const [bare = NaN, ...held] = bytes;
  const [one = NaN, all = NaN] = held.map((with_) => (with_ - bare) / people / 1_024);
  const kib = (value: number): string => `${value.toFixed(1)} KiB`;
  return `| ${[what, kib(one), kib(all), (all / one).toFixed(2)].join(" | ")} | | | |`;
}

function row({ what, one, all, ratio }: Compared): string {
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  const times = [ms(one.ms), ms(all.ms), ratio.toFixed(2)];
  // Less than the clock of it tells is nothing.
  const cpuRatio = one.cpuMs > 0 ? (all.cpuMs / one.cpuMs).toFixed(2) : "";
  const cpu = [ms(one.cpuMs), ms(all.cpuMs), cpuRatio];
  return `| ${[what, ...times, ...cpu].join(" | ")} |`;
}
